import Documents

/// The pods of one simulated ReplicaSet. Each becomes ready a while after its start, and available
/// once it has been ready for `minReadySeconds`.
struct SimulatedPods: Hashable, Sendable {
    /// When each pod was started; nil for one that is held back and never becomes ready.
    private var starts: [Timestamp?] = []
    private var readyAfter: Int64 = 0
    private var availableAfter: Int64 = 0

    /// Has as many pods as wanted, of which at most `limit` may become ready. Pods that never
    /// became ready go first, then the youngest.
    mutating func follow(
        wanted: Int, limit: Int?, now: Timestamp, startMilliseconds: Int64, minReadySeconds: Int
    ) {
        readyAfter = startMilliseconds
        availableAfter = startMilliseconds + Int64(minReadySeconds) * 1_000
        if wanted < starts.count { starts.removeLast(starts.count - wanted) }
        while starts.count < wanted { starts.append(now) }
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
