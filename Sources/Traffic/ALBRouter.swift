import Documents
import KubernetesObjects
import Rollouts

/// AWS Load Balancer Controller: an annotation of an Ingress says which target groups a service of
/// its rules stands for (rollout-semantics §6.7).
struct ALBRouter: Sendable {
    static let kind = "alb"

    let namespace: String
    let rollout: String
    let services: SideNames
    /// The backend that the rules name, with the port `use-annotation`.
    let root: String
    let port: Int
    let ingresses: [String]
    /// Without its slash.
    let prefix: String
    /// `TargetGroupStickinessConfig`; nil for none.
    let stickiness: JSON?
    /// The names that header routes may have.
    let managedRoutes: [String]

    var router: Router {
        Router(
            kind: Self.kind, reads: ingresses.map(reference), takesVersions: true,
            plan: { split, seen throws(RouterError) in try plan(split, seen) }, read: read,
            routes: { routes, seen throws(RouterError) in try plan(routes, seen) },
            // Only AWS itself knows.
            verify: { _ in .cannot }, retreat: retreat)
    }

    func reference(_ ingress: String) -> Reference {
        Reference(.ingresses, namespace: namespace, name: ingress)
    }

    var key: String { key(of: root) }

    /// The annotation that says what a backend of this name stands for.
    func key(of action: String) -> String { "\(prefix)/actions.\(action)" }

    /// Names the annotations of each rollout, so that others see whose they are.
    static let record = "rollouts.argoproj.io/managed-alb-annotations"

    /// The changes of all Ingresses, or an error and none of them. Only what is given back does not
    /// wait for one that cannot be followed.
    private func plan(_ split: Split, _ seen: Observed) throws(RouterError) -> [Change] {
        guard split.total == 100 else {
            throw RouterError("target groups count in percent; leave maxTrafficWeight out")
        }
        let split = split.clamped
        var changes: [Change] = []
        var fault: RouterError?
        for ingress in ingresses {
            do throws(RouterError) {
                if let change = try change(ingress, to: split, seen) { changes.append(change) }
            } catch {
                fault = fault ?? error
            }
        }
        return try changes.asFar(as: fault) { !isRaised($0, by: split, seen) }
    }

    private func change(
        _ ingress: String, to split: Split, _ seen: Observed
    ) throws(RouterError) -> Change? {
        let object = try seen.object(reference(ingress))
        var annotations: [String: String] = [:]
        let action = action(split)
        if present(object) != action { annotations[key] = action.text }
        let record = record(object)
        if object.annotations[Self.record] != record { annotations[Self.record] = record }
        // What can be given back is, whatever else is wrong.
        if let fault = fault(object, split, seen),
            annotations.isEmpty || isRaised(reference(ingress), by: split, seen)
        {
            throw fault
        }
        return annotations.isEmpty ? nil : writing(annotations, to: ingress, split.canary)
    }

    /// Why requests would not come to whom they are to.
    private func fault(_ ingress: Object, _ split: Split, _ seen: Observed) -> RouterError? {
        let fault = split.versions.lazy.compactMap { $0.fault(at: port, seen.versions) }.first
        if fault != nil || split.isAllStable || hasRoot(ingress) { return fault }
        return RouterError(
            "ingress `\(ingress.name)` has no rules using service \(root) backend; add one with"
                + " the port name use-annotation")
    }

    /// Whether somebody gets more by `split` than the annotation gives, if there is one. What
    /// cannot be read as a weight may be anything.
    private func isRaised(_ ingress: Reference, by split: Split, _ seen: Observed) -> Bool {
        var own = Split(canary: 0, of: 100)
        if let object = seen.objects[ingress], object.annotations[key] != nil {
            own = Split(canary: share(object) ?? 100, of: 100, versions: versions(object, seen))
        }
        return split.exceeds(own)
    }

    func writing(_ annotations: [String: String], to ingress: String, _ weight: Int) -> Change {
        Change(
            reference(ingress),
            .patch(.merge(["metadata": ["annotations": JSON(strings: annotations)]])),
            event: Event(
                "PatchingALBIngress",
                "Updating Ingress `\(ingress)` to desiredWeight '\(weight)'"))
    }

