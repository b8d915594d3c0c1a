import Controller
import KubernetesObjects

extension Cluster {
    /// A server that has one object, and takes every merge patch of it.
    init(
        keeping object: @escaping @Sendable () -> Object,
        store: @escaping @Sendable (Object) -> Void
    ) {
        self.init(
            get: { _ in object() }, list: { _, _ in [] },
            write: { write throws(ClusterError) in
                guard case .patch(.merge(let body)) = write.act else { throw .refused("no patch") }
                store(Object(object().json.merged(with: body)))
                return nil
            })
    }
}

/// Waits for nothing but the end of the task.
func untilCancelled() async {
    for await _ in AsyncStream(Void.self, { _ in }) {}
}
