import Curl
import Extensions
import Foundation
import KubernetesClient
import MetricProviders

extension ProxyRules {
    /// Those of the environment of this process.
    static func ofEnvironment() throws(CommandFailure) -> ProxyRules {
        do throws(Fault) {
            return try ProxyRules(environment: ProcessInfo.processInfo.environment)
        } catch {
            throw CommandFailure("\(error)", code: Sluice.usageCode)
        }
    }

    /// What `connection` says of its proxy counts; these rules count where it says nothing.
    func applied(to connection: Connection) -> Connection {
        var connection = connection
        if connection.unixSocketPath == nil {
            connection.proxy = connection.proxy ?? proxy(for: connection.server)
        }
        return connection
    }
}

extension MetricSource {
    /// Asks over HTTP, through the proxies of the environment.
    static func live(
        defaultPrometheusAddress: String?, plugins: [String: ExtensionAddress] = [:],
        _ http: CurlClient
    ) throws(CommandFailure) -> MetricSource {
        let proxies = try ProxyRules.ofEnvironment()
        var edge = ProviderEdge(
            defaultPrometheusAddress: defaultPrometheusAddress, now: { .now },
            send: { request throws(CurlError) in
                var request = request
                request.proxy = proxies.proxy(for: request.url)
                return try await http.execute(request)
            })
        edge.plugins = plugins
        edge.environment = ProcessInfo.processInfo.environment
        edge.file = { path in
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
        }
        return live(edge)
    }
}
