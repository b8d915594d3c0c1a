import Documents
import KubernetesObjects
import Rollouts

/// Ambassador (Emissary-ingress): a second Mapping beside each base one carries the canary's weight
/// (rollout-semantics §6.7). At weight 0 there is none.
struct AmbassadorRouter: Sendable {
    static let kind = "ambassador"

    let namespace: String
    let services: SideNames
    let mappings: [String]

    var router: Router {
        var router = Router(
            kind: Self.kind, reads: mappings.flatMap { [base($0), canary($0)] },
            plan: { split, seen throws(RouterError) in try plan(split, seen) }, read: read,
            verify: { _ in .cannot }, retreat: retreat)
        router.faults = faults
        return router
    }

    private func base(_ mapping: String) -> Reference {
        Reference(.mappings, namespace: namespace, name: mapping)
    }

    private func canary(_ mapping: String) -> Reference {
        Reference(
            .mappings, namespace: namespace, name: mapping.prefix(Self.baseLimit) + Self.suffix)
    }

    private static let suffix = "-canary"
    /// Names have at most 253 characters, the suffix included.
    private static let baseLimit = 253 - suffix.count

    /// The changes for all Mappings, or an error and none of them. Only on the way back to 0 one
    /// that cannot be followed does not hold up its neighbours.
    private func plan(_ split: Split, _ seen: Observed) throws(RouterError) -> [Change] {
        guard split.total == 100 else {
            throw RouterError("Mappings count in percent; leave maxTrafficWeight out")
        }
        let weight = split.clamped.canary
        var changes: [Change] = []
        var fault: RouterError?
        for mapping in mappings {
            do throws(RouterError) {
                if let change = try change(mapping, to: weight, seen) { changes.append(change) }
            } catch {
                fault = fault ?? error
            }
        }
        if let fault, weight > 0 || changes.isEmpty { throw fault }
        return changes
    }

    private func change(
        _ mapping: String, to weight: Int, _ seen: Observed
    ) throws(RouterError) -> Change? {
        let reference = canary(mapping)
        let existing = seen.objects[reference]
        if let existing, !isOurs(existing, seen) {
            throw RouterError(
                "\(reference.shown) is controlled by somebody else; delete or rename it, this"
                    + " rollout must create its own")
        }
        if weight == 0, existing != nil { return deletion(of: reference) }
        let base = try seen.object(base(mapping))
        if weight == 0 { return nil }
        let spec = try canarySpec(from: base, weight)
        guard let existing else { return creation(reference, spec, weight, seen.owner) }
        return existing.spec == spec ? nil : patching(reference, spec, weight)
    }

    /// One that this rollout made, or one like it that Argo Rollouts left, which names no owner.
    private func isOurs(_ mapping: Object, _ seen: Observed) -> Bool {
        if let owner = mapping.controllerOwner { return owner.uid == seen.owner.uid }
        return mapping.spec?["weight"] != nil
            && MappedBackend(mapping.spec?["service"])?.isNamed(services.canary, in: namespace)
                ?? false
    }

    private func canarySpec(from base: Object, _ weight: Int) throws(RouterError) -> JSON {
        if base.spec?["weight"] != nil {
            throw RouterError("\(weighted(base.name)); \(Self.weightRemedy)")
        }
        guard var service = MappedBackend(base.spec?["service"]),
            service.isNamed(services.stable, in: namespace), var spec = base.spec
        else {
            throw RouterError(
                "Mapping `\(base.name)` does not lead to service \(services.stable); correct its"
                    + " service, or mappings")
        }
        service.name = services.canary
        spec["service"] = .string(service.text)
        spec["weight"] = .int(Int64(weight))
        return spec
    }

    private func weighted(_ mapping: String) -> String {
        "Ambassador mapping \"\(mapping)\" can not define weight"
    }

    private static let weightRemedy = "remove it: what the canary does not get is its"

    /// What is wrong with the base Mappings, before anything is moved.
    private func faults(_ seen: Observed) -> [NamedFault] {
        let field = Path([.key("mappings")])
        return mappings.compactMap { mapping in
            let reference = base(mapping)
            guard let object = seen.objects[reference] else {
                let isMissing = seen.denied[reference] == nil
                return isMissing ? NamedFault(missing: reference, at: field) : nil
            }
            guard object.spec?["weight"] != nil else { return nil }
            return NamedFault(field, mapping, weighted(mapping), remedy: Self.weightRemedy)
        }
    }

