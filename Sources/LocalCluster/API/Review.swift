import Documents

/// A question about permissions. Whoever holds the token of the box may do everything, so each is
/// answered with yes.
struct Review: Sendable {
    let group: String
    let version: String
    let kind: String
    let plural: String
    let isNamespaced: Bool

    static let kinds: [Review] = [
        Review(
            group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectAccessReview",
            plural: "selfsubjectaccessreviews", isNamespaced: false),
        Review(
            group: "authorization.k8s.io", version: "v1", kind: "SelfSubjectRulesReview",
            plural: "selfsubjectrulesreviews", isNamespaced: false),
        Review(
            group: "authorization.k8s.io", version: "v1", kind: "SubjectAccessReview",
            plural: "subjectaccessreviews", isNamespaced: false),
        Review(
            group: "authentication.k8s.io", version: "v1", kind: "SelfSubjectReview",
            plural: "selfsubjectreviews", isNamespaced: false),
    ]

    static let groupVersions: [(name: String, versions: [String])] = [
        ("authorization.k8s.io", ["v1"]), ("authentication.k8s.io", ["v1"]),
    ]

    static let groups: [JSON] = groupVersions.map { group in
        let version: JSON = ["groupVersion": .string("\(group.name)/v1"), "version": "v1"]
        return [
            "name": .string(group.name), "versions": [version], "preferredVersion": version,
        ]
    }

    static func kind(group: String, version: String, plural: String) -> Review? {
        kinds.first { $0.group == group && $0.version == version && $0.plural == plural }
    }

    /// The question with its answer.
    func answer(to question: JSON) -> JSON {
        var answer = question
        answer["kind"] = .string(kind)
        answer["apiVersion"] = .string("\(group)/\(version)")
        switch kind {
        case "SelfSubjectReview":
            answer["status"] = ["userInfo": ["username": "sluice", "groups": ["system:masters"]]]
        case "SelfSubjectRulesReview":
            answer["status"] = [
                "resourceRules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]],
                "nonResourceRules": [["verbs": ["*"], "nonResourceURLs": ["*"]]],
                "incomplete": false,
            ]
        default:
            answer["status"] = [
                "allowed": true, "reason": "whoever holds the token may do everything",
            ]
        }
        return answer
    }

    var line: JSON {
        [
            "name": .string(plural), "singularName": .string(kind.lowercased()),
            "namespaced": .bool(isNamespaced), "kind": .string(kind), "verbs": ["create"],
        ]
    }

    var aggregated: JSON {
        [
            "resource": .string(plural), "responseKind": Discovery.kind(group, version, kind),
            "scope": isNamespaced ? "Namespaced" : "Cluster",
            "singularResource": .string(kind.lowercased()), "verbs": ["create"],
        ]
    }
}
