import Documents
import KubernetesObjects
import Rollouts

/// What the objects say at present.
extension RoutePolicyRouter {
    /// On the gateway's pod template: the SHA-256 of the policies its pods were started with.
    static let hashAnnotation = "sluice/policy-hash"

    static func hash(_ text: String) -> String { hexadecimal(sha256(text.utf8)) }

    static func hash(of gateway: Object) -> String? {
        gateway["spec", "template", "metadata", "annotations", hashAnnotation]?.string
    }

    /// On the gateway's Deployment: the canary's weight that went with the hash.
    var weightAnnotation: String { "sluice/weight-\(modelKey)" }
    /// On the ConfigMap, where the upstreams are no pods of the rollout: which revision stands on
    /// which of them.
    var sidesAnnotation: String { "sluice/sides-\(modelKey)" }

    /// Models are named freely, annotations are not.
    private var modelKey: String { hexadecimal(sha256(model.utf8).prefix(5)) }

    struct Present {
        let object: Object
        let policies: RoutePolicies
        let upstreams: GatewayUpstreams
    }

    /// The ConfigMap, read by the gateway's own rules: a mistake anywhere in it ends the gateway's
    /// next start, also one that is not ours.
    func policies(_ seen: Observed) throws(RouterError) -> Present {
        guard let object = seen.objects[configMapReference] else {
            throw RouterError("ConfigMap \(configMap) not found; create it, or correct configMap")
        }
        let policies: RoutePolicies
        do throws(RouterError) {
            policies = try RoutePolicies(parsing: object["data", key]?.string ?? "")
        } catch {
            throw broken(key, error)
        }
        do throws(RouterError) {
            let upstreams = try GatewayUpstreams(
                parsing: object["data", upstreamsKey]?.string ?? "")
            return Present(object: object, policies: policies, upstreams: upstreams)
        } catch {
            throw broken(upstreamsKey, error)
        }
    }

    func broken(_ key: String, _ error: RouterError) -> RouterError {
        RouterError("\(key) of ConfigMap \(configMap) \(error)")
    }

    func sides(_ seen: Observed) -> Sides {
        let recorded = servesPods ? nil : recordedSides(seen)[seen.stableHash]
        if recorded == canary { return Sides(stable: canary, other: primary) }
        return Sides(stable: primary, other: canary)
    }

    /// Which upstream each of the two latest revisions stands on.
    private func recordedSides(_ seen: Observed) -> [String: String] {
        guard let text = seen.objects[configMapReference]?.annotations[sidesAnnotation] else {
            return [:]
        }
        do throws(DocumentError) {
            return try JSON(parsing: text).strings
        } catch {
            // Somebody wrote over it. Then the configuration alone says which side is stable's.
            return [:]
        }
    }

    /// The record that has to stand before traffic goes to the revision on its way; nil where none
    /// is needed.
    func record(_ weight: Int, _ sides: Sides, _ seen: Observed) throws(RouterError) -> String? {
        if servesPods || weight == 0 || seen.currentHash == seen.stableHash { return nil }
        guard !seen.currentHash.isEmpty, !seen.stableHash.isEmpty else {
            throw RouterError(
                "the revision for upstream \(sides.other) is not known yet;"
                    + " wait for the initial deploy"
            )
        }
        return JSON(strings: [seen.stableHash: sides.stable, seen.currentHash: sides.other]).text
    }

    /// The split that the model's policy carries, where nothing about it is left to be written.
    func read(_ seen: Observed) -> Reading {
        do throws(RouterError) {
            let present = try policies(seen)
            let policy = present.policies[model]?.policy
            let weight = policy.map { share(of: sides(seen).other, in: $0) } ?? 0
            let split = Split(canary: weight, of: 100)
            let changes = try plan(split, seen)
            guard policy != nil else { return .unset }
            if changes.isEmpty { return .split(split) }
            return .unsettled(atMost: Split(canary: max(weight, startedWeight(seen) ?? 0), of: 100))
        } catch {
            return .unreadable(error.description)
        }
    }

    /// Percent, rounded up.
    private func share(of upstream: String, in policy: RoutePolicy) -> Int {
        let weight = policy.targets.reduce(0) { $0 + ($1.upstream == upstream ? $1.weight : 0) }
        return (weight * 100 + policy.total - 1) / policy.total
    }

    /// The weight with which the gateway's pods were started, where they have not read the present
    /// text. Nil where they have, or where this router never restarted them.
    private func startedWeight(_ seen: Observed) -> Int? {
        guard let gateway = deploymentReference.flatMap({ seen.objects[$0] }),
            let hash = Self.hash(of: gateway),
            hash != Self.hash(seen.objects[configMapReference]?["data", key]?.string ?? "")
        else { return nil }
        // Without a record they may carry anything.
        return gateway.number(weightAnnotation).map { min(max($0, 0), 100) } ?? 100
    }

    /// Whether every pod of the gateway was started with the present policies and answers.
    func verify(_ seen: Observed) -> Verification {
        guard let deployment, let reference = deploymentReference else { return .cannot }
        guard let gateway = seen.objects[reference] else {
            return .no("deployment \(deployment) not found")
        }
        let text = seen.objects[configMapReference]?["data", key]?.string ?? ""
        guard Self.hash(of: gateway) == Self.hash(text) else {
            return .no("deployment \(deployment) was not restarted with the present route policies")
        }
        if let obstacle = Self.obstacle(gateway) {
            return .no("deployment \(deployment): \(obstacle)")
        }
        return .yes
    }

    /// Why the gateway is not rolled out; nil where it is.
    private static func obstacle(_ gateway: Object) -> String? {
        func count(_ name: String) -> Int { gateway.status?[name]?.int ?? 0 }
        if gateway.spec?["paused"]?.bool == true { return "it is paused, so it does not restart" }
        if count("observedGeneration") < gateway.generation { return "its restart has not begun" }
        let replicas = count("replicas")
        let wanted = gateway.spec?["replicas"]?.int ?? 1
        if wanted == 0 { return "it is scaled to 0" }
        let updated = count("updatedReplicas")
        if updated < wanted { return "\(updated) of \(wanted) pods restarted" }
        if replicas > updated { return "\(replicas - updated) old pods are still there" }
        let available = count("availableReplicas")
        if available < replicas || count("unavailableReplicas") > 0 {
            return "\(available) of \(replicas) restarted pods are available"
        }
        return nil
    }
}
