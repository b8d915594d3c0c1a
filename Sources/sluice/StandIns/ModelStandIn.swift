import Serving

/// A small model API for demonstrations: it answers as fast, as slowly or as wrongly as it is told,
/// says which version it is in `X-Version`, and counts as the field's Python servers do (analysis
/// §5).
actor ModelStandIn {
    struct Behaviour: Sendable {
        /// What `X-Version` says.
        var version: String
        /// Of 100 requests exactly so many are answered with 500, spread evenly.
        var errorPercent = 0
        var latency: Duration = .zero
    }

    private let behaviour: Behaviour
    private let isReady: @Sendable () -> Bool
    private let hasLoaded: @Sendable () -> Bool
    private var served = 0
    private var tally = Tally([
        .init(name: "inference_requests_total", help: "Requests by endpoint and status."),
        .init(
            name: "inference_latency_seconds", help: "Time to answer in seconds.",
            edges: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]),
    ])

    /// - Parameters:
    ///   - isReady: whether the model is loaded and not about to end.
    ///   - hasLoaded: whether it is loaded, about to end or not.
    init(
        _ behaviour: Behaviour, isReady: @escaping @Sendable () -> Bool,
        hasLoaded: @escaping @Sendable () -> Bool
    ) {
        self.behaviour = behaviour
        self.isReady = isReady
        self.hasLoaded = hasLoaded
    }

    func respond(to request: Request) async -> Response {
        switch request.path {
        case "/healthz":
            isReady() ? .text("ok\n") : .text("not ready\n", status: 503)
        case "/metrics":
            .metrics(tally)
        case "/", "/predict", "/v1/chat/completions":
            await predict(request.path)
        default:
            .text("no such path\n", status: 404)
        }
    }

    private func predict(_ endpoint: String) async -> Response {
        let start = ContinuousClock.now
        // No version signs this: whoever sends requests to a pod that is not ready must see it.
        guard hasLoaded() else { return .text("the model is not loaded yet\n", status: 503) }
        let fails = nextFails()
        do {
            if behaviour.latency > .zero { try await Task.sleep(for: behaviour.latency) }
        } catch {
            return .text("ended while it was thinking\n", status: 503)
        }
        let status = fails ? 500 : 200
        tally.count("inference_requests_total", ["endpoint": endpoint, "status": "\(status)"])
        tally.observe(
            "inference_latency_seconds", ["endpoint": endpoint],
            seconds: (ContinuousClock.now - start) / .seconds(1))
        var response = Response.json(body(endpoint, fails: fails), status: status)
        response.headers["X-Version"] = behaviour.version
        return response
    }

    /// Whether the next request fails: the share of failures never strays from the percentage by a
    /// whole request.
    private func nextFails() -> Bool {
        let before = served * behaviour.errorPercent / 100
        served += 1
        return served * behaviour.errorPercent / 100 > before
    }

    private func body(_ endpoint: String, fails: Bool) -> String {
        let version = "\"version\":\"\(behaviour.version)\""
        if fails { return "{\"error\":\"the model failed\",\(version)}\n" }
        if endpoint == "/v1/chat/completions" {
            return #"{"object":"chat.completion","choices":[{"index":0,"message":"#
                + #"{"role":"assistant","content":"hello"},"finish_reason":"stop"}],"#
                + "\(version)}\n"
        }
        return "{\"prediction\":0.5,\(version)}\n"
    }
}
