import KubernetesClient
import KubernetesObjects

/// What a controller counts while it works. One entry for each object that is there: whoever is
/// gone is forgotten, and with the last one of a namespace what was asked there, so that ten
/// thousand releases leave no trace.
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
    static let maximumRequestKinds = 20_000

    private(set) var tallies: [Reference: Tally] = [:]
    /// How many of them each namespace has.
    private var subjects: [String: Int] = [:]
    private(set) var requests: [AnsweredRequest: Int] = [:]

    package init() {}

    func took(_ subject: Reference, seconds: Double, failed: Bool) {
        change(subject) { tally in
            tally.turns.add(seconds: seconds)
            if failed { tally.errors += 1 }
        }
    }

    func announced(_ subject: Reference, type: String, reason: String) {
        let kind = EventKind(type: type, reason: reason)
        change(subject) { tally in
            guard tally.events[kind] != nil || tally.events.count < Self.maximumEventKinds else {
                return
            }
            tally.events[kind, default: 0] += 1
        }
    }

    func notified(
        _ subject: Reference, type: String, reason: String, seconds: Double, succeeded: Bool
    ) {
        let kind = EventKind(type: type, reason: reason)
        change(subject) { tally in
            tally.telling.add(seconds: seconds)
            let isKnown = tally.told[kind] != nil || tally.untold[kind] != nil
            guard isKnown || tally.told.count + tally.untold.count < Self.maximumEventKinds else {
                return
            }
            if succeeded {
                tally.told[kind, default: 0] += 1
            } else {
                tally.untold[kind, default: 0] += 1
            }
        }
    }

    func asked(_ request: AnsweredRequest) {
        if requests[request] == nil, requests.count >= Self.maximumRequestKinds { makeRoom() }
        requests[request, default: 0] += 1
    }

    /// The object is gone.
    func forget(_ subject: Reference) {
        guard tallies.removeValue(forKey: subject) != nil else { return }
        let left = subjects[subject.namespace, default: 1] - 1
        subjects[subject.namespace] = left > 0 ? left : nil
        if left == 0, !subject.namespace.isEmpty {
            requests = requests.filter { $0.key.namespace != subject.namespace }
        }
    }

    private func change(_ subject: Reference, _ act: (inout Tally) -> Void) {
        if tallies[subject] == nil { subjects[subject.namespace, default: 0] += 1 }
        act(&tallies[subject, default: Tally()])
    }

    /// What is asked of a namespace that goes comes after its last object; and Prometheus knows
    /// counters that begin anew.
    private func makeRoom() {
        requests = requests.filter {
            $0.key.namespace.isEmpty || subjects[$0.key.namespace] != nil
        }
        if requests.count >= Self.maximumRequestKinds { requests = [:] }
    }

    /// `client`, with every request of it counted.
    package nonisolated func counting(_ client: APIClient) -> APIClient {
        var client = client
        client.answered = { await self.asked($0) }
        return client
    }
}
