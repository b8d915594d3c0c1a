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

    /// Whether the step in force wants the canary without any pod, whatever its weight.
    package var asksForNoPods: Bool { explicitCanary == 0 }

    private func share(_ weight: Int) -> Int { ceiling(weight * size, total) }

    private func raised(_ count: Int) -> Int {
        guard let minimumPods, count > 0 else { return count }
        return max(count, minimumPods)
    }

    private var canaryReplicas: Int {
        if isAborted && dynamicStableScale {
            return raised(share(actualCanaryWeight ?? 0))
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
        // An aborted rollout asks for all of stable at once: nothing gives traffic back faster.
        guard dynamicStableScale, !isAborted else { return size }
        let actualStable = total - (actualCanaryWeight ?? 0)
        return raised(max(share(total - stepWeight), share(actualStable)))
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
        return sizing
    }
}

extension Canary {
    /// The nearest `setWeight` at or before step `index`: 0 before the first, everything past the
    /// last step.
    package func weight(at index: Int) -> Int {
        if index >= steps.count { return totalWeight }
        for step in steps.prefix(index + 1).reversed() {
            if case .setWeight(let weight) = step { return weight }
        }
        return 0
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
