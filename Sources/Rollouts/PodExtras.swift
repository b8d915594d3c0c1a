/// What pods have besides the rollout's template while their ReplicaSet plays a part
/// (rollout-semantics §3.7, §4.14). It makes no new revision, and leaves with the part.
package struct PodExtras: Hashable, Sendable {
    /// Labels and annotations, all in one text that is the same for the same ones; "" for none.
    package var metadata: String
    package var separation: Separation?

    package init(metadata: String = "", separation: Separation? = nil) {
        self.metadata = metadata
        self.separation = separation
    }
}

/// New pods keep away from the nodes of another revision's.
package struct Separation: Hashable, Sendable {
    /// Whether a pod without such a node waits, or goes where it can.
    package enum Force: Hashable, Sendable {
        case required
        case preferred(weight: Int)
    }

    package var force: Force
    /// The hash of the other revision.
    package var from: String

    package init(_ force: Force, from hash: String) {
        self.force = force
        from = hash
    }
}

/// What the owner wants in pods besides the template, by the part that they play.
package struct PodParts: Hashable, Sendable {
    /// `canaryMetadata`, or `previewMetadata`.
    package var newMetadata = ""
    /// `stableMetadata`, or `activeMetadata`.
    package var stableMetadata = ""
    /// `antiAffinity`.
    package var separation: Separation.Force?

    package init() {}
}

extension Snapshot {
    /// What the pods of the ReplicaSet that has to be created begin with.
    package var extrasOfCreated: PodExtras {
        extras(of: spec.templateHash, new: spec.templateHash, stable: rollout.status.stableHash)
    }

    fileprivate func extras(of hash: String, new: String, stable: String) -> PodExtras {
        let isSettled = stable.isEmpty || stable == new
        if hash == stable || (hash == new && isSettled) {
            return PodExtras(metadata: spec.parts.stableMetadata)
        }
        guard hash == new else { return PodExtras() }
        return PodExtras(
            metadata: spec.parts.newMetadata,
            separation: spec.parts.separation.map { Separation($0, from: stable) })
    }
}

extension Draft {
    /// Gives every ReplicaSet what belongs to its part, and then its running pods. Only their
    /// metadata: where a running pod is, it stays.
    mutating func dressPods() {
        for set in seen.replicaSets where !set.isDeleting {
            let wanted = seen.extras(of: set.hash, new: new.hash, stable: status.stableHash)
            if wanted.metadata != set.extras.metadata {
                actions.append(.setPodMetadata(replicaSet: set.name, wanted.metadata))
            } else if set.hasFormerPods {
                actions.append(.updatePods(replicaSet: set.name))
            }
            if wanted.separation != set.extras.separation {
                actions.append(.separate(replicaSet: set.name, wanted.separation))
            }
        }
    }
}
