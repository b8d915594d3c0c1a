import Documents
import Serving
import Traffic

/// An LLM gateway for demonstrations that follows the contract of the field's route-policy gateways
/// (traffic-routers §8): environment, selection by the digest of the request id, circuit breaker,
/// fallbacks, names of metrics.
actor GatewayStandIn {
    /// What an upstream answered: status, body and the headers that are passed on.
    struct Answer: Sendable {
        var status: Int
        var headers: Headers = [:]
        var body: [UInt8] = []
    }

    /// Sends a request's body to a URL; nil where no whole answer came in time.
    typealias Forward =
        @Sendable (_ url: String, _ headers: Headers, _ body: [UInt8]) async -> Answer?

    private let configuration: GatewayConfiguration
    private let isReady: @Sendable () -> Bool
    private let forward: Forward
    private var breakers: [String: CircuitBreaker] = [:]
    private var tally = Tally(GatewayStandIn.families)

    init(
        _ configuration: GatewayConfiguration, isReady: @escaping @Sendable () -> Bool,
        forward: @escaping Forward
    ) {
        self.configuration = configuration
        self.isReady = isReady
        self.forward = forward
    }

    func respond(to request: Request) async -> Response {
        switch request.path {
        case "/healthz", "/health":
            return isReady() ? .text("ok\n") : .text("not ready\n", status: 503)
        case "/metrics":
            return .metrics(tally)
        case "/v1/chat/completions":
            let start = ContinuousClock.now
            let response = await complete(request)
            tally.count(
                "gateway_requests_total",
                ["method": request.method, "path": request.path, "status": "\(response.status)"])
            tally.observe(
                "gateway_request_latency_seconds",
                ["method": request.method, "path": request.path],
                seconds: seconds(since: start))
            return response
        default:
            return .text("no such path\n", status: 404)
        }
    }

    private func complete(_ request: Request) async -> Response {
        guard request.method == "POST" else { return Self.refusal("use POST", status: 405) }
        guard let model = Self.model(in: request.body) else {
            return Self.refusal("the body is no JSON object with a model", status: 400)
        }
        let id = request.headers["x-request-id"] ?? Self.newRequestID()
        var outcome = await ask(model, id, request)
        for other in configuration.fallbacks[model] ?? [] where outcome.status >= 400 {
            tally.count("gateway_fallback_used_total", ["from_model": model, "to_model": other])
            outcome = await ask(other, id, request)
        }
        outcome.headers["X-Request-Id"] = id
        return outcome
    }

    /// One model's upstream, once.
    private func ask(_ model: String, _ id: String, _ request: Request) async -> Response {
        guard let name = configuration.upstream(model: model, requestID: id),
            let url = configuration.address(of: name)
        else { return Self.refusal("no upstream serves this model", status: 404) }
        var breaker =
            breakers[name]
            ?? CircuitBreaker(
                maximumFailures: configuration.maximumFailures,
                reset: .seconds(configuration.resetSeconds))
        if breaker.isOpen(at: .now) {
            tally.count("gateway_circuit_open_total", ["upstream": name])
            return Self.refusal("the circuit of \(name) is open", status: 503)
        }
        let start = ContinuousClock.now
        let answer = await send(request, id, to: url)
        let succeeded = answer.map { $0.status < 400 } ?? false
        tally.count(
            "gateway_upstream_requests_total",
            ["upstream": name, "status": succeeded ? "success" : "error"])
        tally.observe(
            "gateway_upstream_latency_seconds", ["upstream": name], seconds: seconds(since: start))
        // Other requests may have noted something while this one waited.
        breaker = breakers[name] ?? breaker
        breaker.note(success: succeeded, at: .now)
        breakers[name] = breaker
        guard let answer else {
            return Self.refusal("upstream \(name) did not answer", status: 502)
        }
        var headers: Headers = ["X-Upstream": name]
        for field in ["Content-Type", "X-Version"] { headers[field] = answer.headers[field] }
        return Response(status: answer.status, headers: headers, body: .bytes(answer.body))
    }

    private func send(_ request: Request, _ id: String, to url: String) async -> Answer? {
        if url.hasPrefix("mock://") {
            let fails = url == "mock://fail"
            return Answer(
                status: fails ? 500 : 200, headers: ["Content-Type": "application/json"],
                body: Array("{\"mock\":\(!fails)}\n".utf8))
        }
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let target = base.hasSuffix(request.path) ? base : base + request.path
        let headers: Headers = ["Content-Type": "application/json", "X-Request-Id": id]
        return await forward(target, headers, request.body)
    }

    private func seconds(since start: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - start) / .seconds(1)
    }

    private static func model(in body: [UInt8]) -> String? {
        do throws(DocumentError) {
            return try JSON(parsing: body, duplicateKeys: .lastWins)["model"]?.string
        } catch {
            return nil
        }
    }

    private static func newRequestID() -> String {
        String(UInt64.random(in: .min ... .max), radix: 16)
    }

    private static func refusal(_ message: String, status: Int) -> Response {
        .json((["error": .string(message)] as JSON).text + "\n", status: status)
    }

    private static let edges = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private static let families: [Tally.Family] = [
        .init(name: "gateway_requests_total", help: "Requests of clients."),
        .init(
            name: "gateway_request_latency_seconds", help: "Time to answer clients.", edges: edges),
        .init(name: "gateway_upstream_requests_total", help: "Requests to upstreams."),
        .init(
            name: "gateway_upstream_latency_seconds", help: "Time that upstreams took.",
            edges: edges),
        .init(name: "gateway_circuit_open_total", help: "Requests that an open circuit refused."),
        .init(name: "gateway_fallback_used_total", help: "Requests that went to another model."),
    ]
}
