/// Whether a Service that was bound to a revision is let go (rollout-semantics §3.5): it loses the
/// hash in its selector and the name of its rollout, once, and selects what its owner wrote. That
/// takes no pod from it, so what counts is which pods come to it. Pure, as every decision.
package func decide(_ seen: BindingSeen) -> BindingDecision {
    switch seen.holder {
    case .nobody:
        return seen.serves ? .hold("pods serve under its hash, and it names no rollout") : .letGo
    case .gone:
        // Nobody else will give it pods again, and any are better than none.
        guard seen.serves, let stranger = seen.stranger() else { return .letGo }
        return .hold("\(stranger.name) would serve, and nobody has judged it")
    case .leaving(let rollout):
        guard rollout.isAtRest else { return .hold("its rollout is not at rest") }
        guard let stranger = seen.stranger(besides: rollout.rollout.status.stableHash) else {
            return .letGo
        }
        return .hold("\(stranger.name) would serve, and is not the stable revision")
    }
}

/// A Service with the hash of a revision in its selector, or with the name of a rollout that
/// manages it, and who would serve it without.
package struct BindingSeen: Hashable, Sendable {
    /// Whose it is.
    package enum Holder: Hashable, Sendable {
        /// The rollout that it names is gone, or going.
        case gone
        /// The rollout that it names is there, and its document does not name it, or lets it go.
        case leaving(Snapshot)
        /// It names no rollout, and no rollout names it. The hash may be somebody's wish.
        case nobody
    }

    package var binding: ServiceBinding
    package var holder: Holder
    /// Those that it would select without the hash, of whatever rollout or experiment.
    package var replicaSets: [ReplicaSet]

    package init(_ binding: ServiceBinding, of holder: Holder, among replicaSets: [ReplicaSet]) {
        self.binding = binding
        self.holder = holder
        self.replicaSets = replicaSets
    }

    /// Whether there is an available pod under its hash.
    fileprivate var serves: Bool {
        replicaSets.contains { $0.hash == binding.hash && $0.available > 0 }
    }

    /// One with pods that the Service does not have now, and that has never been stable as far as
    /// anybody has noted.
    fileprivate func stranger(besides stable: String? = nil) -> ReplicaSet? {
        replicaSets.first { set in
            let isKnown = set.hash == binding.hash || set.hash == stable
            return !isKnown && !set.wasStable && !set.wasPromoted
                && max(set.desired, set.replicas) > 0
        }
    }
}

/// What becomes of such a Service.
package enum BindingDecision: Hashable, Sendable {
    case letGo
    /// Not now, and why.
    case hold(String)
}

extension Event {
    /// Why a Service is not let go now.
    package static func held(_ service: String, _ why: String) -> Event {
        Event("ServiceHeld", "Service '\(service)' keeps its selector for now: \(why)")
    }
}

extension Snapshot {
    /// Nothing is under way, and all traffic is on the stable revision, as far as every router can
    /// be read.
    fileprivate var isAtRest: Bool {
        let status = rollout.status
        guard refusal == nil, !status.isAborted, !status.stableHash.isEmpty,
            new?.hash == status.stableHash, status.currentPodHash == status.stableHash,
            committedWeight == 0
        else { return false }
        return routers.allSatisfy { router in
            switch router.reading {
            case .split(let split): split.canary == 0 && split.versions.isEmpty
            case .unset: true
            case .former, .unreadable: false
            }
        }
    }
}
