import KubernetesClient
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
        /// Messages that were delivered, and tries that were not, by type and reason of the event.
        var told: [EventKind: Int] = [:]
        var untold: [EventKind: Int] = [:]
        var telling = Durations()
    }

    struct EventKind: Hashable, Sendable {
        let type: String
        let reason: String
    }

    /// A name that was given to an event by somebody's mistake must not fill the memory.
    private static let maximumEventKinds = 100
    /// Kinds times namespaces times verbs times statuses of a large cluster.
    private static let maximumRequestKinds = 20_000

    private(set) var tallies: [Reference: Tally] = [:]
    private(set) var requests: [AnsweredRequest: Int] = [:]

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

    func notified(
        _ subject: Reference, type: String, reason: String, seconds: Double, succeeded: Bool
    ) {
        var tally = tallies[subject, default: Tally()]
        tally.telling.add(seconds: seconds)
        let kind = EventKind(type: type, reason: reason)
        let isKnown = tally.told[kind] != nil || tally.untold[kind] != nil
        if isKnown || tally.told.count + tally.untold.count < Self.maximumEventKinds {
            if succeeded {
                tally.told[kind, default: 0] += 1
            } else {
                tally.untold[kind, default: 0] += 1
            }
        }
        tallies[subject] = tally
    }

    func asked(_ request: AnsweredRequest) {
        guard requests[request] != nil || requests.count < Self.maximumRequestKinds else { return }
        requests[request, default: 0] += 1
    }

    /// The object is gone.
    func forget(_ subject: Reference) { tallies[subject] = nil }

    /// `client`, with every request of it counted.
    package nonisolated func counting(_ client: APIClient) -> APIClient {
        var client = client
        client.answered = { await self.asked($0) }
        return client
    }
}
