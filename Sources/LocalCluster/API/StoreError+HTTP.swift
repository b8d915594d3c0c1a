import Documents
import KubernetesObjects
import ObjectStore

// Refusals that only the HTTP side of the API knows.
extension StoreError {
    static let unauthorized = StoreError(
        code: 401, reason: "Unauthorized", message: "Unauthorized")

    /// The path names nothing that this server has.
    static let unknownPath = StoreError.unknownResource

    static let methodNotAllowed = StoreError(
        code: 405, reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource")

    /// Nobody can enter a pod through the API, and nobody has to.
    static func noWayIn(to pod: Object) -> StoreError {
        let address = pod["status", "podIP"]?.string ?? "none yet"
        return StoreError(
            code: 405, reason: "MethodNotAllowed",
            message: "exec, attach and port-forward are not offered by the cluster in a box: "
                + "pods are processes of this machine, which its own tools can look at, and "
                + "pod \(pod.name) listens on its address itself (\(address))")
    }

    static let notAcceptable = StoreError(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json")

    static func unsupportedMediaType(_ given: String, takes types: [String]) -> StoreError {
        StoreError(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format (\(given)) - accepted media "
                + "types include: \(types.joined(separator: ", "))")
    }

    static func internalError(_ message: String) -> StoreError {
        StoreError(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(message)")
    }
}
