import Documents
import KubernetesObjects
import ObjectStore
import Serving

/// What a client wants to read of a container's output.
package struct LogRequest: Sendable {
    package let pod: Object
    package let container: String
    /// Goes on until the container ends or the client leaves.
    package let isFollowing: Bool
    /// Of the run before this one.
    package let isPrevious: Bool
    /// The last so many lines; nil for all.
    package let tailLines: Int?
    package let sinceSeconds: Int?
    /// At most so many bytes; nil for all.
    package let limitBytes: Int?
    /// Each line begins with its time.
    package let hasTimestamps: Bool

    package var namespace: String { pod.namespace }
}

extension APIHandler {
    func answerLog(_ request: Request, _ reference: Reference) async throws(StoreError) -> Response
    {
        guard request.method == "GET" else { throw .methodNotAllowed }
        let pod = try await server.get(reference)
        let body = try await logs(
            LogRequest(
                pod: pod, container: try container(of: pod, asked: request.query["container"]),
                isFollowing: request.query.isTrue("follow"),
                isPrevious: request.query.isTrue("previous"),
                tailLines: try request.number("tailLines"),
                sinceSeconds: try request.number("sinceSeconds"),
                limitBytes: try request.number("limitBytes"),
                hasTimestamps: request.query.isTrue("timestamps")))
        return Response(
            status: 200, headers: ["Content-Type": "text/plain; charset=utf-8"], body: body)
    }

    private func container(of pod: Object, asked: String?) throws(StoreError) -> String {
        func names(_ key: String) -> [String] {
            (pod["spec", key]?.array ?? []).compactMap { $0["name"]?.string }
        }
        let containers = names("containers")
        guard let asked, !asked.isEmpty else {
            if containers.count == 1 { return containers[0] }
            throw .badRequest(
                "a container name must be specified for pod \(pod.name), choose one of: "
                    + "[\(containers.joined(separator: " "))]")
        }
        guard (containers + names("initContainers")).contains(asked) else {
            throw .badRequest("container \(asked) is not valid for pod \(pod.name)")
        }
        return asked
    }
}
