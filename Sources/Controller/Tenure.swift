import Documents
import KubernetesClient

/// For how long this process may write to the cluster: while it leads, and no write may outlast
/// that.
package struct Tenure: Sendable {
    /// Zero: not at all.
    package var remaining: @Sendable () -> Duration

    package init(remaining: @escaping @Sendable () -> Duration) {
        self.remaining = remaining
    }

    /// Of a controller that nobody else competes with.
    package static let endless = Tenure { .seconds(3600) }

    /// That of `leadership`; without one, endless.
    package static func of(_ leadership: Leadership?) -> Tenure {
        guard let leadership else { return .endless }
        return Tenure { leadership.remaining }
    }

    /// `client`, with less time for each call where little is left.
    func bounding(_ client: APIClient) throws(ClusterError) -> APIClient {
        let left = Int(remaining() / .milliseconds(1))
        guard left > 0 else {
            throw .unreachable("another replica leads, so this one writes nothing")
        }
        var client = client
        // Zero would be for ever.
        client.timeoutMilliseconds =
            client.timeoutMilliseconds == 0 ? left : min(client.timeoutMilliseconds, left)
        return client
    }
}
