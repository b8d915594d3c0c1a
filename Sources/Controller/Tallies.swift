import KubernetesObjects

/// What a controller counts while it works. One entry for each object that is there: whoever is
/// gone is forgotten, so that ten thousand releases leave no trace.
package actor Tallies {
    /// What is counted of a rollout or a run.
    struct Tally: Sendable {
        var turns = Durations()
        var errors = 0
        /// By type and reason.
        var events: [EventKind: Int] = [:]
    }

    struct EventKind: Hashable, Sendable {
        let type: String
        let reason: String
    }

    /// A write, or a read that no cache answers.
    struct Call: Hashable, Sendable {
        let kind: String
        let namespace: String
        let verb: String
        let status: Int
    }

    /// A name that was given to an event by somebody's mistake must not fill the memory.
    private static let maximumEventKinds = 100
    /// Kinds times namespaces times verbs times statuses of a large cluster.
    private static let maximumCalls = 20_000

    private(set) var tallies: [Reference: Tally] = [:]
    private(set) var calls: [Call: Int] = [:]

    package init() {}

    func took(_ subject: Reference, seconds: Double, failed: Bool) {
        tallies[subject, default: Tally()].turns.add(seconds: seconds)
        if failed { tallies[subject, default: Tally()].errors += 1 }
    }

    func announced(_ subject: Reference, type: String, reason: String) {
        var tally = tallies[subject, default: Tally()]
        let kind = EventKind(type: type, reason: reason)
        guard tally.events[kind] != nil || tally.events.count < Self.maximumEventKinds else {
            return
        }
        tally.events[kind, default: 0] += 1
        tallies[subject] = tally
    }

    func asked(_ call: Call) {
        guard calls[call] != nil || calls.count < Self.maximumCalls else { return }
        calls[call, default: 0] += 1
    }

    /// The object is gone.
    func forget(_ subject: Reference) { tallies[subject] = nil }
}
