import Documents
import KubernetesObjects

/// A node that runs nothing: every pod becomes ready at once and goes at once. For benchmarks and
/// for trying YAML.
///
/// Its addresses are those of 192.0.2.0/24, which is reserved for documentation: nothing ever dials
/// them.
package struct HollowNode: Sendable {
    private let cluster: ClusterAccess
    private let name: String?
    private let now: @Sendable () -> Timestamp

    /// - Parameter name: makes a Node of that name and puts on it the pods that are on none. A real
    ///   server wants that: without it, no controller makes endpoints of them. The box has no need.
    package init(
        _ cluster: ClusterAccess, named name: String? = nil,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.cluster = cluster
        self.name = name
        self.now = now
    }

    /// Plays the node until it is cancelled.
    package func run() async {
        await register()
        await turns(after: cluster.changes([.pods]), now: now) { await turn() }
    }

    private func register() async {
        guard let name else { return }
        let node = Object(["apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name)]])
        do throws(WriteFailure) {
            try await cluster.write(.create(.nodes, node))
        } catch {
            // It is there already, or pods become ready without endpoints, which is for the
            // server's own controllers to say.
        }
    }

    /// One look at all pods. Returns when to try again, where a write was not taken.
    package func turn() async -> Timestamp? {
        var isRefused = false
        for write in Self.writes(for: await cluster.list(.pods), on: name, at: now()) {
            do throws(WriteFailure) {
                try await cluster.write(write)
            } catch {
                isRefused = true
            }
        }
        return isRefused ? now().advanced(bySeconds: 1) : nil
    }

    /// What makes every pod ready, and lets go of those that are to be deleted.
    static func writes(
        for pods: [Object], on node: String? = nil, at now: Timestamp
    ) -> [Write] {
        pods.flatMap { pod in
            let reference = Reference(.pods, namespace: pod.namespace, name: pod.name)
            if pod.deletionTimestamp != nil {
                return [Write.delete(reference, uid: pod.uid, graceSeconds: 0)]
            }
            guard pod.podAddress == nil else { return [] }
            let host = fnv1a(Array(pod.uid.utf8)) % 254 + 1
            var state = PodState(pod, address: "192.0.2.\(host)")
            for container in state.containers {
                state.started(container.name, nil, at: now)
                guard container.isInit else { continue }
                state.ended(container.name, .code(0), policy: "OnFailure", at: now)
            }
            let status = PodStatus.json(pod, state, before: pod.status, at: now)
            let patch = statusPatch(from: pod.status, to: status)
            let place = pod.spec?["nodeName"]?.string == nil ? node : nil
            return [
                place.map { .bind(reference, node: $0) },
                patch.map { .patchStatus(reference, $0) },
            ].compactMap(\.self)
        }
    }
}
