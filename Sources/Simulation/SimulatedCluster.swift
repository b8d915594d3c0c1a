import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import ObjectStore

/// An API server in memory, with pods that become ready after a while, metrics that answer what the story says, and
/// faults at chosen writes.
actor SimulatedCluster {
    private(set) var store: ObjectStore
    private(set) var now: Timestamp
    private var uids = 0
    var answers: [String: Story.Answering] = [:]
    var newPodLimit: Int?
    var stablePodLimit: Int?
    private let podStartMilliseconds: Int64
    /// When the pods that a ReplicaSet waits for are ready.
    private var starting: [Reference: Timestamp] = [:]
    private(set) var writes = 0
    /// The controller was killed: it writes nothing any more.
    private(set) var isDead = false
    var fault: SimulatedFault?

    init(now: Timestamp, podStartSeconds: Int) throws(StoreError) {
        store = ObjectStore()
        self.now = now
        podStartMilliseconds = Int64(podStartSeconds) * 1_000
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

    /// What the controller writes.
    func write(_ write: Write) throws(ClusterError) -> Object? {
        guard !isDead else { throw .unreachable("the controller was killed") }
        writes += 1
        switch fault {
        case .killBefore(writes):
            isDead = true
            throw .unreachable("the controller was killed")
        case .killAfter(writes):
            let object = try perform(write)
            isDead = true
            return object
        case .command(writes, let command):
            pending = command
        default: break
        }
        if let command = pending, let rollout = rollouts.first {
            pending = nil
            for write in command.writes(on: rollout, sets: list(.replicaSets, rollout.namespace)) {
                try apply(write)
            }
        }
        return try perform(write)
    }

    private var pending: Story.Command?

    func revive() { isDead = false }

    var rollouts: [Object] { all(.rollouts) }

    func all(_ resource: Resource) -> [Object] {
        do { return try store.list(resource).items } catch { return [] }
    }

    var version: Int { store.resourceVersion }

    private func perform(_ write: Write) throws(ClusterError) -> Object? {
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
            case .delete(let uid):
                _ = try store.delete(reference, Deletion(uid: uid), by: writer())
                return nil
            }
            return written.object
        } catch {
            throw ClusterError(error)
        }
    }

    /// Lets every ReplicaSet have the pods it asks for; new ones become ready after the start time.
    /// - Returns: whether something changed.
    func runPods() throws(ClusterError) -> Bool {
        var changed = false
        for set in all(.replicaSets) {
            changed = try runPods(of: set) || changed
        }
        return changed
    }

    private func runPods(of set: Object) throws(ClusterError) -> Bool {
        let reference = Reference(.replicaSets, namespace: set.namespace, name: set.name)
        let wanted = set.spec?["replicas"]?.int ?? 1
        let ready = set.status?["availableReplicas"]?.int ?? 0
        let possible = min(wanted, limit(of: set) ?? wanted)
        var nowReady = min(ready, possible)
        if possible > nowReady {
            let due = starting[reference] ?? now.advanced(byMilliseconds: podStartMilliseconds)
            starting[reference] = due
            if due <= now {
                nowReady = possible
                starting[reference] = nil
            }
        } else {
            starting[reference] = nil
        }
        let status: JSON = [
            "replicas": .int(Int64(wanted)), "readyReplicas": .int(Int64(nowReady)),
            "availableReplicas": .int(Int64(nowReady)),
            "observedGeneration": .int(Int64(set.generation)),
        ]
        if set.status == status { return false }
        try apply(Write(reference, .patchStatus(.merge(["status": status]))))
        return true
    }

    private func limit(of set: Object) -> Int? {
        guard let rollout = rollouts.first(where: { $0.uid == set.controllerOwner?.uid }) else {
            return nil
        }
        let hash = set.labels["rollouts-pod-template-hash"]
        if rollout.status?["stableRS"]?.string == hash { return stablePodLimit }
        return rollout.status?["currentPodHash"]?.string == hash ? newPodLimit : nil
    }

    /// When the next pods become ready.
    var nextPodEvent: Timestamp? { starting.values.filter { $0 > now }.min() }

    func setAnswer(_ answer: Story.Answering, of metric: String) { answers[metric] = answer }
    func limitNewPods(_ limit: Int?) { newPodLimit = limit }
    func limitStablePods(_ limit: Int?) { stablePodLimit = limit }
    func set(_ fault: SimulatedFault?) { self.fault = fault }

    /// The answer of a provider, as the story has it.
    func answer(_ question: Question) throws(ProviderError) -> Answer {
        switch answers[question.shown.name] {
        case .value(let value): return Answer(value: MetricValue(samples: [value]))
        case nil, .noData: return Answer(value: MetricValue(samples: []))
        case .error: throw ProviderError("the provider cannot be reached")
        }
    }
}

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
