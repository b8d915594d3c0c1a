import Documents
import KubernetesObjects
import Rollouts

/// ingress-nginx: a second Ingress beside each stable one carries the canary's weight in its
/// annotations (rollout-semantics §6.4, traffic-routers §1).
struct NginxRouter: Sendable {
    let namespace: String
    /// What the canary Ingresses' names begin with.
    let rollout: String
    let stableService: String
    let canaryService: String
    let stableIngresses: [String]
    /// Without its slash.
    let annotationPrefix: String
    let additionalAnnotations: [String: String]
    let canaryAnnotations: [String: String]
    /// Written as `canary-weight-total` where the document names it.
    let maximumWeight: Int?

    /// What `canary` and the other keys of ingress-nginx begin with unless its
    /// `--annotations-prefix` says otherwise.
    static let standardPrefix = "nginx.ingress.kubernetes.io"
    /// The legacy annotation that names the class, whose controller serves an Ingress.
    static let classAnnotation = "kubernetes.io/ingress.class"

    var total: Int { maximumWeight ?? 100 }

    var router: Router {
        Router(
            kind: "Nginx", reads: stableIngresses.flatMap { [stable($0), canary($0)] },
            plan: { split, seen throws(RouterError) in try plan(split, seen) }, read: read,
            // The controller acknowledges nothing: what it serves shows in its request counters
            // only.
            verify: { _ in .cannot })
    }

    func stable(_ ingress: String) -> Reference {
        Reference(.ingresses, namespace: namespace, name: ingress)
    }

    func canary(_ ingress: String) -> Reference {
        let base = "\(rollout)-\(ingress)"
        return Reference(
            .ingresses, namespace: namespace, name: base.prefix(Self.baseLimit) + Self.suffix)
    }

    private static let suffix = "-canary"
    /// Names have at most 253 characters, the suffix included.
    private static let baseLimit = 253 - suffix.count

    /// The changes for all Ingresses, or an error and none of them. Only on the way back to 0 one
    /// Ingress that cannot be followed does not hold up its neighbours.
    func plan(_ split: Split, _ seen: Observed) throws(RouterError) -> [Change] {
        guard split.total == total else {
            throw RouterError(
                "a weight of \(split.canary) of \(split.total) was asked for, but"
                    + " maxTrafficWeight is \(total); this is a defect of sluice, report it")
        }
        let weight = split.clamped.canary
        var changes: [Change] = []
        var fault: RouterError?
        for ingress in stableIngresses {
            do throws(RouterError) {
                if let change = try change(ingress, to: weight, seen) { changes.append(change) }
            } catch {
                fault = fault ?? error
                if weight == 0, let change = lowered(ingress, seen) { changes.append(change) }
            }
        }
        if let fault, weight > 0 || changes.isEmpty { throw fault }
        return changes
    }

    private func change(
        _ ingress: String, to weight: Int, _ seen: Observed
    ) throws(RouterError) -> Change? {
        let reference = canary(ingress)
        let existing = seen.objects[reference]
        if let existing, existing.controllerOwner?.uid != seen.owner.uid {
            throw RouterError(
                "canary ingress `\(reference.name)` controlled by different object;"
                    + " delete or rename that Ingress, this rollout must create its own")
        }
        guard let stable = seen.objects[stable(ingress)] else {
            throw RouterError("ingress `\(ingress)` not found; create it or correct stableIngress")
        }
        let spec = try canarySpec(from: stable)
        if weight == 0 && sticks(stable, existing) {
            return existing.map { _ in deletion(of: reference) }
        }
        var annotations = annotations(from: stable, weight: weight)
        guard let existing else {
            return creation(
                reference, annotations: annotations, spec: spec, weight: weight, seen.owner)
        }
        let former = CanaryShares(existing).lowered(
            formerPrefixes(existing), to: Split(canary: weight, of: total))
        annotations.merge(former) { _, lowered in lowered }
        guard let patch = difference(existing, annotations: annotations, spec: spec) else {
            return nil
        }
        return Change(
            reference, .patch(.merge(patch)), event: Self.patching(reference, to: weight))
    }

    /// Takes the weight of our canary Ingress back where its stable one cannot be followed.
    private func lowered(_ ingress: String, _ seen: Observed) -> Change? {
        let reference = canary(ingress)
        guard let existing = seen.objects[reference],
            existing.controllerOwner?.uid == seen.owner.uid
        else { return nil }
        if sticks(seen.objects[stable(ingress)] ?? existing, existing) {
            return deletion(of: reference)
        }
        let prefixes = [annotationPrefix] + formerPrefixes(existing)
        let lowered = CanaryShares(existing).lowered(prefixes, to: Split(canary: 0, of: total))
        guard !lowered.isEmpty else { return nil }
        return Change(
            reference, .patch(.merge(["metadata": ["annotations": JSON(strings: lowered)]])),
            event: Self.patching(reference, to: 0))
    }

    private func creation(
        _ reference: Reference, annotations: [String: String], spec: JSON, weight: Int,
        _ owner: OwnerReference
    ) -> Change {
        Change(
            reference,
            .create(Object(reference, annotations: annotations, spec: spec, ownedBy: owner)),
            event: Event(
                "CreatingCanaryIngress",
                "Creating canary ingress `\(reference.name)` with weight `\(weight)`"))
    }

    private func deletion(of reference: Reference) -> Change {
        Change(
            reference, .delete,
            event: Event(
                "DeletingCanaryIngress",
                "Deleting canary ingress `\(reference.name)`: at weight 0 cookie affinity"
                    + " would keep clients on the canary"))
    }

    private static func patching(_ reference: Reference, to weight: Int) -> Event {
        Event(
            "PatchingCanaryIngress",
            "Updating Ingress `\(reference.name)` to desiredWeight '\(weight)'")
    }
}
