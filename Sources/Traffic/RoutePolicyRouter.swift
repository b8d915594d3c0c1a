import Documents
import KubernetesObjects
import Rollouts

/// The policy of one model in the route policies of an LLM gateway (traffic-routers §8), which lie
/// as JSON text under a key of a ConfigMap.
///
/// At weight 0 the policy is `direct` to the side of stable, at 100 `direct` to the other side, and
/// between them a `canary` policy: no side that gets nothing is named, so an upstream may go away
/// once no traffic needs it.
///
/// Where the sides are pods of the rollout, `primary` is always stable: after a promotion the
/// service behind it selects the new pods, and weight 0 sends all traffic there. Where the
/// upstreams exist without the rollout, a promotion leaves the traffic on the new side, which from
/// then on is stable's, and the next release goes to the other one.
struct RoutePolicyRouter: Sendable {
    static let kind = "sluice/route-policy"

    let namespace: String
    let configMap: String
    /// The key of the ConfigMap with the policies.
    let key: String
    /// The key of the same ConfigMap with the list of upstreams.
    let upstreamsKey: String
    let model: String
    let primary: String
    let canary: String
    /// The gateway, where it reads its policies at start only; nil for one that reloads them.
    let deployment: String?
    let servesPods: Bool

    var router: Router {
        Router(
            kind: Self.kind, reads: [configMapReference] + (deploymentReference.map { [$0] } ?? []),
            servesPods: servesPods,
            plan: { split, seen throws(RouterError) in try plan(split, seen) },
            read: read, verify: verify, retreat: retreat)
    }

    private var retreat: Retreat {
        let policy = Path([.key("data"), .key(key), .key(model)])
        return Retreat(
            from: Place(reference: configMapReference, path: policy), total: 100,
            plan: { split, seen throws(RouterError) in try plan(split, seen) }, read: read)
    }

    var configMapReference: Reference {
        Reference(.configMaps, namespace: namespace, name: configMap)
    }

    var deploymentReference: Reference? {
        deployment.map { Reference(.deployments, namespace: namespace, name: $0) }
    }

    /// The policy first, then the restart that makes the gateway read it. A crash in between shows
    /// as a hash that does not fit the text.
    func plan(_ split: Split, _ seen: Observed) throws(RouterError) -> [Change] {
        guard split.total == 100 else {
            throw RouterError("route policies count in percent; leave maxTrafficWeight out")
        }
        let weight = split.clamped.canary
        let present = try policies(seen)
        let sides = sides(seen)
        try requireKnown(sides, weight, present)
        let entry = entry(weight, sides, over: present.policies[model]?.json)
        let wanted: RoutePolicies
        do throws(RouterError) {
            wanted = try present.policies.setting(model, to: entry)
        } catch {
            throw broken(key, error)
        }
        var changes: [Change] = []
        if let patch = try patch(present.object, to: wanted, weight, sides, seen) {
            changes.append(
                Change(
                    configMapReference, .patch(.merge(patch)),
                    event: Event(
                        "PatchingRoutePolicy",
                        "Updating the policy of model `\(model)` in ConfigMap `\(configMap)` to"
                            + " desiredWeight '\(weight)'"),
                    isPrerequisite: true))
        }
        if let restart = try restart(wanted, weight, seen) { changes.append(restart) }
        return changes
    }

    /// The side of stable, and the one that a canary goes to.
    struct Sides: Hashable {
        let stable: String
        let other: String
    }

    /// What the gateway should do with the model's requests. Members that are no part of the policy
    /// stay.
    private func entry(_ weight: Int, _ sides: Sides, over present: JSON?) -> JSON {
        var entry = present?.object ?? JSONObject()
        for key in ["strategy", "targets", "target", "primary", "canary", "percent", "percentage"] {
            entry[key] = nil
        }
        var members: [JSONObject.Member]
        switch weight {
        case 0: members = [("strategy", "direct"), ("target", .string(sides.stable))]
        case 100: members = [("strategy", "direct"), ("target", .string(sides.other))]
        default:
            members = [
                ("strategy", "canary"), ("primary", .string(sides.stable)),
                ("canary", .string(sides.other)), ("percent", .int(Int64(weight))),
            ]
        }
        members += entry.members
        return .object(JSONObject(members))
    }

    /// A side that is to get nothing may be gone: that must not keep the other from getting all.
    private func requireKnown(
        _ sides: Sides, _ weight: Int, _ present: Present
    ) throws(RouterError) {
        let named = (weight < 100 ? [sides.stable] : []) + (weight > 0 ? [sides.other] : [])
        for name in named where present.upstreams[name] == nil {
            throw RouterError(
                "upstream \(name) is not in \(upstreamsKey) of ConfigMap \(configMap), so the"
                    + " gateway would ignore the policy; add it, or use one of:"
                    + " \(present.upstreams.names.joined(separator: ", "))"
            )
        }
        let targets = present.policies[model]?.policy.targets ?? []
        // Whoever else is named there, the canary loses what it has.
        if weight == 0, targets.contains(where: { $0.upstream == sides.other }) { return }
        for target in targets
        where target.upstream != sides.stable && target.upstream != sides.other {
            throw RouterError(
                "the policy of model \(model) in ConfigMap \(configMap) sends traffic to"
                    + " \(target.upstream), which is neither primary nor canary of this rollout;"
                    + " correct one of them")
        }
    }

    /// The text is shared with other models, so the patch holds for the version it was made from
    /// only: a conflict means to look again, also on the way back, because the alternative is to
    /// undo what somebody else wrote.
    private func patch(
        _ object: Object, to wanted: RoutePolicies, _ weight: Int, _ sides: Sides, _ seen: Observed
    ) throws(RouterError) -> JSON? {
        var patch = JSON.object(JSONObject())
        if object["data", key]?.string != wanted.text {
            patch.set(.string(wanted.text), at: ["data", key])
        }
        if let record = try record(weight, sides, seen),
            object.annotations[sidesAnnotation] != record
        {
            patch.set(.string(record), at: ["metadata", "annotations", sidesAnnotation])
        }
        if patch.object?.isEmpty ?? true { return nil }
        if object["immutable"]?.bool == true {
            throw RouterError(
                "ConfigMap \(configMap) is immutable; replace it by one without `immutable: true`")
        }
        if !object.resourceVersion.isEmpty {
            patch.set(.string(object.resourceVersion), at: ["metadata", "resourceVersion"])
        }
        return patch
    }

    private func restart(
        _ wanted: RoutePolicies, _ weight: Int, _ seen: Observed
    ) throws(RouterError) -> Change? {
        guard let deployment, let reference = deploymentReference else { return nil }
        guard let gateway = seen.objects[reference] else {
            throw RouterError(
                "deployment \(deployment) not found; create it, or name the gateway's Deployment")
        }
        let hash = Self.hash(wanted.text)
        if Self.hash(of: gateway) == hash { return nil }
        let patch: JSON = [
            "metadata": [
                "annotations": .object(JSONObject([(weightAnnotation, .string(String(weight)))]))
            ],
            "spec": [
                "template": [
                    "metadata": [
                        "annotations": .object(JSONObject([(Self.hashAnnotation, .string(hash))]))
                    ]
                ]
            ],
        ]
        return Change(
            reference, .patch(.merge(patch)),
            event: Event(
                "RestartingGateway",
                "Restarting Deployment `\(deployment)` so that it reads its route policies"))
    }
}
