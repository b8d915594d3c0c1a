/// How many pods each side of a routed canary should have (rollout-semantics §4.3b).
package struct Sizing: Hashable, Sendable {
    package var size: Int
    package var total = 100
    /// The weight of the step that is being worked on.
    package var stepWeight: Int
    /// The `setCanaryScale` in force; nil where the canary follows the weight.
    package var scale: CanaryScale?
    package var minimumPods: Int?
    package var dynamicStableScale = false
    package var isAborted = false
    /// `abortScaleDownDelaySeconds: 0`: an aborted canary stays as it is.
    package var keepsAbortedCanary = false
    /// The weights that the routers carry; nil where none was ever recorded.
    package var actualCanaryWeight: Int?
    /// The weights of the `setWeight` steps up to the present one, in order.
    package var weightsSoFar: [Int] = []
    /// Nil where the ReplicaSets are not known.
    package var canaryAvailable: Int?
    package var stableAvailable: Int?

    package init(size: Int, stepWeight: Int) {
        self.size = size
        self.stepWeight = stepWeight
    }
}

extension Sizing {
    /// The wanted sizes.
    package var replicas: (canary: Int, stable: Int) {
        (canaryReplicas, stableReplicas)
    }

    private func share(_ weight: Int) -> Int { ceiling(weight * size, total) }

    private func raised(_ count: Int) -> Int {
        guard let minimumPods, count > 0 else { return count }
        return max(count, minimumPods)
    }

    private var canaryReplicas: Int {
        if isAborted && dynamicStableScale {
            return raised(max(share(reverseStepWeight), share(actualCanaryWeight ?? 0)))
        }
        if let explicit = explicitCanary { return explicit }
        return raised(share(isAborted ? 0 : stepWeight))
    }

    private var explicitCanary: Int? {
        if isAborted && !keepsAbortedCanary { return nil }
        switch scale {
        case .replicas(let count): return dynamicStableScale ? raised(count) : count
        case .weight(let weight): return raised(share(weight))
        case .matchTrafficWeight, nil: return nil
        }
    }

    private var stableReplicas: Int {
        guard dynamicStableScale else { return size }
        let weight = isAborted ? reverseStepWeight : stepWeight
        let actualStable = total - (actualCanaryWeight ?? 0)
        return raised(max(share(total - weight), share(actualStable)))
    }

    /// While an aborted rollout with a shrunken stable walks its steps back: the last weight whose
    /// canary is smaller than what stable still lacks, or than the canary that is there.
    package var reverseStepWeight: Int {
        guard let stableAvailable, let canaryAvailable else { return 0 }
        let expected = max(size - stableAvailable, canaryAvailable)
        return weightsSoFar.last { share($0) < expected } ?? 0
    }

    /// The traffic weight that goes with `reverseStepWeight` (§6.2). Never more than the canary has
    /// now.
    package func reverseTrafficWeight(current: Int) -> Int {
        let carried = total * (stableAvailable ?? 0) / max(size, 1)
        let weight = reverseStepWeight
        if weight <= 0 { return min(max(0, total - carried), current) }
        return carried < total - weight ? current : min(weight, current)
    }
}

extension Snapshot {
    /// The sizes that the rollout should have at step `index` (`steps.count` means finished).
    func sizing(at index: Int, isAborted: Bool = false) -> Sizing {
        var sizing = Sizing(size: size, stepWeight: canary.weight(at: index))
        sizing.total = total
        sizing.scale = canary.scale(at: index)
        sizing.minimumPods = canary.minPodsPerReplicaSet
        sizing.dynamicStableScale = canary.dynamicStableScale
        sizing.isAborted = isAborted
        sizing.keepsAbortedCanary = canary.abortScaleDownDelaySeconds == nil
        sizing.actualCanaryWeight = routers.isEmpty ? nil : canaryWeight
        sizing.weightsSoFar = canary.weights(upTo: isAborted ? canary.steps.count : index)
        sizing.canaryAvailable = new?.available
        sizing.stableAvailable = stable?.available
        return sizing
    }
}

extension Canary {
    /// The nearest `setWeight` at or before step `index`: 0 before the first, everything past the
    /// last step.
    func weight(at index: Int) -> Int {
        if index >= steps.count { return totalWeight }
        return weights(upTo: index).last ?? 0
    }

    /// The weights of the `setWeight` steps at or before `index`.
    func weights(upTo index: Int) -> [Int] {
        steps.prefix(index + 1).compactMap { step in
            if case .setWeight(let weight) = step { weight } else { nil }
        }
    }

    /// The nearest `setCanaryScale` at or before step `index`; it ends with the steps.
    func scale(at index: Int) -> CanaryScale? {
        if index >= steps.count { return nil }
        for step in steps.prefix(index + 1).reversed() {
            if case .setCanaryScale(let scale) = step { return scale }
        }
        return nil
    }
}
