/// The phase of an analysis run, of one of its metrics, or of one measurement.
package enum RunPhase: String, Hashable, Sendable, CaseIterable {
    case pending = "Pending"
    case running = "Running"
    case successful = "Successful"
    case failed = "Failed"
    case error = "Error"
    case inconclusive = "Inconclusive"

    /// Whether this is an end.
    package var isCompleted: Bool {
        switch self {
        case .successful, .failed, .error, .inconclusive: true
        case .pending, .running: false
        }
    }

    /// An end that speaks against the release.
    package var isUnsuccessful: Bool {
        switch self {
        case .failed, .error, .inconclusive: true
        case .pending, .running, .successful: false
        }
    }

    /// Successful < Running < Pending < Inconclusive < Error < Failed.
    package func isWorse(than other: RunPhase) -> Bool { badness > other.badness }

    private var badness: Int {
        switch self {
        case .successful: 0
        case .running: 1
        case .pending: 2
        case .inconclusive: 3
        case .error: 4
        case .failed: 5
        }
    }
}
