import Documents
import Extensions
import History
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import MetricProviders
import Notifications
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
        package var experimentWorkers = 10
        /// Every rollout is looked at after this long even if nothing happens.
        package var resyncSeconds = 900
        /// Whether a rollout or run is this controller's: others may share the cluster (§3.2).
        package var isOurs: @Sendable (Object) -> Bool = { _ in true }
        /// The namespace of the controller, where its own Secrets are.
        package var home = "argo-rollouts"
        /// Where the Jobs of analyses run; nil for the namespaces of their runs.
        package var jobNamespace: String?
        /// After how long a router that has not followed yet is asked again.
        package var verifySeconds = Snapshot.usualVerifySeconds
        /// Whether namespaces may have rules of their own for notifications.
        package var hasSelfServiceNotifications = false
        /// The extensions that take steps, and those of them whose steps are passed.
        package var steps = ExtensionCaller.none
        package var disabledSteps: Set<String> = []
        /// The extensions that divide traffic.
        package var routers = ExtensionCaller.none
        /// What metrics say of this program.
        package var version = ""
        /// How many records the history keeps at most.
        package var historyRecords = usualRecords
        /// How long a history that was taken away may be missing.
        package var historyPause = Duration.seconds(5)

        package init(namespaces: [String]? = nil) {
            self.namespaces = namespaces
        }

        /// When a rollout is looked at again that nothing happens to meanwhile.
        func nextLook(_ wanted: Timestamp?, after now: Timestamp) -> Timestamp {
            let resync = now.advanced(bySeconds: resyncSeconds)
            return wanted.map { min($0, resync) } ?? resync
        }
    }

    let settings: Settings
    package let cluster: LiveCluster
    package let turn: RolloutTurn
    /// Nil where nobody else competes for the same rollouts.
    package let leadership: Leadership?
    private let source: MetricSource
    let secrets: SecretsInUse
    private let unstored = Unstored()
    private let lines: Lines
    let experimentObstacles = Obstacles()
    let heldServices = HeldServices()
    /// The queues of this term.
    private var term = Term()
    var rollouts: WorkQueue<RolloutKey> { term.rollouts }
    var runs: WorkQueue<Reference> { term.runs }
    var experiments: WorkQueue<Reference> { term.experiments }
    var bindings: WorkQueue<Reference> { term.bindings }
    var steps: WorkQueue<StepQuestion> { term.steps }
    let queues = Queues()
    let chronicle: Chronicle
    /// Of rollouts, written down and else not looked at.
    let seenEvents: ObjectCache
    let tallies: Tallies
    let events: EventWriter
    /// Nil where nobody is told of anything.
    let notifier: Notifier?
    let log: Logger
    let now: @Sendable () -> Timestamp

    package init(
        client: APIClient, settings: Settings, source: MetricSource, secrets: SecretsInUse,
        history: RecordStore?, leadership: Leadership? = nil, tallies: Tallies = Tallies(),
        post: Post? = nil, log: Logger, now: @escaping @Sendable () -> Timestamp
    ) {
        let settings = settings.bounded(by: .of(leadership))
        self.settings = settings
        self.leadership = leadership
        self.source = source
        lines = Lines(workers: settings.analysisWorkers)
        self.secrets = secrets
        self.tallies = tallies
        cluster = LiveCluster(
            tallies.counting(client), namespaces: settings.namespaces, tenure: .of(leadership))
        seenEvents = Self.events(about: .rollouts, settings)
        self.log = log
        self.now = now
        let chronicle = Chronicle(
            history: history, secrets: secrets, log: log, keeping: settings.historyRecords)
        self.chronicle = chronicle
        let rules = RuleBook(
            RuleBook.Shelves(settings), cluster: cluster.edge, secrets: secrets, log: log,
            now: now)
        let events = EventWriter(
            cluster: cluster.afterTenure.edge, secrets: secrets, log: log, now: now,
            due: { subject, reason in
                post == nil ? nil : await rules.due(subject, reason: reason)
            }, wrote: { await rules.wrote($0) })
        self.events = events
        notifier = post.map { [cluster, seenEvents] post in
            Notifier(
                cluster: cluster, edge: cluster.edge,
                events: [seenEvents] + Self.otherEvents(settings), rules: rules, post: post,
                tallies: tallies, isOurs: settings.isOurs, tenure: .of(leadership),
                announce: { event, subject in
                    events.write(event, about: subject, isAside: true)
                }, log: log,
                now: now)
        }
        let plugins = Plugins(
            metrics: source.plugins, steps: settings.steps.names,
            disabledSteps: settings.disabledSteps, routers: settings.routers.names)
        var turn = RolloutTurn(
            cluster: cluster.edge, memory: Recollection(),
            routers: plugins.kinds, plugins: plugins,
            journal: Journal(
                announce: { [cluster] object, event in
                    // What is gone would be counted for good.
                    if cluster.knows(Reference(object, .rollouts)) {
                        await tallies.announced(event, about: Reference(object, .rollouts))
                    }
                    events.write(event, about: object)
                },
                decided: { decision, scene in chronicle.decided(decision, scene) },
                stumbled: { key, doing, error in chronicle.stumbled(key, doing, error) }),
            now: now, remoteRouters: settings.routers,
            askExtension: { [queues] in await queues.term.steps.add($0) })
        turn.verifySeconds = settings.verifySeconds
        self.turn = turn
    }

    /// Runs until the task is cancelled, or until it has resigned from its leadership. `synced` is
    /// told once everything is listed.
    package func run(synced: @escaping @Sendable () async -> Void = {}) async {
        await withTaskGroup(of: Part.self) { group in
            observe(in: &group)
            group.addTask {
                await events.keep()
                return .writing
            }
            group.addTask {
                if await self.waitForCaches() {
                    await synced()
                    await self.takePart()
                }
                return .acting
            }
            for await part in group {
                switch part {
                case .observing: continue
                case .acting:
                    // The next one leads already; what was decided here is still to be told.
                    events.end()
                    group.addTask {
                        // Cut short, the seconds are over as well.
                        do { try await Task.sleep(for: secondsForEvents) } catch {}
                        return .writing
                    }
                case .writing: group.cancelAll()
                }
            }
        }
    }

    /// What every replica does, whether it leads or not.
    private func observe(in group: inout TaskGroup<Part>) {
        for (resource, cache) in cluster.caches {
            group.addTask {
                await cache.follow(
                    cluster.client, clock: ContinuousClock(),
                    jitter: { Double.random(in: 0...1) })
                return .observing
            }
            group.addTask {
                await self.chronicle(resource, cache)
                return .observing
            }
        }
        group.addTask {
            await self.followPodTemplates()
            return .observing
        }
        for routes in cluster.routes.values {
            group.addTask {
                await routes.follow(cluster.client)
                return .observing
            }
        }
        group.addTask {
            await chronicle.keep()
            return .observing
        }
        group.addTask {
            await chronicle.tend(each: settings.historyPause, now: now) { await self.known() }
            return .observing
        }
        group.addTask {
            await self.followEvents()
            return .observing
        }
        group.addTask {
            await self.followOtherEvents()
            return .observing
        }
        group.addTask {
            await self.saySight()
            return .observing
        }
    }

    /// What a controller is made of: one part goes on on every replica, another only on the one
    /// that leads, and the last one has some seconds more than the others.
    private enum Part {
        case observing, acting, writing
    }

    private func takePart() async {
        guard let leadership else { return await lead() }
        await leadership.run {
            log.info("leading", metadata: ["lease": "\(leadership.lease)"])
            await self.lead()
            log.info("leading no more", metadata: ["lease": "\(leadership.lease)"])
        }
    }

    /// One term. What an earlier one has left in the queues, or remembers, is of no use any more:
    /// others have led since.
    private func lead() async {
        var leading = self
        leading.term = await queues.renew()
        await turn.memory.forgetAll()
        await leading.work()
    }

    private func waitForCaches() async -> Bool {
        var looks = 0
        while !cluster.isSynced {
            if leadership?.hasResigned == true { return false }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return false }
            looks += 1
            if looks.isMultiple(of: looksBetweenLines) { sayWhatIsMissing() }
        }
        return true
    }

    private func work() async {
        await withTaskGroup(of: Void.self) { group in
            for (resource, cache) in cluster.caches {
                group.addTask { await self.follow(resource, cache) }
            }
            group.addTask { await self.follow(.podTemplates, cluster.podTemplates) }
            for (resource, routes) in cluster.routes {
                group.addTask { await self.follow(resource, routes.cache) }
            }
            if let notifier { group.addTask { await notifier.run(term.lanes) } }
            group.addTask { await self.sayForeignPlugins() }
            group.addTask { await self.clearJobs() }
            for _ in 0..<settings.rolloutWorkers {
                group.addTask { await self.workOnRollouts() }
            }
            let analysis = analysis
            let trials = trials
            for _ in 0..<settings.analysisWorkers {
                group.addTask { await self.workOnRuns(analysis) }
            }
            for _ in 0..<settings.experimentWorkers {
                group.addTask { await self.workOnExperiments(trials) }
            }
            for _ in 0..<settings.rolloutWorkers {
                group.addTask { await self.askExtensions() }
            }
            let bindingTurn = bindingTurn
            for _ in 0..<bindingWorkers {
                group.addTask { await self.workOnBindings(bindingTurn) }
            }
            group.addTask { await bindings.keepTime(on: ContinuousClock(), now: now) }
            group.addTask { await steps.keepTime(on: ContinuousClock(), now: now) }
            group.addTask { await rollouts.keepTime(on: ContinuousClock(), now: now) }
            group.addTask { await runs.keepTime(on: ContinuousClock(), now: now) }
            group.addTask { await experiments.keepTime(on: ContinuousClock(), now: now) }
            await group.waitForAll()
        }
    }

    private func workOnRollouts() async {
        while let key = await rollouts.take() {
            let begun = ContinuousClock.now
            let outcome = await turn.take(key)
            if cluster.knows(key.reference) {
                await tallies.took(
                    key.reference, seconds: begun.secondsSince, failed: outcome.trouble != nil)
            }
            if outcome.trouble != nil {
                await rollouts.failed(key, at: now(), next: outcome.lookAgain)
            } else {
                await rollouts.done(
                    key,
                    next: outcome.decision == nil
                        ? nil : settings.nextLook(outcome.lookAgain, after: now()))
            }
        }
    }

    var analysis: AnalysisTurn {
        var analysis = AnalysisTurn(
            cluster: cluster.edge, source: source, secrets: secrets, home: settings.home,
            unstored: unstored, lines: lines,
            tell: { key, run in
                let outcome = await turn.take(key, news: run)
                // The write of the run may fail too, and then no change would wake the rollout.
                if outcome.trouble != nil { await rollouts.add(key) }
            },
            announce: { object, reason, message, isWarning in
                events.write(
                    Rollouts.Event(reason, message, isWarning: isWarning), about: object)
            },
            pause: { time in
                do {
                    try await ContinuousClock().sleep(for: time)
                } catch {
                    // Nobody waits any more.
                }
            }, now: now)
        analysis.jobNamespace = settings.jobNamespace
        return analysis
    }

    private func workOnRuns(_ analysis: AnalysisTurn) async {
        while let reference = await runs.take() {
            let begun = ContinuousClock.now
            let outcome = await analysis.take(reference)
            if cluster.knows(reference) {
                await tallies.took(
                    reference, seconds: begun.secondsSince, failed: outcome.trouble != nil)
            }
            if let trouble = outcome.trouble {
                log.warning(
                    "analysis run not taken further",
                    metadata: ["run": "\(reference)", "error": "\(trouble)"])
                await runs.failed(reference, at: now())
            } else {
                let share = reference.shareOfSecond
                await runs.done(
                    reference, next: outcome.lookAgain?.advanced(byMilliseconds: share))
            }
        }
    }
}

extension ContinuousClock.Instant {
    var secondsSince: Double { duration(to: .now) / .seconds(1) }
}

/// Ten seconds: longer than any list takes, soon enough for somebody who watches the log.
private let looksBetweenLines = 500

extension ControllerLoop.Settings {
    /// No extension is asked by who does not lead any more.
    fileprivate func bounded(by tenure: Tenure) -> Self {
        var settings = self
        settings.steps.remaining = tenure.remaining
        settings.routers.remaining = tenure.remaining
        return settings
    }
}

/// For events that wait when a controller ends: a server that takes none of them meanwhile will not
/// soon, and whoever stops the process kills it after thirty seconds.
private let secondsForEvents = Duration.seconds(5)
