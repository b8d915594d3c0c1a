import Controller
import Logging
import ServiceLifecycle
import Serving

/// What a kubelet and a monitoring system ask: `/healthz`, `/readyz` and `/metrics`.
struct HealthPage: Sendable {
    /// Why this replica is not ready; empty where it is.
    let obstacles: @Sendable () -> [String]
    /// In the text format of Prometheus.
    let metrics: @Sendable () async -> String

    /// A listener on all addresses of the pod; nil for port 0.
    func listener(port: Int, log: Logger) -> (any Service)? {
        if port == 0 { return nil }
        return Listener(
            at: .everywhere(port: port), logger: log, handler: { await respond(to: $0) })
    }

    func respond(to request: Request) async -> Response {
        guard request.method == "GET" || request.method == "HEAD" else {
            return .text("only GET\n", status: 405)
        }
        switch request.path {
        case "/healthz": return .text("ok\n")
        case "/readyz":
            let obstacles = obstacles()
            if obstacles.isEmpty { return .text("ok\n") }
            return .text(obstacles.map { "\($0)\n" }.joined(), status: 503)
        case "/metrics":
            var response = Response.text(await metrics())
            response.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
            return response
        default: return .text("there are /healthz, /readyz and /metrics\n", status: 404)
        }
    }
}
