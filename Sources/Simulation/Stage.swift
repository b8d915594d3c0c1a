import Analysis
import Controller
import Documents
import KubernetesObjects
import Manifests
import MetricProviders
import ObjectStore
import Rollouts

/// One play of a story: the cluster, the controller on it, and what has been written down so far.
struct Stage {
    private let player: Player
    private let cluster: SimulatedCluster
    private let notes = Notes()
    private let mesh = SimulatedMesh()
    private var memory = Recollection()
    private var unstored = Unstored()
    private var obstacles = Obstacles()
    private var held = HeldServices()
    private var moments: [Story.Moment]
    /// When each rollout and run wants to be looked at again.
    private var alarms: [Reference: Timestamp] = [:]
    /// What was there when each object had its last turn.
    private var seen: [Reference: String] = [:]
    /// How often in a row the turns of each object stumbled.
    private var stumbles: [Reference: Int] = [:]

    init(_ player: Player) async throws(ClusterError) {
        self.player = player
        cluster = SimulatedCluster(now: Player.start, timing: player.timing)
        moments = player.story.moments.enumerated()
            .sorted { ($0.element.milliseconds, $0.offset) < ($1.element.milliseconds, $1.offset) }
            .map(\.element)
        await cluster.set(player.faults)
        for object in player.objects { try await place(object) }
    }

    private func place(_ object: Object) async throws(ClusterError) {
        guard
            let resource = Resource.simulated.first(where: { $0.isKind(of: object) })
        else {
            throw .refused("\(object.apiVersion) \(object.kind) is no kind that can be simulated")
        }
        var object = object
        object["apiVersion"] = .string(resource.apiVersion)
        let namespace = object.namespace.isEmpty ? "default" : object.namespace
        if resource.isNamespaced { object["metadata", "namespace"] = .string(namespace) }
        if resource.isNamespaced {
            let reference = Reference(.namespaces, namespace: "", name: namespace)
            if await cluster.get(reference) == nil {
                let name: JSON = ["name": .string(namespace)]
                let value: JSON = ["apiVersion": "v1", "kind": "Namespace", "metadata": name]
                try await cluster.apply(Write(reference, .create(Object(value))))
            }
        }
        let reference = Reference(resource, namespace: namespace, name: object.name)
        try await cluster.apply(Write(reference, .create(object)))
    }

    mutating func play() async -> Transcript {
        var turns = 0
        while true {
            await settle(&turns)
            guard turns < turnLimit else {
                notes.add(cause: "", act: "", reason: "gave up: the story does not come to rest")
                break
            }
            guard let next = await nextInstant() else { break }
            await cluster.advance(to: next)
            notes.seconds = next.milliseconds - Player.start.milliseconds
            await playMoments(until: next)
        }
        return await notes.transcript(of: cluster)
    }

    /// Takes turns until nothing changes any more at this instant.
    private mutating func settle(_ turns: inout Int) async {
        var isSettled = false
        repeat {
            let before = await cluster.version
            await runPods()
            if player.takesRolloutsFirst {
                for object in await cluster.rollouts { await turn(rollout: object) }
            }
            for object in await cluster.all(.analysisRuns) { await turn(run: object) }
            for object in await cluster.all(.experiments) { await turn(experiment: object) }
            for object in await cluster.rollouts { await turn(rollout: object) }
            for object in await cluster.all(.services) { await turn(service: object) }
            turns += 1
            isSettled = await cluster.version == before
            if await cluster.isDead {
                await startAgain()
                isSettled = false
            }
        } while !isSettled && turns < turnLimit
    }

    /// Whether a turn is due: something changed since the last one, or its time has come.
    private mutating func isDue(_ reference: Reference, version: String, at now: Timestamp) -> Bool
    {
        let isChanged = seen[reference] != version
        seen[reference] = version
        return isChanged || alarms[reference].map { $0 <= now } ?? false
    }

    private func runPods() async {
        do {
            try await cluster.runPods()
        } catch {
            notes.add(cause: "pods", act: "", reason: error.description)
        }
    }

    private mutating func startAgain() async {
        (memory, unstored, obstacles) = (Recollection(), Unstored(), Obstacles())
        held = HeldServices()
        alarms = [:]
        seen = [:]
        stumbles = [:]
        await cluster.revive()
        notes.add(cause: "crash", act: "", reason: "the controller starts again")
    }

    /// The next instant at which something is due. Without anything else to come, a story ends at
    /// its `end`, or when it was waited for long enough.
    private func nextInstant() async -> Timestamp? {
        let now = await cluster.now
        let instants = [await cluster.nextPodEvent] + alarms.values.map { Optional($0) }
        let due = instants.compactMap(\.self).filter { $0 > now }.min()
        if let moment = moments.first {
            let time = Player.start.advanced(byMilliseconds: moment.milliseconds)
            return due.map { min($0, time) } ?? max(time, now)
        }
        return due.flatMap { $0 > end ? nil : $0 }
    }

