/// One request as an API server answered it, in the words of a monitoring system. Which object it
/// was about is left out: names come and go without end.
package struct AnsweredRequest: Hashable, Sendable {
    /// `rollouts`; empty for what is no object, such as `/version`.
    package let kind: String
    /// Empty for all namespaces, and for kinds without.
    package let namespace: String
    /// `Get`, `List`, `Watch`, `Create`, `Update`, `Patch` or `Delete`.
    package let verb: String
    /// Nil where no answer came.
    package let status: Int?

    package init(kind: String, namespace: String, verb: String, status: Int?) {
        self.kind = kind
        self.namespace = namespace
        self.verb = verb
        self.status = status
    }

    init(_ call: APIClient.Call, status: Int?) {
        let place = Place(call.path)
        let verb =
            switch call.method {
            case "POST": "Create"
            case "PUT": "Update"
            case "PATCH": "Patch"
            case "DELETE": "Delete"
            default:
                if call.query.contains(where: { $0 == ("watch", "true") }) {
                    "Watch"
                } else {
                    place.isCollection ? "List" : "Get"
                }
            }
        self.init(kind: place.kind, namespace: place.namespace, verb: verb, status: status)
    }

    /// What the path of a request says: `/apis/GROUP/VERSION/namespaces/NAMESPACE/KIND/NAME`.
    private struct Place {
        var kind = ""
        var namespace = ""
        var isCollection = false

        init(_ path: String) {
            var segments = path.split(separator: "/")[...]
            switch segments.first {
            case "api": segments = segments.dropFirst(2)
            case "apis": segments = segments.dropFirst(3)
            default: return
            }
            // A namespace itself is an object, too.
            if segments.first == "namespaces", segments.count > 2 {
                namespace = String(segments[segments.startIndex + 1])
                segments = segments.dropFirst(2)
            }
            kind = segments.first.map(String.init) ?? ""
            isCollection = segments.count == 1
        }
    }
}
