import Controller
import Documents
import KubernetesObjects
import ObjectStore

/// An API server in memory for commands, and somebody else who writes at chosen moments.
actor Bench {
    private var store = ObjectStore()
    private(set) var writes: [Controller.Write] = []
    /// What somebody else writes just before the write of that number, counted from 1.
    private var others: [Int: Controller.Write] = [:]
    private var refusals: [Int: ClusterError] = [:]
    private var uids = 0

    init(_ objects: [(Resource, Object)]) throws(StoreError) {
        for resource in [Resource.rollouts, .analysisRuns, .analysisTemplates] {
            store.register(resource)
        }
        _ = try store.create(
            Object(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "web"]]),
            in: .namespaces, by: Self.writer("namespace"))
        for (resource, object) in objects {
            var object = object
            let uid = "\(object.name)-\(resource == .rollouts ? "uid" : resource.singular)"
            for member in ["resourceVersion", "generation", "uid", "creationTimestamp"] {
                object["metadata", member] = nil
            }
            let stored = try store.create(
                object, in: resource, namespace: "web", by: Self.writer(uid))
            guard resource.hasStatus, let status = object.status else { continue }
            let reference = Reference(resource, namespace: "web", name: stored.object.name)
            _ = try store.patch(
                reference, with: .merge(["status": status]), at: .status, by: Self.writer("x"))
        }
    }

    private static func writer(_ uid: String) -> Writer {
        Writer(now: Timestamp(milliseconds: 1_767_323_045_000), newUID: { uid })
    }

    func before(_ number: Int, _ write: Controller.Write) { others[number] = write }
    func refuse(_ number: Int, _ error: ClusterError) { refusals[number] = error }

    func get(_ reference: Reference) -> Object? {
        do { return try store.get(reference) } catch { return nil }
    }

    func list(_ resource: Resource) throws(ClusterError) -> [Object] {
        do { return try store.list(resource).items } catch { throw .refused(error.message) }
    }

    func write(_ write: Controller.Write) throws(ClusterError) -> Object? {
        writes.append(write)
        if let other = others[writes.count] { _ = try carryOut(other) }
        if let refusal = refusals[writes.count] { throw refusal }
        return try carryOut(write)
    }

    private func carryOut(_ write: Controller.Write) throws(ClusterError) -> Object? {
        do {
            switch write.act {
            case .patch(let patch):
                return try store.patch(write.reference, with: patch, by: Self.writer("x")).object
            case .patchStatus(let patch):
                return try store.patch(
                    write.reference, with: patch, at: .status, by: Self.writer("x")
                ).object
            case .create, .delete, .evict: return nil
            }
        } catch {
            switch error.reason {
            case "Conflict": throw .conflict(error.message)
            case "NotFound": throw .notFound(error.message)
            default: throw .refused(error.message)
            }
        }
    }

    nonisolated var cluster: Cluster {
        Cluster(
            get: { reference throws(ClusterError) in await self.get(reference) },
            list: { resource, _ throws(ClusterError) in try await self.list(resource) },
            write: { write throws(ClusterError) in try await self.write(write) })
    }

    var rollout: Object? { self.get(Bench.reference) }

    static let key = RolloutKey(namespace: "web", name: "shop")
    static let reference = key.reference
}