    /// When the story is over, whatever would still come.
    private var end: Timestamp {
        let moments = player.story.moments
        let last = moments.map(\.milliseconds).max() ?? 0
        let isTold = moments.contains { $0.command == .end }
        return Player.start.advanced(
            byMilliseconds: last + (isTold ? 0 : patienceMilliseconds + player.waitMilliseconds))
    }

    private mutating func playMoments(until now: Timestamp) async {
        while let moment = moments.first,
            Player.start.advanced(byMilliseconds: moment.milliseconds) <= now
        {
            moments.removeFirst()
            await play(moment.command)
        }
    }

    private mutating func play(_ command: Story.Command) async {
        switch command {
        case .metric(let name, let answer):
            notes.happened(command.text)
            await cluster.setAnswer(answer, of: name)
        case .newPods(let limit):
            notes.happened(command.text)
            await cluster.limitNewPods(limit)
        case .versionPods(let limit):
            notes.happened(command.text)
            await cluster.limitVersionPods(limit)
        case .stablePods(let limit):
            notes.happened(command.text)
            await cluster.limitStablePods(limit)
        case .autoscale(let count):
            for rollout in await cluster.rollouts { await autoscale(rollout, to: count) }
        case .crash: await startAgain()
        case .end: break
        case .image, .promote, .promoteFull, .abort, .retry, .pause, .resume, .undo, .scale,
            .restart,
            .edit:
            for rollout in await cluster.rollouts { await send(command, to: rollout) }
        }
    }

    private func autoscale(_ rollout: Object, to count: Int) async {
        let command = Story.Command.autoscale(count)
        do {
            try await cluster.autoscale(rollout, to: count)
            notes.came(command.text)
        } catch {
            notes.add(cause: command.text, act: "refused", reason: error.description)
        }
    }

    private func send(_ command: Story.Command, to rollout: Object) async {
        let sets = await cluster.list(.replicaSets, rollout.namespace)
            .filter { $0.controllerOwner?.uid == rollout.uid }
        do {
            let workload = await cluster.workload(of: rollout)
            let now = await cluster.now
            for write in try command.writes(
                on: rollout, sets: sets, workload: workload, at: now)
            {
                try await cluster.apply(write)
            }
            notes.came(command.text)
        } catch {
            notes.add(cause: command.text, act: "refused", reason: "\(error)")
        }
    }
}

/// A story that needs more rounds than this does not come to rest.
private let turnLimit = 20_000

/// How long a story without an `end` is followed after its last line. Background analysis can go on
/// for ever.
private let patienceMilliseconds: Int64 = 3_600_000

extension Player {
    /// What the documents themselves may wait for: timed pauses, experiments and analyses of steps.
    fileprivate var waitMilliseconds: Int64 {
        let analysis = objects.filter { $0.kind.hasSuffix("AnalysisTemplate") }.reduce(Int64(0)) {
            $0 + $1.measuringMilliseconds
        }
        return objects.reduce(0) { sum, object in
            let spec = object.spec
            let preview = spec?["strategy"]?["blueGreen"]?["autoPromotionSeconds"]?.milliseconds
            let alone = object.kind == "Experiment" ? spec?["duration"]?.milliseconds : nil
            let steps = spec?["strategy"]?["canary"]?["steps"]?.array ?? []
            return steps.reduce(sum + (preview ?? 0) + (alone ?? 0)) { sum, step in
                let judged = step["analysis"] != nil || step["experiment"]?["analyses"] != nil
                return sum + (step["pause"]?["duration"]?.milliseconds ?? 0)
                    + (step["experiment"]?["duration"]?.milliseconds ?? 0) + (judged ? analysis : 0)
            }
        }
    }
}

extension Object {
    /// How long the metrics of a template are measured, as far as it says so itself.
    fileprivate var measuringMilliseconds: Int64 {
        (spec?["metrics"]?.array ?? []).map { metric in
            let count = metric["count"]?.int ?? metric["count"]?.string.flatMap { Int($0) } ?? 0
            let interval = metric["interval"]?.milliseconds ?? 0
            return Int64(min(max(count, 0), mostIntervals)) * interval
                + (metric["initialDelay"]?.milliseconds ?? 0)
        }.max() ?? 0
    }
}

extension JSON {
    /// Seconds, or a duration of Go; nil where it is neither.
    fileprivate var milliseconds: Int64? {
        let seconds = (int ?? string.flatMap { Int($0) }).map { max(0, min($0, 1 << 31)) }
        let milliseconds = seconds.map { Int64($0) * 1_000 }
        return (milliseconds ?? string.flatMap { GoDuration.parse($0) }).map {
            min($0, longestWait)
        }
    }
}

/// A year, and as many measurements: what a document may wait for without a sum that overflows.
private let longestWait: Int64 = 366 * 86_400_000
private let mostIntervals = 100_000

