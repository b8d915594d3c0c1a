import Curl
import KubernetesObjects

extension APIClient {
    /// How long a server keeps a watch before it ends it in good order. Its own choice would be 30
    /// to 60 minutes; shorter, a watch that was balanced to a bad place does not stay there.
    package static let watchSeconds = 290

    /// Starts a watch of what happens after `resourceVersion`. Throws `.gone` where the server has
    /// forgotten it.
    ///
    /// - Parameter seconds: after this time the server ends the watch; the caller goes on from the
    ///   last version.
    package func watch(
        _ resource: Resource, _ selection: Selection = .everything, from resourceVersion: String,
        form: ObjectForm = .whole, seconds: Int = watchSeconds
    ) async throws(APIError) -> Watch {
        var call = Call(path: resource.path(namespace: selection.namespace), query: selection.query)
        call.accepts = form.acceptsObject
        call.query += [
            ("watch", "true"), ("allowWatchBookmarks", "true"),
            ("resourceVersion", resourceVersion),
            ("timeoutSeconds", "\(seconds)"),
        ]
        let name = "watch of \(resource.plural)"
        let (body, redactor) = try await open(call, name: name) {
            // The server ends it; where it does not, this does.
            $0.timeoutMilliseconds = (seconds + Self.watchGraceSeconds) * 1000
            $0.quietMilliseconds = watchSilenceMilliseconds
        }
        return Watch(body: body, resource: resource, name: name, redactor: redactor)
    }

    private static let watchGraceSeconds = 30
}
