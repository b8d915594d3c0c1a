import Rollouts

extension RouterKind {
    /// Every router there is, in the order in which they are written (rollout-semantics §1.6).
    /// Nothing else lists them.
    package static let all: [RouterKind] = [
        .istio, .nginx, .alb, .smi, .ambassador, .appMesh, .traefik, .apisix, .routePolicy,
        .gateway,
    ]

    /// The router that documents call `key`; nil where there is none of that name.
    package static func named(_ key: String, isPlugin: Bool) -> RouterKind? {
        all.first { $0.key == key && $0.isPlugin == isPlugin }
    }
}

extension Reading {
    /// The objects do not carry one split as they should; at most `split` of the traffic reaches
    /// the canary.
    ///
    /// The total is one that nobody asks for: the weight is true, and yet the reading equals no
    /// wanted split, so that whoever compares the two writes again.
    static func unsettled(atMost split: Split) -> Reading {
        .split(Split(canary: split.canary, of: split.total + 1, versions: split.versions))
    }
}

extension Split {
    /// This split with a canary share that no router can misunderstand: 0...total.
    var clamped: Split {
        Split(canary: min(max(canary, 0), total), of: total, versions: versions)
    }

    /// Whether all else gets nothing, so that what cannot be followed holds nothing up.
    var isAllStable: Bool { canary == 0 && versions.isEmpty }
}