/// A turn that stumbled is taken again after 1 s, 2 s, 4 s … and at most after this many.
private let longestRetrySeconds = 64

extension Stage {
    private var edge: Cluster {
        Cluster(
            get: { [cluster] reference in await cluster.get(reference) },
            list: { [cluster] resource, namespace in await cluster.list(resource, namespace) },
            write: { [cluster] write throws(ClusterError) in try await cluster.write(write) })
    }

    private func rolloutTurn(at now: Timestamp) -> RolloutTurn {
        var turn = RolloutTurn(
            cluster: edge, memory: memory, routers: player.plugins.kinds, plugins: player.plugins,
            journal: Journal(
                announce: { [notes] rollout, event in notes.told(event, about: rollout) },
                decided: { [notes] decision, scene in
                    notes.decided(decision, scene.snapshot, scene.key)
                },
                stumbled: { _, _, _ in }),
            now: { now }, remoteRouters: mesh.caller(of: player.plugins.routers))
        turn.stopsAtBrokenInvariants = false
        return turn
    }

    private mutating func turn(rollout: Object) async {
        let now = await cluster.now
        let key = RolloutKey(namespace: rollout.namespace, name: rollout.name)
        guard isDue(key.reference, version: "\(await cluster.version)", at: now) else { return }
        let outcome = await rolloutTurn(at: now).take(key)
        note(outcome.trouble, of: key.reference, next: outcome.lookAgain, at: now)
    }

    private mutating func turn(run: Object) async {
        let now = await cluster.now
        let reference = Reference(.analysisRuns, namespace: run.namespace, name: run.name)
        guard isDue(reference, version: run.resourceVersion, at: now) else { return }
        let rollouts = rolloutTurn(at: now)
        var source = MetricSource { [cluster] question throws(ProviderError) in
            try await cluster.answer(question)
        }
        source.plugins = player.plugins.metrics
        let turn = AnalysisTurn(
            cluster: edge, source: source,
            secrets: .none, unstored: unstored,
            tell: { key, run in _ = await rollouts.take(key, news: run) },
            announce: { _, _, _, _ in },
            // Everybody answers at once here, and no time passes meanwhile.
            pause: { _ in for await _ in AsyncStream(Void.self, { _ in }) {} }, now: { now })
        let outcome = await turn.take(reference)
        note(outcome.trouble, of: reference, next: outcome.lookAgain, at: now)
    }

    private mutating func turn(experiment: Object) async {
        let now = await cluster.now
        let reference = Reference(
            .experiments, namespace: experiment.namespace, name: experiment.name)
        guard isDue(reference, version: "\(await cluster.version)", at: now) else { return }
        let turn = ExperimentTurn(
            cluster: edge, obstacles: obstacles, announce: { _, _ in },
            decided: { [notes] decision, scene in notes.decided(decision, scene) }, now: { now })
        let outcome = await turn.take(reference)
        note(outcome.trouble, of: reference, next: outcome.lookAgain, at: now)
    }

    private mutating func turn(service: Object) async {
        let now = await cluster.now
        let reference = Reference(
            .services, namespace: service.namespace, name: service.name)
        guard isDue(reference, version: "\(await cluster.version)", at: now) else { return }
        let rollouts = rolloutTurn(at: now)
        let turn = BindingTurn(
            cluster: edge, held: held, look: { await rollouts.look(at: $0)?.snapshot },
            announce: { [notes] object, event in notes.told(event, about: object) })
        let outcome = await turn.take(reference)
        notes.decided(outcome.decision, on: service.name)
        note(outcome.trouble, of: reference, next: nil, at: now)
    }

    private mutating func note(
        _ trouble: ClusterError?, of reference: Reference, next: Timestamp?, at now: Timestamp
    ) {
        guard let trouble else {
            alarms[reference] = next
            stumbles[reference] = nil
            return
        }
        notes.stumbled(trouble)
        let count = stumbles[reference, default: 0]
        stumbles[reference] = count + 1
        let retry = now.advanced(bySeconds: min(1 << min(count, 30), longestRetrySeconds))
        alarms[reference] = next.map { min($0, retry) } ?? retry
    }
}

extension Resource {
    /// What a story may begin with.
    static let simulated: [Resource] =
        [
            .rollouts, .analysisTemplates, .clusterAnalysisTemplates, .services, .ingresses,
            .configMaps,
            .secrets, .deployments, .podTemplates, .namespaces, .replicaSets, .analysisRuns,
            .experiments,
        ] + Resource.routes.keys

    /// Whether an object is of this kind, in whatever version that plays a part.
    func isKind(of object: Object) -> Bool {
        let versions = Resource.routes[self] ?? [version]
        return kind == object.kind
            && versions.contains { inVersion($0).apiVersion == object.apiVersion }
    }
}
