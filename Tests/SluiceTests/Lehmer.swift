/// A small generator for chances by seed (Lehmer, modulus 2³¹ − 1).
struct Lehmer {
    private var state: Int
    init(_ seed: Int) { state = (seed + 1) * 7_919 % 2_147_483_646 + 1 }
    mutating func next(_ range: ClosedRange<Int>) -> Int {
        state = state * 48_271 % 2_147_483_647
        return range.lowerBound + state % range.count
    }
    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[next(0...(elements.count - 1))]
    }
}
