import Controller
import Curl
import Notifications

extension Post {
    /// Delivers over HTTP and SMTP, through the proxies of the environment.
    static func live(_ secrets: SecretsInUse) throws(CommandFailure) -> Post {
        let proxies = try ProxyRules.ofEnvironment()
        // A client of its own: measurements do not wait behind a service that is slow.
        let client = CurlClient()
        return live(redactor: secrets.redactor) { request throws(CurlError) in
            var request = request
            if request.envelope == nil { request.proxy = proxies.proxy(for: request.url) }
            return try await client.execute(request)
        }
    }
}
