import Documents
import KubernetesObjects

/// A node that runs nothing: every pod becomes ready at once and goes at once. For benchmarks and
/// for trying YAML.
///
/// Its addresses are those of 192.0.2.0/24, which is reserved for documentation: nothing ever dials
/// them.
package struct HollowNode: Sendable {
    private let cluster: ClusterAccess
    private let now: @Sendable () -> Timestamp

    package init(_ cluster: ClusterAccess, now: @escaping @Sendable () -> Timestamp) {
        self.cluster = cluster
        self.now = now
    }

    /// Plays the node until it is cancelled.
    package func run() async {
        await turns(after: cluster.changes([.pods]), now: now) { await turn() }
    }

    /// One look at all pods. Returns when to try again, where a write was not taken.
    package func turn() async -> Timestamp? {
        var isRefused = false
        for write in Self.writes(for: await cluster.list(.pods), at: now()) {
            do throws(WriteFailure) {
                try await cluster.write(write)
            } catch {
                isRefused = true
            }
        }
        return isRefused ? now().advanced(bySeconds: 1) : nil
    }

    /// What makes every pod ready, and lets go of those that are to be deleted.
    static func writes(for pods: [Object], at now: Timestamp) -> [Write] {
        pods.compactMap { pod in
            let reference = Reference(.pods, namespace: pod.namespace, name: pod.name)
            if pod.deletionTimestamp != nil {
                return .delete(reference, uid: pod.uid, graceSeconds: 0)
            }
            guard pod.podAddress == nil else { return nil }
            let host = fnv1a(Array(pod.uid.utf8)) % 254 + 1
            var state = PodState(pod, address: "192.0.2.\(host)")
            for container in state.containers {
                state.started(container.name, nil, at: now)
                guard container.isInit else { continue }
                state.ended(container.name, .code(0), policy: "OnFailure", at: now)
            }
            let status = PodStatus.json(pod, state, before: pod.status, at: now)
            return statusPatch(from: pod.status, to: status).map { .patchStatus(reference, $0) }
        }
    }
}
