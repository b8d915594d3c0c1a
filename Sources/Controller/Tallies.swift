import KubernetesClient
import KubernetesObjects
import Rollouts

/// What a controller counts while it works. One entry for each object that is there: whoever is
/// gone is forgotten, so that ten thousand releases leave no trace. What was asked of a namespace
/// stays when its last object goes, since others may come: of those without any, the ones that were
/// asked longest ago are forgotten.
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
    /// Namespaces that come and go, as of previews, would else fill every scrape. The controller's
    /// own, which has its lease, is always among those that were asked last.
    static let maximumIdleNamespaces = 200

    private(set) var tallies: [Reference: Tally] = [:]
    /// How many of them each namespace has.
    private var subjects: [String: Int] = [:]
    /// By namespace.
    private var counted: [String: [AnsweredRequest: Int]] = [:]
    private var requestKinds = 0
    /// When each namespace without subjects was asked last, as the number of that request.
    private var idle: [String: Int] = [:]
    private var requestNumber = 0

    /// How often each kind of request was made. A number never falls while it is there.
    var requests: [AnsweredRequest: Int] {
        counted.values.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    }

    package init() {}

    func took(_ subject: Reference, seconds: Double, failed: Bool) {
        change(subject) { tally in
            tally.turns.add(seconds: seconds)
            if failed { tally.errors += 1 }
        }
    }

    func announced(_ event: Rollouts.Event, about subject: Reference) {
        let kind = EventKind(type: event.isWarning ? "Warning" : "Normal", reason: event.reason)
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
        requestNumber += 1
        let namespace = request.namespace
        if !namespace.isEmpty, subjects[namespace] == nil { rest(namespace) }
        if counted[namespace]?[request] != nil {
            counted[namespace]?[request]? += 1
            return
        }
        while requestKinds >= Self.maximumRequestKinds, forgetIdle(but: namespace) {}
        if requestKinds < Self.maximumRequestKinds {
            requestKinds += 1
            counted[namespace, default: [:]][request] = 1
        } else {
            // Not among the kinds that are bounded: there are few verbs and codes.
            counted["", default: [:]][request.amongOthers, default: 0] += 1
        }
    }

    /// The object is gone.
    func forget(_ subject: Reference) {
        guard tallies.removeValue(forKey: subject) != nil else { return }
        let left = subjects[subject.namespace, default: 1] - 1
        subjects[subject.namespace] = left > 0 ? left : nil
        if left == 0, counted[subject.namespace] != nil { rest(subject.namespace) }
    }

    private func change(_ subject: Reference, _ act: (inout Tally) -> Void) {
        if tallies[subject] == nil {
            subjects[subject.namespace, default: 0] += 1
            idle[subject.namespace] = nil
        }
        act(&tallies[subject, default: Tally()])
    }

    /// Takes note that a namespace without subjects was asked, or has none any more.
    private func rest(_ namespace: String) {
        guard !namespace.isEmpty else { return }
        idle[namespace] = requestNumber
        if idle.count > Self.maximumIdleNamespaces { _ = forgetIdle(but: namespace) }
    }

    /// - Returns: whether there was one to forget.
    private func forgetIdle(but own: String) -> Bool {
        let others = idle.filter { $0.key != own }
        guard let (namespace, _) = others.min(by: { $0.value < $1.value }) else { return false }
        idle[namespace] = nil
        requestKinds -= counted.removeValue(forKey: namespace)?.count ?? 0
        return true
    }

    /// `client`, with every request of it counted.
    package nonisolated func counting(_ client: APIClient) -> APIClient {
        var client = client
        client.answered = { await self.asked($0) }
        return client
    }
}

extension AnsweredRequest {
    /// Counted together with all others of its verb and code, where there are too many kinds.
    fileprivate var amongOthers: AnsweredRequest {
        // What is no code of HTTP comes from something that makes them up.
        let code = status.map { (100..<600).contains($0) ? $0 : 0 }
        return AnsweredRequest(kind: "<other>", namespace: "", verb: verb, status: code)
    }
}
