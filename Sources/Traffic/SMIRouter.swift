import Documents
import KubernetesObjects
import Rollouts

/// SMI: a TrafficSplit of the rollout's own (rollout-semantics §6.7).
struct SMIRouter: Sendable {
    let reference: Reference
    let services: SideNames
    /// The Service whose requests are divided.
    let root: String

    var router: Router {
        Router(
            kind: "smi", reads: [reference], takesVersions: true,
            plan: { split, seen throws(RouterError) in try plan(split, seen) }, read: read,
            verify: { _ in .cannot }, retreat: weights(in: own).retreat)
    }

    private var weights: WeightedObjects { weights(in: { _ in [reference] }) }

    /// Nothing where there is none, or one of somebody else.
    private func own(_ seen: Observed) -> [Reference] {
        seen.objects[reference]?.controllerOwner?.uid == seen.owner.uid ? [reference] : []
    }

    private func weights(
        in references: @escaping @Sendable (Observed) -> [Reference]
    ) -> WeightedObjects {
        WeightedObjects(total: 100, references: references, lists: lists)
    }

    private func lists(_ object: Object) -> WeightedLists {
        let list = Path([.key("spec"), .key("backends")])
        var lists = WeightedLists()
        lists.add(
            object.spec?["backends"]?.array ?? [], at: list, identity: ["service"],
            versions: .plain("service"), missing: 0
        ) { services.side(of: $0["service"]) }
        return lists.whole(in: list, services)
    }

    private func plan(_ split: Split, _ seen: Observed) throws(RouterError) -> [Change] {
        guard let present = seen.objects[reference], seen.denied[reference] == nil else {
            if seen.denied[reference] != nil { _ = try seen.object(reference) }
            return [creation(split.clamped, seen.owner)]
        }
        guard present.controllerOwner?.uid == seen.owner.uid else {
            throw RouterError(
                "\(reference.shown) is controlled by somebody else; delete or rename it, this"
                    + " rollout must create its own")
        }
        return try weights.plan(split, seen)
    }

    private func read(_ seen: Observed) -> Reading {
        guard let present = seen.objects[reference] else {
            return seen.denied[reference].map { .unreadable($0) } ?? .unset
        }
        guard present.controllerOwner?.uid == seen.owner.uid else {
            return .unreadable("\(reference.shown) is controlled by somebody else")
        }
        return weights.read(seen)
    }

    private func creation(_ split: Split, _ owner: OwnerReference) -> Change {
        func backend(_ service: String, _ weight: Int) -> JSON {
            ["service": .string(service), "weight": .int(Int64(weight))]
        }
        let spec: JSON = [
            "service": .string(root),
            "backends": .array(
                [backend(services.canary, split.canary)]
                    + split.versions.map { backend($0.service, $0.weight) }
                    + [backend(services.stable, split.stable)]),
        ]
        return Change(
            reference, .create(Object(reference, spec: spec, ownedBy: owner)),
            event: Event(
                "TrafficSplitCreated",
                "TrafficSplit `\(reference.name)` created with desiredWeight"
                    + " '\(split.canary)'"))
    }
}

extension RouterKind {
    /// `trafficRouting.smi` (rollout-semantics §1.6).
    static let smi = RouterKind(key: "smi", isPlugin: false) { reader, rollout in
        let before = reader.findings.all.count
        reader.allowOnly(["rootService", "trafficSplitName"])
        let root = reader["rootService"].string()
        let name = reader["trafficSplitName"].string()
        guard reader.findings.all.count == before, let services = rollout.services(reader)
        else { return nil }
        return SMIRouter(
            reference: Reference(
                .trafficSplits, namespace: rollout.namespace, name: name ?? rollout.name),
            services: services, root: root ?? services.stable
        ).router
    }
}
