import Documents
import KubernetesObjects

/// The pods of one simulated ReplicaSet. Each becomes ready a while after its start, and available
/// once it has been ready for `minReadySeconds`.
struct SimulatedPods: Hashable, Sendable {
    /// When each pod was started; nil for one that is held back and never becomes ready.
    private var starts: [Timestamp?] = []
    /// The name, creation and metadata of each, as an API server shows them.
    private var shown: [Shown] = []
    private var made = 0
    private var readyAfter: Int64 = 0
    private var availableAfter: Int64 = 0

    /// Has as many pods as wanted, of which at most `limit` may become ready. Pods that never
    /// became ready go first, then the youngest.
    mutating func follow(
        wanted: Int, limit: Int?, now: Timestamp, startMilliseconds: Int64, minReadySeconds: Int,
        metadata: JSON = [:]
    ) {
        readyAfter = startMilliseconds
        availableAfter = startMilliseconds + Int64(minReadySeconds) * 1_000
        if wanted < starts.count {
            starts.removeLast(starts.count - wanted)
            shown.removeLast(shown.count - wanted)
        }
        while starts.count < wanted {
            made += 1
            starts.append(now)
            shown.append(Shown(number: made, created: now, metadata: metadata))
        }
        for index in starts.indices {
            let isHeld = limit.map { index >= $0 } ?? false
            starts[index] = isHeld ? nil : starts[index] ?? now
        }
    }

    func ready(at now: Timestamp) -> Int { count(after: readyAfter, at: now) }

    func available(at now: Timestamp) -> Int { count(after: availableAfter, at: now) }

    /// When the next pod becomes ready or available.
    func nextChange(after now: Timestamp) -> Timestamp? {
        starts.compactMap(\.self).flatMap { start in
            [
                start.advanced(byMilliseconds: readyAfter),
                start.advanced(byMilliseconds: availableAfter),
            ]
        }.filter { $0 > now }.min()
    }

    private struct Shown: Hashable {
        let number: Int
        let created: Timestamp
        var metadata: JSON
    }

    /// The pods as objects that `set` controls.
    func objects(of set: Object, at now: Timestamp) -> [Object] {
        zip(starts, shown).map { start, shown in
            let isReady = start.map { $0.advanced(byMilliseconds: readyAfter) <= now } ?? false
            var pod = Object([
                "apiVersion": "v1", "kind": "Pod", "metadata": shown.metadata,
                "status": [
                    "conditions": [["type": "Ready", "status": isReady ? "True" : "False"]]
                ],
            ])
            pod["metadata", "name"] = .string("\(set.name)-\(shown.number)")
            pod["metadata", "namespace"] = .string(set.namespace)
            pod["metadata", "creationTimestamp"] = .string(shown.created.rfc3339)
            let owner = OwnerReference(
                apiVersion: set.apiVersion, kind: set.kind, name: set.name, uid: set.uid)
            pod["metadata", "ownerReferences"] = [owner.json]
            return pod
        }
    }

    /// A pod that is asked to go is gone at once, and another one comes in its place.
    mutating func evict(_ name: String, of set: String) -> Bool {
        guard let index = shown.firstIndex(where: { "\(set)-\($0.number)" == name }) else {
            return false
        }
        starts.remove(at: index)
        shown.remove(at: index)
        return true
    }

    mutating func patch(_ name: String, of set: String, with body: JSON) -> Bool {
        guard let index = shown.firstIndex(where: { "\(set)-\($0.number)" == name }) else {
            return false
        }
        shown[index].metadata = shown[index].metadata.merged(with: body["metadata"] ?? [:])
        return true
    }

    private func count(after delay: Int64, at now: Timestamp) -> Int {
        starts.count { $0.map { $0.advanced(byMilliseconds: delay) <= now } ?? false }
    }
}

/// The rolling restart of one simulated Deployment: its new pods are there a while after its
/// template changed.
struct SimulatedRoll: Hashable, Sendable {
    private var generation = 0
    private var end: Timestamp?

    /// The Deployment's status at `now`.
    mutating func status(
        generation: Int, replicas: Int, now: Timestamp, rollMilliseconds: Int64
    ) -> JSON {
        if self.generation != generation {
            // The pods that are there at the beginning have rolled out long ago.
            end = self.generation == 0 ? nil : now.advanced(byMilliseconds: rollMilliseconds)
            self.generation = generation
        }
        if let due = end, due <= now { end = nil }
        let count = Int64(replicas)
        return [
            "observedGeneration": .int(Int64(generation)), "replicas": .int(count),
            "updatedReplicas": .int(end == nil ? count : 0), "readyReplicas": .int(count),
            "availableReplicas": .int(count),
        ]
    }

    func nextChange(after now: Timestamp) -> Timestamp? { end.flatMap { $0 > now ? $0 : nil } }
}
