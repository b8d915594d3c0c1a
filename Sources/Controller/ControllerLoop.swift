import Documents
import History
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import MetricProviders
import Rollouts
import Traffic

/// The controller as it lives: caches, queues and workers around the turns, until its task is
/// cancelled.
package struct ControllerLoop: Sendable {
    /// What an operator may choose.
    package struct Settings: Sendable {
        /// Nil for all namespaces.
        package var namespaces: [String]?
        /// How many rollouts are worked on at once, as in the field's controller (§7.4).
        package var rolloutWorkers = 10
        package var analysisWorkers = 30
        /// Every rollout is looked at after this long even if nothing happens.
        package var resyncSeconds = 900
        /// Whether a rollout or run is this controller's: others may share the cluster (§3.2).
        package var isOurs: @Sendable (Object) -> Bool = { _ in true }

        package init(namespaces: [String]? = nil) {
            self.namespaces = namespaces
        }
    }

    let settings: Settings
    package let cluster: LiveCluster
    package let turn: RolloutTurn
    let analysis: AnalysisTurn
    let rollouts = WorkQueue<RolloutKey>()
    let runs = WorkQueue<Reference>()
    let chronicle: Chronicle
    private let events: EventWriter
    let log: Logger
    let now: @Sendable () -> Timestamp

    package init(
        client: APIClient, settings: Settings, source: MetricSource, secrets: SecretsInUse,
        history: RecordStore?, log: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.settings = settings
        cluster = LiveCluster(client, namespaces: settings.namespaces)
        self.log = log
        self.now = now
        let chronicle = Chronicle(history: history, secrets: secrets, log: log)
        self.chronicle = chronicle
        let events = EventWriter(cluster: cluster.edge, secrets: secrets, log: log, now: now)
        self.events = events
        let turn = RolloutTurn(
            cluster: cluster.edge, memory: Recollection(),
            journal: Journal(
                announce: { object, event in events.write(event, about: object) },
                decided: { decision, scene in chronicle.decided(decision, scene) },
                stumbled: { key, doing, error in chronicle.stumbled(key, doing, error) }),
            now: now)
        self.turn = turn
        let rollouts = rollouts
        analysis = AnalysisTurn(
            cluster: cluster.edge, source: source, secrets: secrets,
            tell: { key, run in
                let outcome = await turn.take(key, news: run)
                // The write of the run may fail too, and then no change would wake the rollout.
                if outcome.trouble != nil { await rollouts.add(key) }
            },
            announce: { object, reason, message, isWarning in
                events.write(
                    Rollouts.Event(reason, message, isWarning: isWarning), about: object)
            }, now: now)
    }

    /// Runs until the task is cancelled. `synced` is told once everything is listed.
    package func run(synced: @escaping @Sendable () async -> Void = {}) async {
        await withTaskGroup(of: Void.self) { group in
            for cache in cluster.caches.values {
                group.addTask {
                    await cache.follow(
                        cluster.client, clock: ContinuousClock(),
                        jitter: { Double.random(in: 0...1) })
                }
            }
            group.addTask { await chronicle.keep() }
            group.addTask { await events.keep() }
            group.addTask { await self.followEvents() }
            group.addTask {
                guard await self.waitForCaches() else { return }
                await synced()
                await self.work()
            }
            await group.waitForAll()
        }
    }

    private func waitForCaches() async -> Bool {
        var looks = 0
        while !cluster.isSynced {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return false }
            looks += 1
            if looks.isMultiple(of: looksBetweenLines) { sayWhatIsMissing() }
        }
        return true
    }

    /// A kind that may not be listed would otherwise keep the controller waiting without a word.
    private func sayWhatIsMissing() {
        for (resource, cache) in cluster.caches where !cache.isSynced {
            let errors = cache.progress.compactMap { progress in
                if case .failing(let error) = progress { error.description } else { nil }
            }
            log.warning(
                "waiting for the cluster",
                metadata: [
                    "resource": "\(resource.plural)",
                    "error": "\(errors.first ?? "not listed yet")",
                ])
        }
    }

    private func work() async {
        await withTaskGroup(of: Void.self) { group in
            for (resource, cache) in cluster.caches {
                group.addTask { await self.follow(resource, cache) }
            }
            for _ in 0..<settings.rolloutWorkers {
                group.addTask { await self.workOnRollouts() }
            }
            for _ in 0..<settings.analysisWorkers {
                group.addTask { await self.workOnRuns() }
            }
            group.addTask { await rollouts.keepTime(on: ContinuousClock(), now: now) }
            group.addTask { await runs.keepTime(on: ContinuousClock(), now: now) }
            await group.waitForAll()
        }
    }

    private func workOnRollouts() async {
        while let key = await rollouts.take() {
            let outcome = await turn.take(key)
            let resync = now().advanced(bySeconds: settings.resyncSeconds)
            if outcome.trouble != nil {
                await rollouts.failed(key, at: now(), next: outcome.lookAgain)
            } else {
                await rollouts.done(
                    key,
                    next: outcome.decision == nil
                        ? nil : min(outcome.lookAgain ?? resync, resync))
            }
        }
    }

    private func workOnRuns() async {
        while let reference = await runs.take() {
            let outcome = await analysis.take(reference)
            if let trouble = outcome.trouble {
                log.warning(
                    "analysis run not taken further",
                    metadata: ["run": "\(reference)", "error": "\(trouble)"])
                await runs.failed(reference, at: now())
            } else {
                await runs.done(reference, next: outcome.lookAgain)
            }
        }
    }
}

/// Ten seconds: longer than any list takes, soon enough for somebody who watches the log.
private let looksBetweenLines = 500
