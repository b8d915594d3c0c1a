import Analysis
import Controller
import Documents
import KubernetesObjects
import Manifests
import MetricProviders
import ObjectStore

/// An API server in memory, with pods that become ready after a while, metrics that answer what the
/// story says, and faults at chosen writes.
actor SimulatedCluster {
    private(set) var store: ObjectStore
    private(set) var now: Timestamp
    private var uids = 0
    var answers: [String: Story.Answering] = [:]
    var newPodLimit: Int?
    /// Of each version of an experiment.
    private var versionPodLimit: Int?
    /// The limit of the ReplicaSet that was stable when it was set, also when it is stable no more.
    private var stablePodLimit: (limit: Int?, hash: String?) = (nil, nil)
    private let timing: SimulatedTiming
    private var pods: [Reference: SimulatedPods] = [:]
    private var rolls: [Reference: SimulatedRoll] = [:]
    /// How often the controller wrote, or tried to.
    private(set) var writes = 0
    /// Writes of the controller after which everything was as before.
    private(set) var emptyWrites = 0
    /// The controller was killed: it writes nothing any more.
    private(set) var isDead = false
    private var faults: [SimulatedFault] = []
    /// How many evictions were asked for.
    private var evictions = 0
    /// Commands that came in the instant of a write, and whether they were accepted.
    private(set) var placed: [Transcript.Placed] = []
    /// How traffic stood after each write that moved it or its pods.
    private(set) var samples: [Transcript.Sample] = []
    /// What clients could see after each write.
    private(set) var shown: [Transcript.Shown] = []

    init(now: Timestamp, timing: SimulatedTiming) {
        store = ObjectStore()
        for resource in Resource.routes.keys { store.register(resource) }
        self.now = now
        self.timing = timing
    }

    func advance(to time: Timestamp) { now = time }

    private func writer() -> Writer {
        uids += 1
        let number = uids
        return Writer(now: now, newUID: { "00000000-0000-4000-8000-\(padded(number))" })
    }

    func get(_ reference: Reference) -> Object? {
        do { return try store.get(reference) } catch { return nil }
    }

    func list(_ resource: Resource, _ namespace: String) -> [Object] {
        if resource == .pods { return runningPods.filter { $0.namespace == namespace } }
        do {
            return try store.list(resource, matching: Selection(namespace: namespace)).items
        } catch {
            return []
        }
    }

    /// What a user or another controller writes: no fault hits it.
    func apply(_ write: Write) throws(ClusterError) {
        _ = try perform(write)
    }

    /// What an autoscaler does: it counts the pods that the scale selects, and sets their number.
    func autoscale(_ rollout: Object, to count: Int) throws(ClusterError) {
        let reference = Reference(.rollouts, namespace: rollout.namespace, name: rollout.name)
        do throws(StoreError) {
            var scale = try store.scale(of: reference)
            guard scale.status?["selector"]?.string?.isEmpty == false else {
                throw StoreError.badRequest("\(reference) selects no pods that could be counted")
            }
            scale["spec", "replicas"] = .int(Int64(count))
            _ = try store.updateScale(reference, to: scale, by: writer())
        } catch {
            throw ClusterError(error)
        }
    }

    /// What the controller writes.
    func write(_ write: Write) async throws(ClusterError) -> Object? {
        guard !isDead else { throw .unreachable("the controller was killed") }
        writes += 1
        let number = writes
        if faults.contains(.holdBack(number)) { await letOthersWrite(after: number) }
        guard !isDead else { throw .unreachable("the controller was killed") }
        if faults.contains(.killBefore(number)) {
            isDead = true
            throw .unreachable("the controller was killed")
        }
        if faults.contains(.refuse(number)) { throw .unreachable("connection refused") }
        if faults.contains(.forbid(number)) { throw .refused("forbidden: exceeded quota") }
        if write.act == .evict { try keepPod() }
        for case .command(number, let command) in faults { place(command) }
        let before = version
        let object = try perform(write)
        // Those of pods are in no store.
        if version == before, write.reference.resource != .pods { emptyWrites += 1 }
        if !unsampled.contains(write.reference.resource) { sample() }
        for case .commandAfter(number, let command) in faults { place(command) }
        if faults.contains(.killAfter(number)) { isDead = true }
        if faults.contains(.loseAnswer(number)) { throw .unreachable("connection reset") }
        return object
    }

    private func keepPod() throws(ClusterError) {
        evictions += 1
        for case .keepPods(let count) in faults where evictions <= count {
            throw .conflict("a disruption budget is in the way")
        }
    }

    /// Lets the writes that are sent at the same time overtake this one; there may be none.
    private func letOthersWrite(after number: Int) async {
        for _ in 0..<overtakingRounds where writes == number && !isDead { await Task.yield() }
    }

    private func place(_ command: Story.Command) {
        guard let rollout = rollouts.first else { return }
        var placed = Transcript.Placed(
            command: command, rollout: rollout.json, isAccepted: false,
            milliseconds: milliseconds)
        let sets = list(.replicaSets, rollout.namespace)
        do {
            let writes = try command.writes(
                on: rollout, sets: sets, workload: workload(of: rollout), at: now)
            for write in writes { try apply(write) }
            placed.isAccepted = !writes.isEmpty
        } catch {
            placed.isAccepted = false
        }
        self.placed.append(placed)
    }

    /// What the rollout takes its template from.
    func workload(of rollout: Object) -> WorkloadSeen {
        WorkloadDocument.reference(in: rollout).flatMap(get).map { .found($0) } ?? .missing
    }

    private var milliseconds: Int64 { now.milliseconds - Player.start.milliseconds }

    private func sample() {
        for rollout in rollouts {
            let now = Transcript.Shown(of: rollout, list(.replicaSets, rollout.namespace))
            if shown.last != now { shown.append(now) }
            guard let sample = Transcript.Sample(of: rollout, in: self.store, at: milliseconds),
                samples.last != sample
            else { continue }
            samples.append(sample)
        }
    }

    func revive() { isDead = false }

    var rollouts: [Object] { all(.rollouts) }

    func all(_ resource: Resource) -> [Object] {
        do { return try store.list(resource).items } catch { return [] }
    }

    var version: Int { store.resourceVersion }

    /// Of every ReplicaSet.
    var runningPods: [Object] {
        all(.replicaSets).flatMap { set in
            let reference = Reference(.replicaSets, namespace: set.namespace, name: set.name)
            return pods[reference]?.objects(of: set, at: now) ?? []
        }
    }

    /// What is written to a pod, which no store keeps.
    private func change(_ pod: Reference, _ act: Write.Act) throws(ClusterError) {
        for reference in pods.keys where reference.namespace == pod.namespace {
            var running = pods[reference, default: SimulatedPods()]
            let isHere =
                switch act {
                case .evict: running.evict(pod.name, of: reference.name)
                case .patch(.merge(let body)):
                    running.patch(pod.name, of: reference.name, with: body)
                case .patch, .create, .patchStatus, .delete: false
                }
            guard isHere else { continue }
            pods[reference] = running
            if act == .evict { try runPods() }
            return
        }
        throw .notFound("\(pod)")
    }

    private func perform(_ write: Write) throws(ClusterError) -> Object? {
        if write.reference.resource == .pods {
            try change(write.reference, write.act)
            return nil
        }
        do {
            let reference = write.reference
            let written: Written
            switch write.act {
            case .create(let object):
                written = try store.create(
                    object, in: reference.resource, namespace: reference.namespace, by: writer())
            case .patch(let patch):
                written = try store.patch(reference, with: patch, by: writer())
            case .patchStatus(let patch):
                written = try store.patch(reference, with: patch, at: .status, by: writer())
            case .evict: return nil
            case .delete(let uid):
                _ = try store.delete(reference, Deletion(uid: uid), by: writer())
                return nil
            }
            return written.object
        } catch {
            throw ClusterError(error)
        }
    }

    /// Lets every ReplicaSet have the pods it asks for, and every Deployment roll.
    func runPods() throws(ClusterError) {
        for set in all(.replicaSets) { try runPods(of: set) }
        for gateway in all(.deployments) { try roll(gateway) }
        for job in all(.jobs) { try end(job) }
    }

    private func runPods(of set: Object) throws(ClusterError) {
        let reference = Reference(.replicaSets, namespace: set.namespace, name: set.name)
        let wanted = set.spec?["replicas"]?.int ?? 1
        var running = pods[reference] ?? SimulatedPods()
        running.follow(
            wanted: wanted, limit: limit(of: set), now: now,
            startMilliseconds: Int64(timing.podStartSeconds) * 1_000,
            minReadySeconds: set.spec?["minReadySeconds"]?.int ?? 0,
            metadata: set.spec?["template"]?["metadata"] ?? [:])
        pods[reference] = running
        let status: JSON = [
            "replicas": .int(Int64(wanted)),
            "readyReplicas": .int(Int64(running.ready(at: now))),
            "availableReplicas": .int(Int64(running.available(at: now))),
            "observedGeneration": .int(Int64(set.generation)),
        ]
        try store(status, on: set, reference)
    }

    /// What its metric answers is the code that a Job ends with; without an answer it goes on.
    private func end(_ job: Object) throws(ClusterError) {
        guard job.status == nil,
            case .value(let code) = answers[job.annotations[Keys.runMetric] ?? ""]
        else { return }
        let type: JSON = code == 0 ? "Complete" : "Failed"
        try store(
            ["conditions": [["type": type, "status": "True"]]], on: job,
            Reference(.jobs, namespace: job.namespace, name: job.name))
    }

    private func roll(_ gateway: Object) throws(ClusterError) {
        let reference = Reference(.deployments, namespace: gateway.namespace, name: gateway.name)
        let status = rolls[reference, default: SimulatedRoll()].status(
            generation: gateway.generation, replicas: gateway.spec?["replicas"]?.int ?? 1, now: now,
            rollMilliseconds: Int64(timing.gatewayRollSeconds) * 1_000)
        try store(status, on: gateway, reference)
    }

    private func store(
        _ status: JSON, on object: Object, _ reference: Reference
    ) throws(ClusterError) {
        if object.status == status { return }
        try apply(Write(reference, .patchStatus(.merge(["status": status]))))
    }

    private func limit(of set: Object) -> Int? {
        if set.controllerOwner?.kind == Resource.experiments.kind { return versionPodLimit }
        guard let rollout = rollouts.first(where: { $0.uid == set.controllerOwner?.uid }) else {
            return nil
        }
        let hash = set.labels[Keys.templateHash]
        if rollout.status?["stableRS"]?.string == hash, stablePodLimit.hash == nil {
            stablePodLimit.hash = hash
        }
        if let hash, stablePodLimit.hash == hash { return stablePodLimit.limit }
        if rollout.status?["stableRS"]?.string == hash { return nil }
        return rollout.status?["currentPodHash"]?.string == hash ? newPodLimit : nil
    }

    /// When the next pods become ready.
    var nextPodEvent: Timestamp? {
        let next = pods.values.compactMap { $0.nextChange(after: now) }
        return (next + rolls.values.compactMap { $0.nextChange(after: now) }).min()
    }

    func setAnswer(_ answer: Story.Answering, of metric: String) { answers[metric] = answer }
    func limitNewPods(_ limit: Int?) { newPodLimit = limit }
    func limitVersionPods(_ limit: Int?) { versionPodLimit = limit }
    func limitStablePods(_ limit: Int?) {
        let stable = rollouts.first?.status?["stableRS"]?.string
        stablePodLimit = (limit, stable == "" ? nil : stable)
    }
    func set(_ faults: [SimulatedFault]) { self.faults = faults }

    /// The answer of a provider, as the story has it.
    func answer(_ question: Question) throws(ProviderError) -> Answer {
        switch answers[question.shown.name] {
        case .value(let value): return Answer(value: question.shown.answers(value))
        case .document(let document):
            let value = MetricValue(document)
            return Answer(value: value, text: value.json(indent: nil))
        case nil, .noData: return Answer(value: MetricValue(samples: []))
        case .error: throw ProviderError("the provider cannot be reached")
        }
    }
}

extension Metric {
    /// A single number as the provider hands it to conditions.
    fileprivate func answers(_ value: Double) -> MetricValue {
        switch ProviderKind(rawValue: providerKind) {
        case .web, .datadog, .newRelic, .wavefront, .skywalking, .kayenta, .job: .float(value)
        case .cloudWatch: .list([.object(["Values": .list([.float(value)])])])
        case .prometheus, .influxdb, .graphite, .plugin, nil: MetricValue(samples: [value])
        }
    }
}

/// What says nothing of traffic, and is not the status of a rollout.
private let unsampled: Set<Resource> = [.analysisRuns, .experiments, .jobs, .pods]

/// How long a write that is held back waits for one that is sent at the same time. All tasks of a
/// turn are runnable after fewer rounds than this.
private let overtakingRounds = 64

private func padded(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 12 - text.count)) + text
}

extension ClusterError {
    /// What an error of the object store means for the caller.
    init(_ error: StoreError) {
        switch error.reason {
        case "Conflict": self = .conflict(error.message)
        case "NotFound": self = .notFound(error.message)
        case "AlreadyExists": self = .alreadyExists(error.message)
        default: self = .refused(error.message)
        }
    }
}
