/// What the pods of both sides can carry. Every weight goes through `affordable`.
package struct Capacity: Hashable, Sendable {
    package var total: Int
    /// The size of the whole rollout.
    package var size: Int
    /// How many canary pods the wanted weight asks for, and how many of them are available.
    package var canaryWanted: Int
    package var canaryAvailable: Int
    /// The available pods that the canary's traffic reaches now: other ones than the canary's,
    /// while the canary service still leads to an earlier revision.
    package var behindCanaryService: Int
    package var stableAvailable: Int
    /// False where the sides are no pods of this rollout: then nothing here limits a weight.
    package var countsPods = true

    package init(
        total: Int, size: Int, canaryWanted: Int, canaryAvailable: Int,
        behindCanaryService: Int? = nil,
        stableAvailable: Int
    ) {
        self.total = total
        self.size = size
        self.canaryWanted = canaryWanted
        self.canaryAvailable = canaryAvailable
        self.behindCanaryService = behindCanaryService ?? canaryAvailable
        self.stableAvailable = stableAvailable
    }

    /// The least canary weight that leaves stable no more than its available pods carry:
    /// max(0, M − ⌊M·available/n⌋).
    package var leastWeight: Int {
        size == 0 ? 0 : max(0, total - total * stableAvailable / size)
    }

    /// The part of `weight` that the canary's available pods carry.
    package func carried(of weight: Int) -> Int {
        if canaryAvailable == 0 { return 0 }
        if canaryAvailable >= canaryWanted { return weight }
        return weight * canaryAvailable / canaryWanted
    }
}

/// The weight to ask for: `wanted`, as far as the available pods of both sides carry it.
///
/// Up: never above what the canary's pods carry. Down: never so far that stable gets more than its
/// pods carry, as long as the canary has pods to carry the difference. Where neither side can carry
/// its part, traffic stays where it is.
package func affordable(_ wanted: Int, current: Int, _ capacity: Capacity) -> Int {
    if !capacity.countsPods { return wanted }
    let ceiling = min(wanted, capacity.carried(of: wanted))
    if ceiling >= current { return ceiling }
    if capacity.behindCanaryService == 0 {
        // The canary's traffic reaches nobody: anything stable has is better, and without any
        // stable pod nothing is.
        return capacity.stableAvailable > 0 || capacity.size == 0 ? ceiling : current
    }
    return max(ceiling, min(current, capacity.leastWeight))
}
