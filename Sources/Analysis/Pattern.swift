/// A regular expression in RE2's syntax, as far as conditions and metric names use it, that only
/// answers whether it matches. It runs as a set of states over the text, so its time is bounded by
/// text × pattern; there is no backtracking that a hostile pattern could use.
package struct Pattern: Sendable {
    package let text: String
    fileprivate let program: [Instruction]

    /// Refuses what is no pattern, what is too large, and the few features that are left out
    /// (back references do not exist in RE2; Unicode classes `\p` are not supported here).
    package init(_ text: String) throws(PatternError) {
        self.text = text
        var compiler = PatternCompiler(text)
        program = try compiler.compile()
    }

    /// The number of states: the factor by which text length is multiplied.
    package var size: Int { program.count }

    /// Whether the pattern matches anywhere in `text`; anchors bind it to the ends.
    package func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var current = StateSet(program.count), next = StateSet(program.count)
        for position in 0...scalars.count {
            let before = position > 0 ? scalars[position - 1] : nil
            let after = position < scalars.count ? scalars[position] : nil
            // A match may begin at every position.
            if follow(0, into: &current, before: before, after: after) { return true }
            guard let after else { return false }
            next.clear()
            let afterThat = position + 1 < scalars.count ? scalars[position + 1] : nil
            for state in current.states {
                guard case .character(let set) = program[state], set.contains(after) else {
                    continue
                }
                if follow(state + 1, into: &next, before: after, after: afterThat) { return true }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Adds `start` and all states that are reached from it without a character; true where that is
    /// the end.
    private func follow(
        _ start: Int, into set: inout StateSet, before: Unicode.Scalar?, after: Unicode.Scalar?
    ) -> Bool {
        var pending = [start]
        while let state = pending.popLast() {
            guard set.insert(state) else { continue }
            switch program[state] {
            case .match: return true
            case .jump(let target): pending.append(target)
            case .split(let one, let other): pending += [one, other]
            case .assertion(let assertion):
                if assertion.holds(before: before, after: after) { pending.append(state + 1) }
            case .character: break
            }
        }
        return false
    }
}

/// Why a text is no pattern.
package struct PatternError: Error, Hashable, CustomStringConvertible {
    package let message: String
    package var description: String { "error parsing regexp: \(message)" }
}

private struct StateSet {
    private(set) var states: [Int] = []
    private var contained: [Bool]

    init(_ size: Int) { contained = Array(repeating: false, count: size) }

    mutating func insert(_ state: Int) -> Bool {
        if contained[state] { return false }
        contained[state] = true
        states.append(state)
        return true
    }

    mutating func clear() {
        for state in states { contained[state] = false }
        states.removeAll(keepingCapacity: true)
    }
}

enum Instruction: Sendable {
    case character(CharacterSet)
    case assertion(Assertion)
    case split(Int, Int)
    case jump(Int)
    case match
}

enum Assertion: Sendable {
    case textStart, textEnd, lineStart, lineEnd, wordEdge, noWordEdge

    func holds(before: Unicode.Scalar?, after: Unicode.Scalar?) -> Bool {
        switch self {
        case .textStart: return before == nil
        case .textEnd: return after == nil
        case .lineStart: return before == nil || before == "\n"
        case .lineEnd: return after == nil || after == "\n"
        case .wordEdge, .noWordEdge:
            let isEdge =
                before.map(CharacterSet.word.contains) ?? false
                != (after.map(CharacterSet.word.contains) ?? false)
            return isEdge == (self == .wordEdge)
        }
    }
}

/// The characters that one place of a pattern accepts.
struct CharacterSet: Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    static let digit = CharacterSet(ranges: [0x30...0x39])
    static let word = CharacterSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = CharacterSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let all = CharacterSet(ranges: [0...0x10FFFF])

    var negated: CharacterSet { CharacterSet(ranges: ranges, isNegated: !isNegated) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    /// The same without regard to the case of ASCII letters.
    var caseless: CharacterSet {
        var result = self
        for range in ranges {
            for (from, to) in [(0x41...0x5A, Int32(32)), (0x61...0x7A, Int32(-32))] {
                let lower = max(range.lowerBound, UInt32(from.lowerBound))
                let upper = min(range.upperBound, UInt32(from.upperBound))
                if lower <= upper {
                    result.ranges.append(
                        UInt32(Int32(lower) + to)...UInt32(Int32(upper) + to))
                }
            }
        }
        return result
    }

    /// The ranges of everything this accepts, without negation: to put a class into a class.
    var positive: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}