    private func read(_ seen: Observed) -> Reading {
        let present = mappings.compactMap { seen.objects[canary($0)] }
        let areOurs = present.allSatisfy { isOurs($0, seen) }
        let shares = present.map(share)
        let largest = Split(canary: shares.compactMap(\.self).max() ?? 0, of: 100)
        do throws(RouterError) {
            if try plan(largest, seen).isEmpty { return .split(largest) }
        } catch {
            if !areOurs || !seen.denied.isEmpty { return .unreadable(error.description) }
            if present.isEmpty { return .unset }
        }
        // What cannot be read as a weight may be anything.
        return .unsettled(atMost: shares.contains(nil) ? Split(canary: 100, of: 100) : largest)
    }

    private func share(_ canary: Object) -> Int? {
        canary.spec?["weight"]?.int.flatMap { (0...100).contains($0) ? $0 : nil }
    }
}

extension AmbassadorRouter {
    /// Only what the rollout made is lowered, and it goes at 0.
    private var retreat: Retreat {
        @Sendable func own(_ seen: Observed, _ others: Set<Place>) -> [(Reference, Object)] {
            mappings.map(canary).filter { !others.contains(place($0)) }.compactMap { reference in
                seen.objects[reference].flatMap { isOurs($0, seen) ? (reference, $0) : nil }
            }
        }
        return Retreat(
            total: 100, places: { _ in Set(mappings.map { place(canary($0)) }) },
            carried: { seen, others in own(seen, others).map { share($0.1) ?? 100 }.max() ?? 0 },
            lower: { split, seen, others in
                own(seen, others).compactMap { reference, mapping in
                    if split.canary == 0 { return deletion(of: reference) }
                    let share = share(mapping)
                    guard share ?? 100 > split.canary, var spec = mapping.spec else { return nil }
                    let weight = share == nil ? 0 : split.canary
                    spec["weight"] = .int(Int64(weight))
                    return patching(reference, spec, weight)
                }
            })
    }

    private func place(_ reference: Reference) -> Place {
        Place(reference: reference, path: Path([.key("spec")]))
    }

    private func creation(
        _ reference: Reference, _ spec: JSON, _ weight: Int, _ owner: OwnerReference
    ) -> Change {
        Change(
            reference, .create(Object(reference, spec: spec, ownedBy: owner)),
            event: Event(
                "CanaryMappingCreated",
                "Canary mapping `\(reference.name)` created with desiredWeight '\(weight)'"))
    }

    private func patching(_ reference: Reference, _ spec: JSON, _ weight: Int) -> Change {
        Change(
            reference, .patch(.json([["op": "replace", "path": "/spec", "value": spec]])),
            event: Event(
                "CanaryMappingUpdated",
                "Canary mapping `\(reference.name)` set to desiredWeight '\(weight)'"))
    }

    private func deletion(of reference: Reference) -> Change {
        Change(
            reference, .delete,
            event: Event(
                "CanaryMappingDeleted",
                "Canary mapping `\(reference.name)` deleted: the canary gets nothing"))
    }
}

/// What a Mapping calls a service: `shop`, `shop.prod:80`, `https://shop`.
private struct MappedBackend {
    private let scheme: Substring
    var name: String
    private let rest: Substring

    init?(_ service: JSON?) {
        guard let text = service?.string else { return nil }
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        scheme = text[..<start]
        let end = text[start...].firstIndex { ".:/".contains($0) } ?? text.endIndex
        name = String(text[start..<end])
        rest = text[end...]
    }

    var text: String { scheme + name + rest }

    /// `shop`, `shop.prod`, `shop.prod.svc.cluster.local`, each with a port or without.
    func isNamed(_ name: String, in namespace: String) -> Bool {
        guard self.name == name else { return false }
        guard rest.first == "." else { return true }
        let label = rest.dropFirst().prefix { !".:/".contains($0) }
        return label == namespace
    }
}

extension RouterKind {
    /// `trafficRouting.ambassador` (rollout-semantics §1.6).
    static let ambassador = RouterKind(key: AmbassadorRouter.kind, isPlugin: false) {
        reader, rollout in
        let before = reader.findings.all.count
        reader.allowOnly(["mappings"])
        let mappings = reader["mappings"].elements().map { $0.requiredString() }
        if mappings.isEmpty || mappings.count > mappingLimit
            || Set(mappings).count < mappings.count
        {
            reader["mappings"].refuse(
                "must name each Mapping once, and from 1 to \(mappingLimit) of them",
                remedy: "list the Mappings that lead to the stable service")
        }
        guard reader.findings.all.count == before, let services = rollout.services(reader)
        else { return nil }
        return AmbassadorRouter(
            namespace: rollout.namespace, services: services, mappings: mappings
        ).router
    }
}

/// Far more than one rollout can have; bounds the work of a turn.
private let mappingLimit = 100
