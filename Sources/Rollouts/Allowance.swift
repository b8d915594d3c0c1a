/// A number of pods, or a percentage of them: `maxSurge`, `maxUnavailable` and
/// `replicaProgressThreshold` (rollout-semantics §1.4).
package enum Allowance: Hashable, Sendable {
    case pods(Int)
    case percent(Int)

    /// What the API takes where a document is silent.
    package static let standard = Allowance.percent(25)

    /// Whether it is a number that pods can be counted by.
    package var isCount: Bool {
        switch self {
        case .pods(let number), .percent(let number): number >= 0
        }
    }

    /// The pods that may come on top, or that suffice: rounded up.
    func roundedUp(of size: Int) -> Int {
        switch self {
        case .pods(let count): count
        case .percent(let percent): ceiling(percent * size, 100)
        }
    }

    /// The pods that may be missing: rounded down, and never more than there are.
    func unavailable(of size: Int) -> Int {
        switch self {
        case .pods(let count): min(count, size)
        case .percent(let percent): min(percent * size / 100, size)
        }
    }
}