    private func hasRoot(_ ingress: Object) -> Bool {
        if ingress.spec?["defaultBackend"]?["service"]?["name"]?.string == root { return true }
        return (ingress.spec?["rules"]?.array ?? []).contains { rule in
            (rule["http"]?["paths"]?.array ?? []).contains(where: leadsToRoot)
        }
    }

    /// Whether the requests of this path are divided.
    func leadsToRoot(_ path: JSON) -> Bool {
        path["backend"]?["service"]?["name"]?.string == root
    }

    func action(_ split: Split) -> JSON {
        let versions = split.versions.map { ($0.service, $0.weight) }
        return forwarding(
            [(services.canary, split.canary)] + versions + [(services.stable, split.stable)])
    }

    /// The text of an action that forwards to these services, each with its weight.
    func forwarding(_ groups: [(service: String, weight: Int)]) -> JSON {
        let groups = groups.map { group -> JSON in
            [
                "ServiceName": .string(group.service), "ServicePort": .string(String(port)),
                "Weight": .int(Int64(group.weight)),
            ]
        }
        var forward: JSON = ["TargetGroups": .array(groups)]
        if let stickiness { forward["TargetGroupStickinessConfig"] = stickiness }
        return ["Type": "forward", "ForwardConfig": forward]
    }

    /// Nil where the annotation is missing, or no JSON.
    private func present(_ ingress: Object) -> JSON? {
        guard let text = ingress.annotations[key] else { return nil }
        do throws(DocumentError) { return try JSON(parsing: text) } catch { return nil }
    }

    /// What stands in the record, with the annotation of this rollout.
    private func record(_ ingress: Object) -> String {
        var all = records(ingress)
        let own = all[rollout]?.array ?? []
        if own.contains(.string(key)) { return ingress.annotations[Self.record] ?? all.text }
        all[rollout] = .array(own + [.string(key)])
        return all.text
    }

    /// What the Ingress records of all rollouts.
    func records(_ ingress: Object) -> JSON {
        guard let text = ingress.annotations[Self.record] else { return [:] }
        do throws(DocumentError) { return try JSON(parsing: text) } catch { return [:] }
    }

    /// One split where all Ingresses carry it and nothing about them is left to be written.
    private func read(_ seen: Observed) -> Reading {
        let objects = ingresses.compactMap { seen.objects[reference($0)] }
        let written = objects.filter { $0.annotations[key] != nil }
        let shares = written.map { share($0) }
        let largest = Split(
            canary: shares.compactMap(\.self).max() ?? 0, of: 100,
            versions: written.flatMap { versions($0, seen) }.highest)
        do throws(RouterError) {
            if try plan(largest, seen).isEmpty { return .split(largest) }
        } catch {
            if written.isEmpty { return .unset }
        }
        if written.isEmpty { return .unset }
        // What cannot be read as a weight may be anything.
        return .unsettled(
            atMost: shares.contains(nil)
                ? Split(canary: 100, of: 100, versions: largest.versions) : largest)
    }

    /// Those of the target groups that are versions. Others have none: the annotation is written
    /// whole.
    func versions(_ ingress: Object, _ seen: Observed) -> [VersionWeight] {
        let groups = present(ingress)?["ForwardConfig"]?["TargetGroups"]?.array ?? []
        return groups.compactMap { group in
            guard let name = group["ServiceName"], services.side(of: name) == nil,
                let service = name.string, seen.versions[service] != nil
            else { return nil }
            return VersionWeight(
                service: service,
                weight: WeightedPair.counted(group["Weight"]) ?? WeightedPair.weightLimit)
        }.sorted { $0.service < $1.service }
    }

    /// The canary's percent of the target groups, rounded up; nil where the annotation does not
    /// say.
    func share(_ ingress: Object) -> Int? {
        guard let groups = present(ingress)?["ForwardConfig"]?["TargetGroups"]?.array else {
            return nil
        }
        var canary = 0, total = 0
        for group in groups {
            guard let weight = group["Weight"]?.int, (0...Self.weightLimit).contains(weight) else {
                return nil
            }
            total += weight
            if services.side(of: group["ServiceName"]) == .canary { canary += weight }
        }
        return total == 0 ? 0 : (canary * 100 + total - 1) / total
    }

    /// What AWS takes.
    private static let weightLimit = 999
}
