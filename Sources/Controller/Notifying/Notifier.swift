import Analysis
import Documents
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import Notifications
import Rollouts

/// Tells people what happens: looks for events that are still to be told, and for conditions that
/// have come true, and sees each message delivered once.
///
/// The list of who is to be told stands on the event, and is shortened there after each delivery.
/// A process that dies between the two leaves it to the next leader, which sends the same key
/// again; nothing else is ever sent twice.
struct Notifier: Sendable {
    let cluster: LiveCluster
    let edge: Cluster
    /// By the kind of object that they are about.
    let events: [ObjectCache]
    let rules: RuleBook
    let post: Post
    let tallies: Tallies
    /// Whether an object, or an event about one, is this controller's.
    let isOurs: @Sendable (Object) -> Bool
    /// For how long this process may act.
    let tenure: Tenure
    /// Writes a warning about an object.
    let announce: @Sendable (Rollouts.Event, Object) -> Void
    let log: Logger
    let now: @Sendable () -> Timestamp
    let attempts = Attempts()

    /// Works until the task is cancelled: one term of a leader.
    func run(_ lanes: Lanes) async {
        await attempts.forgetAll()
        await withDiscardingTaskGroup { group in
            for cache in events { group.addTask { await follow(cache, lanes) } }
            group.addTask { await followRollouts(lanes) }
            group.addTask { await followRules(lanes) }
            for await lane in lanes.opened {
                group.addTask { await lane.keepTime(on: ContinuousClock(), now: now) }
                group.addTask { await work(on: lane) }
            }
        }
    }

    private func follow(_ cache: ObjectCache, _ lanes: Lanes) async {
        for await change in cache.changes() {
            guard let event = change.new, isOurs(event) else { continue }
            let due = DueList(event.annotations[NotificationKeys.due])
            for entry in due.entries {
                let errand = Errand(
                    cause: .event, reference: Reference(event, .events),
                    destination: entry.destination)
                let namespace = rules.shelf(of: event.namespace)
                await lanes.lane(for: entry.destination, namespace).add(errand)
            }
        }
    }

    /// Other rules may tell other things of the same rollouts.
    private func followRules(_ lanes: Lanes) async {
        guard let configMaps = cluster.caches[.configMaps], let rollouts = cluster.caches[.rollouts]
        else { return }
        for await change in configMaps.changes() {
            guard let new = change.new, new.name == NotificationKeys.configMap else { continue }
            let namespace = rules.shelf(of: new.namespace) == new.namespace ? new.namespace : nil
            for rollout in rollouts.list(namespace: namespace) where isOurs(rollout) {
                await look(at: rollout, lanes)
            }
        }
    }

    /// Triggers that no event fires.
    private func followRollouts(_ lanes: Lanes) async {
        guard let cache = cluster.caches[.rollouts] else { return }
        for await change in cache.changes() {
            guard let rollout = change.new, isOurs(rollout) else { continue }
            await look(at: rollout, lanes)
        }
    }

    private func look(at rollout: Object, _ lanes: Lanes) async {
        for fault in await rules.subscribers(of: rollout).faults {
            await complain(fault, of: rollout)
        }
        do throws(ClusterError) {
            for (trigger, destination) in try await watched(rollout) {
                let errand = Errand(
                    cause: .condition(trigger: trigger),
                    reference: Reference(rollout, .rollouts), destination: destination)
                let namespace = rules.shelf(of: rollout.namespace)
                await lanes.lane(for: destination, namespace).add(errand)
            }
        } catch {
            // Without rules nothing can be told; the next change asks for them again.
            log.debug("notifications: no rules", metadata: ["error": "\(error.description)"])
        }
    }

    /// Triggers that no event fires, and whom they are told to; no more of them than marks.
    private func watched(
        _ rollout: Object
    ) async throws(ClusterError) -> [(String, Destination)] {
        var found: [(String, Destination)] = []
        var conditions = 0
        let own = await rules.subscribers(of: rollout)
        for rules in try await rules.rules(for: rollout.namespace) {
            for (trigger, list) in rules.triggers.sorted(by: { $0.key < $1.key })
            where !eventTriggers.contains(trigger) && list.contains(where: { $0.when != nil }) {
                for destination in rules.destinations(of: rollout, own, trigger: trigger) {
                    conditions += list.count
                    guard conditions <= mostWatched else { return found }
                    found.append((trigger, destination))
                }
            }
        }
        return found
    }

    private func work(on lane: Lanes.Queue) async {
        while let errand = await lane.take() {
            let attempt = await attempts[errand]
            if let next = attempt.next, next > now() {
                await lane.done(errand, next: next)
                continue
            }
            let next =
                switch errand.cause {
                case .event: await tell(errand, attempt)
                case .condition(let trigger): await look(errand, trigger)
                }
            await lane.done(errand, next: next)
        }
    }

    /// The object as the caches have it.
    func object(_ kind: String, namespace: String, name: String) -> Object? {
        cluster.caches.first { $0.key.kind == kind && $0.key.group == Resource.rollouts.group }?
            .value.get(namespace: namespace, name: name)
    }

    /// The analysis runs of what a rollout is releasing.
    func runs(of rollout: Object) -> [JSON] {
        guard rollout.kind == Resource.rollouts.kind else { return [] }
        return rollout.currentRuns(
            among: cluster.caches[.analysisRuns]?.owned(by: rollout.uid) ?? [])
    }

    /// The first rules that know how.
    func rules(
        for occurrence: Occurrence, _ destination: Destination, in namespace: String
    ) async throws(ClusterError) -> NotificationRules? {
        try await rules.rules(for: namespace).knowing(occurrence.trigger, destination)
    }
}

extension Object {
    /// Those of a rollout's analysis runs that judge what it is releasing.
    func currentRuns(among runs: [Object]) -> [JSON] {
        let hash = status?["currentPodHash"]?.string
        return runs.filter { hash == nil || $0.labels[Keys.templateHash] == hash }
            .sorted { $0.name < $1.name }.map(\.json)
    }
}

/// Conditions of one rollout, once for each destination: half of the marks that are kept, so that
/// none is forgotten while it holds.
private let mostWatched = 50

/// The triggers that events fire. The conditions of any other one are looked at whenever a rollout
/// changes.
private let eventTriggers = Set(Rollouts.Event.reasons.map(trigger(forReason:)))
