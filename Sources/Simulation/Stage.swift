import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import ObjectStore
import Rollouts

/// One play of a story: the cluster, the controller on it, and what has been written down so far.
struct Stage {
    private let player: Player
    private let cluster: SimulatedCluster
    private let notes = Notes()
    private var memory = Recollection()
    private var moments: [Story.Moment]
    /// When each rollout and run wants to be looked at again.
    private var alarms: [Reference: Timestamp] = [:]

    init(_ player: Player) async throws(ClusterError) {
        self.player = player
        do {
            cluster = try SimulatedCluster(
                now: Player.start, podStartSeconds: player.podStartSeconds)
        } catch {
            throw ClusterError(error)
        }
        moments = player.story.moments.enumerated()
            .sorted { ($0.element.milliseconds, $0.offset) < ($1.element.milliseconds, $1.offset) }
            .map(\.element)
        await cluster.set(player.fault)
        for object in player.objects { try await place(object) }
    }

    private func place(_ object: Object) async throws(ClusterError) {
        guard
            let resource = Resource.simulated.first(where: {
                $0.kind == object.kind && $0.apiVersion == object.apiVersion
            })
        else {
            throw .refused("\(object.apiVersion) \(object.kind) is no kind that can be simulated")
        }
        var object = object
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
        var before = -1
        repeat {
            before = await cluster.version
            await runPods()
            for object in await cluster.all(.analysisRuns) { await turn(run: object) }
            for object in await cluster.rollouts { await turn(rollout: object) }
            if await cluster.isDead { await startAgain() }
            turns += 1
        } while await cluster.version != before && turns < turnLimit
    }

    private func runPods() async {
        do {
            _ = try await cluster.runPods()
        } catch {
            notes.add(cause: "pods", act: "", reason: error.description)
        }
    }

    private mutating func startAgain() async {
        memory = Recollection()
        await cluster.revive()
        await cluster.set(nil)
        notes.add(cause: "crash", act: "", reason: "the controller starts again")
    }

    private func nextInstant() async -> Timestamp? {
        let now = await cluster.now
        let moment = moments.first.map { Player.start.advanced(byMilliseconds: $0.milliseconds) }
        let instants = [moment, await cluster.nextPodEvent] + alarms.values.map { Optional($0) }
        return instants.compactMap(\.self).filter { $0 > now }.min() ?? (moment == nil ? nil : now)
    }

    private mutating func playMoments(until now: Timestamp) async {
        while let moment = moments.first,
            Player.start.advanced(byMilliseconds: moment.milliseconds) <= now
        {
            moments.removeFirst()
            notes.cause = moment.command.text
            await play(moment.command)
        }
    }

    private mutating func play(_ command: Story.Command) async {
        switch command {
        case .metric(let name, let answer): await cluster.setAnswer(answer, of: name)
        case .newPods(let limit): await cluster.limitNewPods(limit)
        case .stablePods(let limit): await cluster.limitStablePods(limit)
        case .crash: await startAgain()
        case .end: break
        case .image, .promote, .promoteFull, .abort, .retry, .pause, .resume, .undo, .scale:
            for rollout in await cluster.rollouts {
                let sets = await cluster.list(.replicaSets, rollout.namespace)
                for write in command.writes(on: rollout, sets: sets) {
                    do {
                        try await cluster.apply(write)
                    } catch {
                        notes.add(cause: command.text, act: "refused", reason: error.description)
                    }
                }
            }
        }
    }
}

/// A story that needs more rounds than this does not come to rest.
private let turnLimit = 20_000

extension Stage {
    private var edge: Cluster {
        Cluster(
            get: { [cluster] reference in await cluster.get(reference) },
            list: { [cluster] resource, namespace in await cluster.list(resource, namespace) },
            write: { [cluster] write throws(ClusterError) in try await cluster.write(write) })
    }

    private func rolloutTurn(at now: Timestamp) -> RolloutTurn {
        RolloutTurn(
            cluster: edge, memory: memory,
            journal: Journal(
                announce: { _, _ in },
                decided: { [notes] decision, scene in
                    notes.decided(decision, scene.snapshot, scene.key)
                },
                stumbled: { _, _, _ in }),
            now: { now })
    }

    private mutating func turn(rollout: Object) async {
        let now = await cluster.now
        let key = RolloutKey(namespace: rollout.namespace, name: rollout.name)
        let outcome = await rolloutTurn(at: now).take(key)
        alarms[key.reference] = outcome.lookAgain
        if let trouble = outcome.trouble { notes.stumbled(trouble) }
    }

    private mutating func turn(run: Object) async {
        let now = await cluster.now
        let reference = Reference(.analysisRuns, namespace: run.namespace, name: run.name)
        let rollouts = rolloutTurn(at: now)
        let turn = AnalysisTurn(
            cluster: edge,
            source: MetricSource { [cluster] question throws(ProviderError) in
                try await cluster.answer(question)
            },
            tell: { key, run in _ = await rollouts.take(key, news: run) },
            announce: { _, _, _, _ in }, now: { now })
        let outcome = await turn.take(reference)
        alarms[reference] = outcome.lookAgain
    }
}

extension Resource {
    /// What a story may begin with.
    fileprivate static let simulated: [Resource] = [
        .rollouts, .analysisTemplates, .clusterAnalysisTemplates, .services, .ingresses,
        .configMaps,
        .secrets, .deployments, .namespaces,
    ]
}
