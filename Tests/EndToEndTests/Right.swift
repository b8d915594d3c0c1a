import Documents
import KubernetesObjects

/// One verb on one kind.
struct Right: Hashable, CustomStringConvertible {
    let description: String

    init(_ verb: String, _ resource: String, _ group: String, _ subresource: String? = nil) {
        let name = group.isEmpty ? resource : "\(resource).\(group)"
        description = "\(verb) \(name)" + (subresource.map { "/\($0)" } ?? "")
    }

    init(asked event: JSON) {
        let object = event["objectRef"]
        self.init(
            event["verb"]?.string ?? "?",
            object?["resource"]?.string ?? event["requestURI"]?.string ?? "?",
            object?["apiGroup"]?.string ?? "", object?["subresource"]?.string)
    }

    /// All that the rules of a role give.
    static func given(by role: JSON) -> Set<Right> {
        var rights: Set<Right> = []
        for rule in role["rules"]?.array ?? [] {
            for group in rule["apiGroups"]?.array?.compactMap(\.string) ?? [] {
                for name in rule["resources"]?.array?.compactMap(\.string) ?? [] {
                    let words = name.split(separator: "/").map(String.init)
                    for verb in rule["verbs"]?.array?.compactMap(\.string) ?? [] {
                        rights.insert(
                            Right(verb, words[0], group, words.count > 1 ? words[1] : nil))
                    }
                }
            }
        }
        return rights
    }

    /// Given, though no release needs them.
    static let rare: Set<Right> = routes.union([
        // Asked of whoever makes objects with an owner, and never used as such.
        Right("update", "rollouts", "argoproj.io", "finalizers"),
        Right("update", "analysisruns", "argoproj.io", "finalizers"),
        Right("update", "experiments", "argoproj.io", "finalizers"),
        // When a name is taken: whether what is there was made by a predecessor that was killed.
        Right("get", "replicasets", "apps"), Right("get", "services", ""),
        Right("get", "experiments", "argoproj.io"),
        // Until they are listed.
        Right("get", "podtemplates", ""),
        // For the same reason, and when somebody has written a run while it was measured.
        Right("get", "analysisruns", "argoproj.io"),
        // Where somebody is told of an event.
        Right("patch", "events", ""),
    ])

    /// Where somebody has installed the kinds of routes, but for one.
    private static let routes = Set(
        Resource.routes.keys.flatMap { route -> [Right] in
            ["get", "list", "watch", "create", "patch", "delete"].map {
                Right($0, route.plural, route.group)
            }
        }
    ).subtracting(
        ["list", "watch", "patch"].map {
            Right($0, Resource.httpRoutes.plural, Resource.httpRoutes.group)
        })
}
