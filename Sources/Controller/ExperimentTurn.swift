import Analysis
import Documents
import KubernetesObjects
import Manifests
import Rollouts

/// One turn of one experiment: observe, decide, act (rollout-semantics §7.1). Nothing here chooses.
package struct ExperimentTurn: Sendable {
    let cluster: Cluster
    /// Of this process, over all its turns.
    let obstacles: Obstacles
    let announce: @Sendable (_ about: Object, Rollouts.Event) async -> Void
    /// A decision that was carried out, or tried to be.
    let decided: @Sendable (ExperimentDecision, Scene) async -> Void
    let now: @Sendable () -> Timestamp

    package init(
        cluster: Cluster, obstacles: Obstacles,
        announce: @escaping @Sendable (Object, Rollouts.Event) async -> Void,
        decided: @escaping @Sendable (ExperimentDecision, Scene) async -> Void,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.cluster = cluster
        self.obstacles = obstacles
        self.announce = announce
        self.decided = decided
        self.now = now
    }

    /// What a turn came to.
    package struct Outcome: Sendable {
        package var lookAgain: Timestamp?
        package var trouble: ClusterError?
    }

    /// What was observed, and the documents it was read from.
    package struct Scene: Sendable {
        package var object: Object
        package var parsed: ParsedExperiment
        package var snapshot: ExperimentSnapshot
        package var replicaSets: [Object]
        package var services: [Object]
        package var runs: [Object]
    }

    /// Takes one turn of the experiment.
    package func take(_ reference: Reference) async -> Outcome {
        do {
            guard let scene = try await observe(reference) else { return Outcome() }
            let decision = decide(scene.snapshot)
            let trouble = await act(on: decision, in: scene)
            await decided(decision, scene)
            return Outcome(
                lookAgain: decision.lookAgain.map(Timestamp.init), trouble: trouble)
        } catch {
            return Outcome(trouble: error)
        }
    }

    /// - Returns: nil where the experiment is gone or going.
    package func observe(_ reference: Reference) async throws(ClusterError) -> Scene? {
        guard let object = try await cluster.get(reference), object.deletionTimestamp == nil else {
            return nil
        }
        let parsed = ExperimentDocument.parse(object)
        let sets = try await cluster.holdings(.replicaSets, object)
        let services = try await cluster.holdings(.services, object).own
        let runs = try await cluster.holdings(.analysisRuns, object)
        var snapshot = ExperimentSnapshot(parsed.experiment, now: Instant(now()))
        snapshot.replicaSets = ExperimentDocument.byTemplate(sets.own)
        snapshot.services = ExperimentDocument.byTemplate(services)
        snapshot.runs = runs.own.map(ExperimentDocument.run)
        snapshot.taken = TakenNames(replicaSets: sets.othersNames, runs: runs.othersNames)
        snapshot.routed = try await routed(snapshot.replicaSets, object)
        snapshot.refusal = parsed.invalidSpecMessage
        snapshot.refusalInFull = parsed.refusalInFull
        snapshot.toldRefusal = await obstacles.toldRefusal(of: object.uid)
        if parsed.experiment.status.phase?.isCompleted == true {
            await obstacles.forget(object.uid)
        } else if parsed.invalidSpecMessage == nil {
            snapshot.obstacles = await obstacles.of(object.uid)
            snapshot.problems = try await problems(of: parsed, snapshot, object)
        }
        return Scene(
            object: object, parsed: parsed, snapshot: snapshot, replicaSets: sets.own,
            services: services, runs: runs.own)
    }

    /// The templates whose pods the rollout of the experiment has traffic for, or still had when
    /// its status was written.
    private func routed(
        _ replicaSets: [String: ReplicaSet], _ experiment: Object
    ) async throws(ClusterError) -> Set<String> {
        guard !replicaSets.isEmpty, let rollout = try await rollout(of: experiment) else {
            return []
        }
        let weights = StatusDocument.parse(rollout.status).weights?.additional ?? []
        let hashes = Set(weights.map(\.podTemplateHash))
        return Set(replicaSets.filter { hashes.contains($0.value.hash) }.keys)
    }

    /// The rollout whose step the experiment is; nil for one that stands alone.
    func rollout(of experiment: Object) async throws(ClusterError) -> Object? {
        guard let owner = experiment.controllerOwner, owner.kind == Resource.rollouts.kind else {
            return nil
        }
        let found = try await cluster.get(
            Reference(.rollouts, namespace: experiment.namespace, name: owner.name))
        return found?.uid == owner.uid ? found : nil
    }

    /// Why no run can be made of the analyses that have not begun.
    private func problems(
        of parsed: ParsedExperiment, _ snapshot: ExperimentSnapshot, _ object: Object
    ) async throws(ClusterError) -> [String: String] {
        let begun = Set(parsed.experiment.status.analyses.map(\.name))
        let open = parsed.analyses.filter { !begun.contains($0.name) }
        let templates = try await cluster.templates(
            open.flatMap(\.reference.templates), in: object.namespace)
        var problems: [String: String] = [:]
        for analysis in open {
            do {
                _ = try ExperimentDocument.run(
                    "", of: analysis, for: object, parsed.experiment,
                    replicaSets: snapshot.replicaSets
                ) { templates[$0] }
            } catch {
                problems[analysis.name] = "analysis \(analysis.name): \(error.message)"
            }
        }
        return problems
    }
}

/// What the server said for good to what the templates of experiments need, and what was told of
/// documents that cannot be followed. A process that dies loses it, and asks again.
package actor Obstacles {
    private var texts: [String: [String: String]] = [:]
    private var refusals: [String: String] = [:]

    package init() {}

    func note(_ text: String, of template: String, in uid: String) {
        if texts.count >= longestList { texts = [:] }
        texts[uid, default: [:]][template] = text
    }

    func of(_ uid: String) -> [String: String] { texts[uid] ?? [:] }

    /// Notes what was told; nil for a good document.
    func toldRefusal(_ text: String?, of uid: String) {
        if refusals.count >= longestList { refusals = [:] }
        refusals[uid] = text
    }

    func toldRefusal(of uid: String) -> String? { refusals[uid] }

    func forget(_ uid: String) { (texts[uid], refusals[uid]) = (nil, nil) }
}

/// More experiments than fail at once anywhere. Without its entry one is only refused once more.
private let longestList = 1_000
