import Controller
import Documents
import KubernetesObjects
import Manifests
import MetricProviders
import ObjectStore
import Rollouts
import Testing

/// A controller at an API server in memory that begins with what others have left there: objects
/// with their status, as a backup has them. Pods are there at once, or not at all, as numbers and
/// where a test starts them as objects, and nothing is measured.
actor Site {
    private var store: ObjectStore
    private(set) var now: Timestamp
    private let memory = Recollection()
    private let obstacles = Obstacles()
    private let toldHeld = HeldServices()
    private var uids = 0
    /// What the controller wrote, in order.
    private(set) var written: [String] = []
    /// The events of runs, in order.
    private(set) var toldOfRuns: [String] = []
    /// The reasons of the events of rollouts and experiments, in order.
    private(set) var reasons: [String] = []

    /// The Services that are not let go yet, and why.
    private(set) var held: [String: String] = [:]

    private let startsPods: Bool
    /// Where Jobs measure; nil for the namespace of their run.
    private let jobNamespace: String?

    init(
        _ documents: [JSON], now: Timestamp, startsPods: Bool = true, jobNamespace: String? = nil
    ) throws(StoreError) {
        self.startsPods = startsPods
        self.jobNamespace = jobNamespace
        let namespace: JSON = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "default"],
        ]
        let objects = ([namespace] + documents).map { json in
            var object = Object(json)
            object["metadata", "resourceVersion"] = "1"
            return object
        }
        store = try ObjectStore(restoring: objects, resourceVersion: 1)
        self.now = now
    }

    /// Takes turns until nothing changes any more.
    func settle() async {
        for _ in 0..<60 {
            let before = store.resourceVersion
            if startsPods { runPods() }
            await turn()
            if store.resourceVersion == before { return }
        }
        written.append("does not come to rest")
    }

    func wait(_ seconds: Int) async {
        now = now.advanced(bySeconds: seconds)
        await settle()
    }

    func get(
        _ resource: Resource, _ name: String, in namespace: String = "default"
    ) -> Object? {
        get(Reference(resource, namespace: namespace, name: name))
    }

    func names(_ resource: Resource) -> [String] { list(resource).map(\.name).sorted() }

    /// A request of any client, with its body as it was recorded.
    @discardableResult
    func send(
        _ sent: Sent, to resource: Resource, _ name: String, in namespace: String = "default"
    ) throws -> Object {
        let reference = Reference(resource, namespace: namespace, name: name)
        let endpoint: Endpoint = sent.isStatus ? .status : .main
        let body = try JSON(parsing: sent.body)
        let patch: Patch
        switch sent.form {
        case .put:
            return try store.update(reference, to: Object(body), at: endpoint, by: writer()).object
        case .mergePatch: patch = .merge(body)
        case .jsonPatch: patch = .json(body.array ?? [])
        }
        return try store.patch(reference, with: patch, at: endpoint, by: writer()).object
    }

    func delete(_ resource: Resource, _ name: String, _ propagation: Propagation = .background) {
        do {
            _ = try store.delete(
                Reference(resource, namespace: "default", name: name),
                Deletion(propagation: propagation), by: writer())
        } catch {
            written.append("\(name) is not deleted: \(error)")
        }
    }

    func create(_ document: JSON, _ resource: Resource) throws {
        _ = try store.create(Object(document), in: resource, namespace: "default", by: writer())
    }

    /// Ends a run as a verdict would.
    func end(_ run: String, _ phase: String) throws {
        let body = #"{"status":{"phase":"\#(phase)","message":"m"}}"#
        try send(Sent(.mergePatch, body), to: .analysisRuns, run)
    }

    /// Gives each ReplicaSet the Pods that it asks for and does not have; they are ready.
    func startPods() throws {
        for set in list(.replicaSets) {
            let running = list(.pods).count { $0.controllerOwner?.uid == set.uid }
            for _ in running..<max(running, set.spec?.int("replicas") ?? 0) {
                var pod = Object(set.spec?["template"] ?? [:])
                (pod["apiVersion"], pod["kind"]) = ("v1", "Pod")
                pod["metadata", "generateName"] = .string("\(set.name)-")
                let owner = OwnerReference(
                    apiVersion: set.apiVersion, kind: set.kind, name: set.name, uid: set.uid)
                pod["metadata", "ownerReferences"] = [owner.json]
                let made = try store.create(pod, in: .pods, namespace: "default", by: writer())
                let body = #"{"status":{"conditions":[{"type":"Ready","status":"True"}]}}"#
                try send(Sent(.mergePatch, status: true, body), to: .pods, made.object.name)
            }
        }
    }

    /// Gives each run its turn, in which no provider answers.
    func takeRuns() async {
        let turn = analysis
        for run in list(.analysisRuns) {
            _ = await turn.take(
                Reference(.analysisRuns, namespace: run.namespace, name: run.name))
        }
    }

    /// What the controller does when it sees that a run is gone.
    func clean(after run: Object) async { await analysis.deleteJobs(leftBy: run) }

    private var analysis: AnalysisTurn {
        let now = now
        var turn = AnalysisTurn(
            cluster: cluster,
            source: MetricSource { _ throws(ProviderError) in throw ProviderError("nobody is asked")
            },
            secrets: .none, unstored: Unstored(), tell: { _, _ in },
            announce: { _, reason, message, _ in await self.tellOfRun("\(reason): \(message)") },
            // Until nobody waits any more: nothing here takes so long that it is looked at before.
            pause: { _ in await untilCancelled() }, now: { now })
        turn.jobNamespace = jobNamespace
        return turn
    }

    private func tellOfRun(_ event: String) { toldOfRuns.append(event) }

    private func note(_ event: Rollouts.Event) { reasons.append(event.reason) }

    private nonisolated var cluster: Cluster {
        Cluster(
            get: { await self.get($0) }, list: { resource, _ in await self.list(resource) },
            write: { write throws(ClusterError) in try await self.write(write) })
    }

    private func turn() async {
        let now = now
        let turn = RolloutTurn(
            cluster: cluster, memory: memory,
            journal: Journal(
                announce: { await self.note($1) }, decided: { _, _ in }, stumbled: { _, _, _ in }),
            now: { now })
        for rollout in list(.rollouts) {
            _ = await turn.take(RolloutKey(namespace: rollout.namespace, name: rollout.name))
        }
        let bindings = BindingTurn(
            cluster: cluster, held: toldHeld, look: { await turn.look(at: $0)?.snapshot },
            announce: { await self.note($1) })
        for service in list(.services) {
            let outcome = await bindings.take(
                Reference(.services, namespace: service.namespace, name: service.name))
            held[service.name] = nil
            if case .hold(let why) = outcome.decision { held[service.name] = why }
        }
        let trials = ExperimentTurn(
            cluster: cluster, obstacles: obstacles, announce: { await self.note($1) },
            decided: { _, _ in }, now: { now })
        for trial in list(.experiments) {
            _ = await trials.take(
                Reference(.experiments, namespace: trial.namespace, name: trial.name))
        }
    }

    private func runPods() {
        for set in list(.replicaSets) {
            let wanted = set.spec?["replicas"] ?? 0
            let status: JSON = [
                "replicas": wanted, "readyReplicas": wanted, "availableReplicas": wanted,
                "observedGeneration": .int(Int64(set.generation)),
            ]
            if status.int("readyReplicas") == set.status?.int("readyReplicas") { continue }
            let reference = Reference(.replicaSets, namespace: set.namespace, name: set.name)
            do {
                _ = try store.patch(
                    reference, with: .merge(["status": status]), at: .status, by: writer())
            } catch {
                written.append("the pods of \(set.name): \(error)")
            }
        }
    }

    private func get(_ reference: Reference) -> Object? {
        do { return try store.get(reference) } catch { return nil }
    }

    private func list(_ resource: Resource) -> [Object] {
        do { return try store.list(resource).items } catch { return [] }
    }

    private func write(_ write: Controller.Write) throws(ClusterError) -> Object? {
        let reference = write.reference
        let subject = "\(reference.resource.singular) \(reference.name)"
        do {
            switch write.act {
            case .create(let object):
                written.append("create \(subject)")
                return try store.create(
                    object, in: reference.resource, namespace: reference.namespace, by: writer()
                ).object
            case .patch(let patch):
                written.append("patch \(subject) \(patch.body.text)")
                return try store.patch(reference, with: patch, by: writer()).object
            case .patchStatus(let patch):
                written.append("status \(subject) \(patch.body.text)")
                return try store.patch(reference, with: patch, at: .status, by: writer()).object
            case .delete(let uid):
                written.append("delete \(subject)")
                _ = try store.delete(reference, Deletion(uid: uid), by: writer())
                return nil
            case .evict:
                written.append("evict \(subject)")
                // No program of it has to end first.
                let deletion = Deletion(gracePeriodSeconds: 0)
                _ = try store.delete(reference, deletion, by: writer())
                return nil
            }
        } catch {
            written.append("failed: \(error)")
            throw .refused("\(error)")
        }
    }

    private func writer() -> Writer {
        uids += 1
        let number = uids
        return Writer(now: now, newUID: { "uid-\(number)" })
    }
}

/// What a client sends: the form of the body, where it goes, and its bytes.
struct Sent: Sendable, CustomTestStringConvertible {
    enum Form: Sendable { case mergePatch, jsonPatch, put }

    let form: Form
    let isStatus: Bool
    let body: String

    init(_ form: Form, status isStatus: Bool = false, _ body: String) {
        self.form = form
        self.isStatus = isStatus
        self.body = body
    }

    var testDescription: String { body }
}

extension JSON {
    fileprivate func int(_ member: String) -> Int? { self[member]?.int }
}
