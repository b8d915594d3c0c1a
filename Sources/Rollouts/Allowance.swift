/// A number of pods, or a percentage of the rollout's size: `maxSurge` and `maxUnavailable`
/// (rollout-semantics §1.4).
package enum Allowance: Hashable, Sendable {
    case pods(Int)
    case percent(Int)

    /// The pods that may come on top: rounded up.
    func surge(of size: Int) -> Int {
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
