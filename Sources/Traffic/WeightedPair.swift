import Documents
import KubernetesObjects
import Rollouts

/// A list of destinations that has stable and canary, each with its weight. Other destinations of
/// the list keep theirs.
struct WeightedPair {
    /// An element of the list.
    struct Destination {
        /// Where it is in the object.
        let path: Path
        /// What it is known by: a member of it, and its value.
        let identity: (path: Path, value: JSON)
        /// Nil where it has none that can be counted with.
        let weight: Int?
        /// Whether the weight stands there, and is not only what its absence means.
        let isWritten: Bool
    }

    let canaries: [Destination]
    let stables: [Destination]

    /// Far above what any router takes; sums of it do not overflow.
    static let weightLimit = 1_000_000_000

    /// The parts of `total` that the canary gets, rounded up; nil where the weights do not say.
    func share(of total: Int) -> Int? {
        func sum(_ side: [Destination]) -> Int? {
            side.contains { $0.weight == nil } ? nil : side.reduce(0) { $0 + ($1.weight ?? 0) }
        }
        guard let canary = sum(canaries), let stable = sum(stables) else { return nil }
        // With no weight at all nobody gets anything.
        return canary == 0 ? 0 : (canary * total + canary + stable - 1) / (canary + stable)
    }

    /// Adds what is missing to `canary` parts here and the rest there, but not to those `besides`
    /// these two.
    func write(
        canary: Int, of total: Int, besides others: Set<Path> = [], to patch: inout ListPatch
    ) {
        for (side, weight) in [(canaries, canary), (stables, total - canary)] {
            for destination in side
            where (destination.weight != weight || !destination.isWritten)
                && !others.contains(destination.path)
            {
                patch.require(destination.identity.value, at: destination.identity.path)
                patch.set(.int(Int64(weight)), at: destination.path.appending("weight"))
            }
        }
    }
}

/// The lists of an object that have both sides, and what is wrong with the others.
struct WeightedLists {
    var pairs: [WeightedPair] = []
    var fault: RouterError?

    /// Reads a list, if it has both sides.
    ///
    /// - Parameters:
    ///   - side: which side an element is; nil for others.
    ///   - identity: the member of an element that says so.
    ///   - missing: what an element without a weight gets.
    mutating func add(
        _ elements: [JSON], at list: Path, identity: [String], missing: Int,
        side: (JSON) -> RouteSide?
    ) {
        var sides: [RouteSide: [WeightedPair.Destination]] = [:]
        for (index, element) in elements.enumerated() {
            guard let side = side(element) else { continue }
            let path = list.appending(index)
            let name = identity.reduce(Optional(element)) { $0?[$1] }
            let range = 0...WeightedPair.weightLimit
            let weight = element["weight"].map { $0.int.flatMap { range.contains($0) ? $0 : nil } }
            sides[side, default: []].append(
                WeightedPair.Destination(
                    path: path,
                    identity: (identity.reduce(path) { $0.appending($1) }, name ?? .null),
                    weight: weight ?? missing, isWritten: element["weight"] != nil))
        }
        guard let canaries = sides[.canary], let stables = sides[.stable] else { return }
        pairs.append(WeightedPair(canaries: canaries, stables: stables))
        if canaries.count + stables.count > 2 {
            fault = fault ?? RouterError("names a side twice in \(list); keep one entry for each")
        }
    }
}

/// Where a destination leads.
enum RouteSide: Hashable {
    case stable, canary
}
