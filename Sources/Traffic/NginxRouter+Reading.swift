import Documents
import KubernetesObjects
import Rollouts

extension NginxRouter {
    /// One split where all canary Ingresses carry it and nothing about them is left to be written.
    func read(_ seen: Observed) -> Reading {
        let present = stableIngresses.compactMap { seen.objects[canary($0)] }
        let isOurs = present.allSatisfy { $0.controllerOwner?.uid == seen.owner.uid }
        let shares = present.map(share)
        let largest = Split(canary: shares.compactMap(\.self).max() ?? 0, of: total)
        do throws(RouterError) {
            let changes = try plan(largest, seen)
            if changes.isEmpty { return .split(largest) }
            if present.isEmpty { return .unset }
        } catch {
            // A canary Ingress of ours can be read also where nothing can be written.
            if !isOurs { return .unreadable(error.description) }
            if present.isEmpty { return .unset }
        }
        // What cannot be read as a weight may be anything.
        return .unsettled(atMost: shares.contains(nil) ? Split(canary: total, of: total) : largest)
    }

    /// The parts of `total` that a canary Ingress takes, also under prefixes that the document had
    /// before; nil where its annotations do not say.
    private func share(_ ingress: Object) -> Int? {
        let former = formerPrefixes(ingress)
        // Under a prefix that has only just come nothing was ever written.
        let isNew = !former.isEmpty && ingress.annotations[key("canary")] == nil
        return CanaryShares(ingress).largest((isNew ? [] : [annotationPrefix]) + former, of: total)
    }
}

extension RouterKind {
    /// `trafficRouting.nginx` (rollout-semantics §1.6).
    static let nginx = RouterKind(key: "nginx", isPlugin: false, isFoundByOwner: true) {
        reader, rollout in
        NginxRouter(reader, rollout)?.router
    }
}

extension NginxRouter {
    private static let keys: Set<String> = [
        "annotationPrefix", "stableIngress", "stableIngresses", "additionalIngressAnnotations",
        "canaryIngressAnnotations",
    ]
    /// Far more than one rollout can have; bounds the work of a turn.
    static let ingressLimit = 100
    /// So that a weight times this still fits everywhere; shares finer than a millionth cannot be
    /// seen.
    static let totalLimit = 1_000_000

    init?(_ reader: Reader, _ rollout: RoutedRollout) {
        reader.allowOnly(Self.keys)
        let ingresses = Self.ingresses(reader)
        let services = rollout.stableService.flatMap { stable in
            rollout.canaryService.map { (stable, canary: $0) }
        }
        if services == nil {
            reader.refuse(
                "Canary service and Stable service must to be set to use Traffic Routing",
                remedy: "set strategy.canary.stableService and canaryService")
        }
        if let maximum = rollout.maximumWeight, !(100...Self.totalLimit).contains(maximum) {
            reader.refuse(
                "ingress-nginx cannot follow a maxTrafficWeight of \(maximum)",
                remedy: "use a maxTrafficWeight from 100 to \(Self.totalLimit)")
            return nil
        }
        guard let services, let ingresses else { return nil }
        namespace = rollout.namespace
        self.rollout = rollout.name
        stableService = services.0
        canaryService = services.canary
        stableIngresses = ingresses
        let prefix = reader["annotationPrefix"].string() ?? ""
        annotationPrefix = prefix.isEmpty ? Self.standardPrefix : prefix
        additionalAnnotations = reader["additionalIngressAnnotations"].strings()
        canaryAnnotations = reader["canaryIngressAnnotations"].strings()
        maximumWeight = rollout.maximumWeight
    }

    private static func ingresses(_ reader: Reader) -> [String]? {
        let one = reader["stableIngress"].string().flatMap { $0.isEmpty ? nil : $0 }
        let elements = reader["stableIngresses"].elements()
        let many = elements.map { $0.requiredString() }
        if many.contains("") { return nil }
        if Set(many).count < many.count || many.count > ingressLimit {
            reader["stableIngresses"].refuse(
                "names an Ingress twice, or more than \(ingressLimit) of them",
                remedy: "list each Ingress once")
            return nil
        }
        switch (one, many.isEmpty) {
        case (let one?, true): return [one]
        case (nil, false): return many
        case (.some, false):
            reader.refuse(
                "Either StableIngress or StableIngresses must be configured. Both are configured.",
                remedy: "keep stableIngresses only")
        case (nil, true):
            reader.refuse(
                "Either StableIngress or StableIngresses must be configured."
                    + " Neither are configured.",
                remedy: "name the Ingress that routes to the stable service")
        }
        return nil
    }
}
