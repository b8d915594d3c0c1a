import Documents
import Rollouts

/// The terms that keep the pods of two revisions on different nodes (rollout-semantics §3.7), in
/// the affinity of a pod template. They are known by the label that they look for, which nobody
/// else looks for.
struct AntiAffinity {
    static let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    static let required = "requiredDuringSchedulingIgnoredDuringExecution"

    /// `spec.affinity` of a pod template.
    private let affinity: JSON?
    private let namespace: String

    init(of template: JSON, namespace: String) {
        affinity = template["spec"]?["affinity"]
        self.namespace = namespace
    }

    /// What is injected at present.
    var separation: Separation? {
        for (list, terms) in [(Self.required, terms(Self.required)), (Self.preferred, preferred)] {
            for term in terms {
                guard let hash = Self.hash(in: term) else { continue }
                let weight = term["weight"]?.int ?? 0
                return Separation(
                    list == Self.required ? .required : .preferred(weight: weight), from: hash)
            }
        }
        return nil
    }

    /// The affinity with `wanted` in place of what is injected; nil where nothing is left of it.
    func with(_ wanted: Separation?) -> JSON? {
        var lists: [String: [JSON]] = [:]
        for list in [Self.required, Self.preferred] {
            lists[list] = terms(list).filter { Self.hash(in: $0) == nil }
        }
        switch wanted?.force {
        case nil: break
        case .required: lists[Self.required]?.append(term(wanted))
        case .preferred(let weight):
            lists[Self.preferred]?.append(
                ["weight": .int(Int64(weight)), "podAffinityTerm": term(wanted)])
        }
        var away = affinity?["podAntiAffinity"] ?? .object(JSONObject())
        for (list, terms) in lists.sorted(by: { $0.key < $1.key }) {
            away[list] = terms.isEmpty ? .none : .some(.array(terms))
        }
        var result = affinity ?? .object(JSONObject())
        result["podAntiAffinity"] = away.object?.isEmpty == true ? .none : .some(away)
        return result.object?.isEmpty == true ? nil : result
    }

    /// The merge patch of a template's spec that leads there.
    func patch(to wanted: Separation?) -> JSON {
        guard let after = with(wanted) else { return ["affinity": .null] }
        guard let away = after["podAntiAffinity"] else {
            return ["affinity": ["podAntiAffinity": .null]]
        }
        return [
            "affinity": [
                "podAntiAffinity": [
                    Self.preferred: away[Self.preferred] ?? .null,
                    Self.required: away[Self.required] ?? .null,
                ]
            ]
        ]
    }

    private var preferred: [JSON] { terms(Self.preferred) }

    private func terms(_ list: String) -> [JSON] {
        affinity?["podAntiAffinity"]?[list]?.array ?? []
    }

    private func term(_ separation: Separation?) -> JSON {
        let expression: JSON = [
            "key": .string(Keys.templateHash), "operator": "In",
            "values": [.string(separation?.from ?? "")],
        ]
        return [
            "labelSelector": ["matchExpressions": [expression]],
            "namespaces": [.string(namespace)], "topologyKey": "kubernetes.io/hostname",
        ]
    }

    /// The revision that an injected term keeps away from; nil for a term of somebody else.
    private static func hash(in term: JSON) -> String? {
        let inner = term["podAffinityTerm"] ?? term
        guard inner["topologyKey"]?.string == "kubernetes.io/hostname",
            inner["labelSelector"]?.object?.keys == ["matchExpressions"],
            let expressions = inner["labelSelector"]?["matchExpressions"]?.array,
            expressions.count == 1, expressions[0]["key"]?.string == Keys.templateHash,
            expressions[0]["operator"]?.string == "In", expressions[0]["values"]?.array?.count == 1
        else { return nil }
        return expressions[0]["values"]?[0]?.string
    }
}

extension RolloutParser {
    /// Reads `antiAffinity`.
    func separation(_ reader: Reader) -> Separation.Force? {
        guard reader.isPresent else { return nil }
        reader.allowOnly([AntiAffinity.preferred, AntiAffinity.required])
        let preferred = reader[AntiAffinity.preferred], required = reader[AntiAffinity.required]
        guard preferred.isPresent != required.isPresent else {
            reader.invalid(
                "AntiAffinity must have exactly one strategy listed",
                remedy: "keep one of \(AntiAffinity.preferred) and \(AntiAffinity.required)")
            return nil
        }
        if required.isPresent {
            required.allowOnly([])
            return .required
        }
        preferred.allowOnly(["weight"])
        let weight = preferred["weight"].int() ?? 0
        if !(1...100).contains(weight) {
            preferred["weight"].invalid(
                "AntiAffinity weight must be between 1-100", value: .int(Int64(weight)),
                remedy: "write a weight from 1 to 100")
        }
        return .preferred(weight: weight)
    }
}
