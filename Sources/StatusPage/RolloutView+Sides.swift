import Documents
import Rollouts

/// Traffic and pods as the page shows them.
extension RolloutView {
    var trafficModel: JSON {
        let traffic = traffic
        return [
            "percent": number(min(max(traffic.percent, 0), 100)),
            "canary": side(
                status.weights?.canary, service: snapshot.rollout.spec.canary.canaryService,
                carried: traffic.carried, traffic),
            "stable": side(
                status.weights?.stable, service: snapshot.rollout.spec.canary.stableService,
                carried: traffic.carried.map { traffic.total - $0 }, traffic),
            "routers": .array(snapshot.routers.map { $0.model }),
            "hasRouters": .bool(!snapshot.routers.isEmpty),
            "wantsRouter": .bool(snapshot.rollout.spec.canary.hasRouter),
            "isWhole": .bool(traffic.whole != nil), "sides": selectedSidesModel,
            "hasShare": .bool(traffic.isKnown), "phrase": .string(traffic.phrase),
        ]
    }

    private func side(
        _ asked: WeightDestination?, service: String?, carried: Int?, _ traffic: TrafficShare
    ) -> JSON {
        [
            "service": text(service), "asked": text((asked?.weight).map(traffic.share)),
            "carried": text(carried.map(traffic.share)),
            "hash": text(service.flatMap { snapshot.services[$0]?.hash }),
        ]
    }

    func replicaSetsModel(now: Timestamp) -> JSON {
        .array(
            replicaSets.map { set in
                let role = role(of: set)
                return [
                    "role": .string(role.rawValue), "revision": number(set.revision),
                    "name": .string(set.name), "hash": .string(set.hash),
                    "images": .array((images[set.name] ?? []).map(JSON.string)),
                    "desired": number(set.desired), "ready": number(set.ready),
                    "available": number(set.available),
                    "isShort": .bool(set.available < set.desired),
                    "scaleDown": time(set.scaleDownDeadline.map(Timestamp.init), now: now),
                    "failure": text(set.failure?.message),
                ]
            })
    }
}

extension RouterSeen {
    fileprivate var model: JSON {
        let carries: String
        var isBroken = false
        switch reading {
        case .split(let split) where split.total == 100: carries = "\(split.canary) %"
        case .split(let split): carries = "\(split.canary) of \(split.total)"
        case .former(let split):
            carries = "\(split.canary) of \(split.total), in Ingresses that are named no more"
        case .unset: carries = "nothing set: all on stable"
        case .unreadable(let why):
            carries = "cannot be read: \(why)"
            isBroken = true
        }
        let follows: String
        switch verification {
        case .yes: follows = "traffic follows"
        case .no(let why): follows = "not yet: \(why)"
        case .cannot: follows = "cannot tell whether traffic follows"
        }
        return [
            "kind": .string(kind), "carries": .string(carries), "follows": .string(follows),
            "isBroken": .bool(isBroken),
        ]
    }
}
