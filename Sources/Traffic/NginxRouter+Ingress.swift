import Documents
import KubernetesObjects

/// What the canary's Ingress says.
extension NginxRouter {
    /// `name` under the controller's annotation prefix.
    func key(_ name: String) -> String {
        name.hasPrefix("\(annotationPrefix)/") ? name : "\(annotationPrefix)/\(name)"
    }

    /// Class, TLS and the paths that lead to the stable service, now to the canary service.
    ///
    /// Other paths of the same rules stay out: under the canary Ingress they would become a second
    /// canary for a backend that is none of ours. Rules without paths, and paths to resources
    /// instead of services, stay out too.
    func canarySpec(from stable: Object) throws(RouterError) -> JSON {
        if stable.annotations[key("canary")] == "true" {
            throw RouterError(
                "ingress `\(stable.name)` is a canary itself;"
                    + " name the Ingress that serves all traffic"
            )
        }
        let rules = (stable.spec?["rules"]?.array ?? []).compactMap(canaryRule)
        if rules.isEmpty {
            throw RouterError(
                "ingress `\(stable.name)` has no rules using service \(stableService) backend;"
                    + " add one, or correct stableService or stableIngress")
        }
        var spec = JSONObject()
        spec["ingressClassName"] = stable.spec?["ingressClassName"]
        spec["tls"] = stable.spec?["tls"]
        spec["rules"] = .array(rules)
        return .object(spec)
    }

    private func canaryRule(_ rule: JSON) -> JSON? {
        let paths = (rule["http"]?["paths"]?.array ?? []).filter {
            $0["backend"]?["service"]?["name"]?.string == stableService
        }
        if paths.isEmpty { return nil }
        var rule = rule
        rule["http"] = [
            "paths": .array(
                paths.map { path in
                    var path = path
                    path.set(.string(canaryService), at: ["backend", "service", "name"])
                    return path
                })
        ]
        return rule
    }

    /// The annotations of a canary Ingress, later ones winning over earlier ones (§6.4).
    func annotations(from stable: Object, weight: Int) -> [String: String] {
        var annotations: [String: String] = [:]
        annotations[Self.classAnnotation] = stable.annotations[Self.classAnnotation]
        for (name, value) in configuredAnnotations { annotations[name] = value }
        annotations[key("canary")] = "true"
        annotations[key("canary-weight")] = String(weight)
        annotations[key("canary-weight-total")] = maximumWeight.map(String.init)
        return annotations
    }

    /// The other prefixes under which `ingress` is a canary: those of an earlier document.
    func formerPrefixes(_ ingress: Object) -> [String] {
        let configured = configuredAnnotations
        return CanaryShares(ingress).prefixes.filter {
            $0 != annotationPrefix && configured["\($0)/canary"] == nil
        }
    }

    private var configuredAnnotations: [String: String] {
        let prefixed = additionalAnnotations.map { (key($0.key), $0.value) }
        return Dictionary(prefixed + canaryAnnotations.map { ($0.key, $0.value) }) { _, later in
            later
        }
    }

    /// Whether clients that were on the canary stay there at weight 0, as cookie affinity has them
    /// do (§1.5).
    ///
    /// The controller looks for the legacy behaviour on the canary Ingress, therefore so do we.
    func sticks(_ stable: Object, _ existing: Object?) -> Bool {
        let canary = (existing?.annotations ?? [:]).merging(configuredAnnotations) { $1 }
        if canary[key("affinity")] == "cookie" { return true }
        return stable.annotations[key("affinity")] == "cookie"
            && canary[key("affinity-canary-behavior")] != "legacy"
    }

    /// The smallest merge patch that makes `existing` say what it should; nil where it does.
    /// Annotations of others stay, but for a total that nobody wants any more: it changes what the
    /// weight means.
    func difference(_ existing: Object, annotations: [String: String], spec: JSON) -> JSON? {
        var patch = JSONObject()
        let present = existing.annotations
        var changes = annotations.filter { present[$0.key] != $0.value }.mapValues(JSON.string)
        let total = key("canary-weight-total")
        if annotations[total] == nil && present[total] != nil { changes[total] = .null }
        if !changes.isEmpty {
            let sorted = changes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            patch["metadata"] = ["annotations": .object(JSONObject(sorted))]
        }
        var members = JSONObject()
        for name in ["ingressClassName", "tls", "rules"] where existing.spec?[name] != spec[name] {
            members[name] = spec[name] ?? .null
        }
        if !members.isEmpty { patch["spec"] = .object(members) }
        return patch.isEmpty ? nil : .object(patch)
    }
}
