/// Why a call of an API server brought nothing, named by what the caller does next.
package enum APIError: Error, Hashable, Sendable {
    /// The object has changed since it was read: observe again.
    case conflict(String)
    /// There is no such object.
    case notFound(String)
    /// The namespace is being deleted, and takes nothing new: there is nothing to do.
    case ending(String)
    /// An object of this name exists: read it, it may be our own.
    case alreadyExists(String)
    /// The version asked for is no longer kept: list again.
    case gone(String)
    /// The server understood and says no (401, 403, 422, ...): a person must look.
    case refused(status: Int, message: String)
    /// The server asks for patience: the same again, not before this time.
    case throttled(retryAfterSeconds: Int)
    /// The answer is more than we read: ask for less at once, where that is possible.
    case tooLong(reason: String)
    /// No answer, or none that helps: keep everything as it is, and try later.
    case unreachable(reason: String)
    /// The task that asked was cancelled.
    case cancelled
}

extension APIError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .conflict(let message): "conflict: \(message)"
        case .notFound(let message): "not found: \(message)"
        case .ending(let message): "the namespace is going: \(message)"
        case .alreadyExists(let message): "already exists: \(message)"
        case .gone(let message): "the version is no longer kept: \(message)"
        case .refused(401, let message):
            """
            the API server does not accept the credentials (401): \(message); renew the token or \
            the certificate that the kubeconfig or the ServiceAccount names
            """
        case .refused(let status, let message): "the API server refuses (\(status)): \(message)"
        case .throttled(let seconds): "the API server asks to wait for \(seconds) s"
        case .tooLong(let reason): "the answer of the API server is too long: \(reason)"
        case .unreachable(let reason): "the API server cannot be reached: \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
