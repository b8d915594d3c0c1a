import Documents
import Glibc
import KubernetesObjects
import ObjectStore

@testable import LocalCluster

/// An object store behind the edge of the controllers, with a clock that only the test moves unless
/// it is real.
actor TestCluster {
    private var store = ObjectStore()
    private var clock = Timestamp(rfc3339: "2026-01-02T03:04:05Z") ?? Timestamp(milliseconds: 0)
    private let isReal: Bool
    private var uids = 0
    private var listeners: [AsyncStream<Void>.Continuation] = []

    init(realTime: Bool = false) { isReal = realTime }

    var now: Timestamp { isReal ? wallClock() : clock }

    func pass(seconds: Int) { clock = clock.advanced(bySeconds: seconds) }

    func list(_ resource: Resource) -> [Object] {
        store.objects.filter { $0.kind == resource.kind && $0.apiVersion == resource.apiVersion }
            .sorted { $0.name < $1.name }
    }

    func get(_ resource: Resource, _ name: String) -> Object? {
        list(resource).first { $0.name == name }
    }

    private var writer: Writer {
        uids += 1
        let number = uids
        return Writer(
            manager: "test", now: now, newUID: { "00000000-0000-4000-8000-\(100_000 + number)" })
    }

    func write(_ write: Write) throws(WriteFailure) {
        do throws(StoreError) {
            switch write {
            case .create(let resource, let object):
                _ = try store.create(object, in: resource, namespace: object.namespace, by: writer)
            case .patch(let reference, let patch, _):
                _ = try store.patch(reference, with: .merge(patch), by: writer)
            case .patchStatus(let reference, let patch):
                _ = try store.patch(reference, with: .merge(patch), at: .status, by: writer)
            case .bind(let pod, let node):
                let patch: JSON = ["spec": ["nodeName": .string(node)]]
                _ = try store.patch(pod, with: .merge(patch), by: writer)
            case .delete(let reference, let uid, let grace):
                _ = try store.delete(
                    reference, Deletion(gracePeriodSeconds: grace, uid: uid), by: writer)
            }
        } catch {
            throw error.code == 404
                ? .missing : error.code == 409 ? .conflict : .refused(error.message)
        }
        for listener in listeners { listener.yield() }
    }

    /// Creates what a JSON JSON text says, in the namespace `default`.
    func create(_ resource: Resource, _ json: JSON) throws(WriteFailure) {
        var object = Object(json)
        if resource.isNamespaced {
            object["metadata", "namespace"] = "default"
            if get(.namespaces, "default") == nil {
                try write(
                    .create(
                        .namespaces,
                        Object([
                            "apiVersion": "v1", "kind": "Namespace",
                            "metadata": ["name": "default"],
                        ])))
            }
        }
        try write(.create(resource, object))
    }

    func delete(_ resource: Resource, _ name: String) throws(WriteFailure) {
        guard let object = get(resource, name) else { throw .missing }
        try write(
            .delete(Reference(resource, namespace: object.namespace, name: name), uid: object.uid))
    }

    private func listen(_ listener: AsyncStream<Void>.Continuation) {
        listeners.append(listener)
        listener.yield()
    }

    /// Waits until what is stored satisfies a condition; the test's time limit bounds the wait.
    func wait(until condition: (TestCluster) async -> Bool) async {
        let (changes, listener) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        listen(listener)
        for await _ in changes where await condition(self) { return }
    }

    nonisolated var access: ClusterAccess {
        ClusterAccess(
            list: { await self.list($0) },
            write: { write throws(WriteFailure) in try await self.write(write) },
            changes: { _ in
                AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
                    Task { await self.listen(continuation) }
                }
            })
    }

    /// Lets controllers and a node that runs nothing take turns until nothing changes any more.
    func settle(hollow: Bool = true) async {
        let time = now
        let controllers = WorkloadControllers(access, now: { time })
        let node = HollowNode(access, now: { time })
        for _ in 0..<100 {
            let before = store.resourceVersion
            _ = await controllers.turn()
            if hollow { _ = await node.turn() }
            if store.resourceVersion == before { return }
        }
    }
}

/// The time of the machine, for tests with real processes.
@Sendable func wallClock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
}

/// A Deployment of one container.
func deployment(_ name: String, replicas: Int, image: String, strategy: JSON = [:]) -> JSON {
    [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
        "spec": [
            "replicas": .int(Int64(replicas)), "strategy": strategy,
            "selector": ["matchLabels": ["app": .string(name)]],
            "template": [
                "metadata": ["labels": ["app": .string(name)]],
                "spec": ["containers": [["name": "app", "image": .string(image)]]],
            ],
        ],
    ]
}
