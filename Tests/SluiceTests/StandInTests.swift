import Documents
import Serving
import Testing

@testable import sluice

struct `A model that stands in` {
    private func model(
        errorPercent: Int = 0, hasLoaded: Bool = true, isReady: Bool = true
    ) -> ModelStandIn {
        ModelStandIn(
            .init(version: "v2", errorPercent: errorPercent), isReady: { isReady },
            hasLoaded: { hasLoaded })
    }

    private let ask = Request(method: "GET", target: "/predict")

    @Test func `signs no answer before it has loaded`() async {
        let answer = await model(hasLoaded: false, isReady: false).respond(to: ask)
        #expect(answer.status == 503)
        #expect(answer.headers["X-Version"] == nil)
    }

    @Test func `answers to the end, though it says that it is not ready`() async {
        let model = model(isReady: false)
        let health = await model.respond(to: Request(method: "GET", target: "/healthz"))
        let answer = await model.respond(to: ask)
        #expect(health.status == 503)
        #expect(answer.status == 200)
        #expect(answer.headers["X-Version"] == "v2")
    }

    @Test func `fails exactly as often as it is told`() async {
        let model = model(errorPercent: 8)
        var failures = 0
        for _ in 0..<200 where await model.respond(to: ask).status == 500 { failures += 1 }
        #expect(failures == 16)
    }
}

struct `A circuit breaker` {
    private let now = ContinuousClock.now

    @Test func `opens after so many failures in a row, for so long`() {
        var breaker = CircuitBreaker(maximumFailures: 2, reset: .seconds(30))
        breaker.note(success: false, at: now)
        #expect(breaker.isOpen(at: now) == false)
        breaker.note(success: false, at: now)
        #expect(breaker.isOpen(at: now + .seconds(29)))
        #expect(breaker.isOpen(at: now + .seconds(30)) == false)
    }

    @Test func `opens again at the first failure after its time, and not after a success`() {
        var breaker = CircuitBreaker(maximumFailures: 2, reset: .seconds(30))
        for _ in 0..<2 { breaker.note(success: false, at: now) }
        let later = now + .seconds(31)
        breaker.note(success: false, at: later)
        #expect(breaker.isOpen(at: later))
        breaker.note(success: true, at: later + .seconds(31))
        breaker.note(success: false, at: later + .seconds(31))
        #expect(breaker.isOpen(at: later + .seconds(31)) == false)
    }
}

struct `A gateway that stands in` {
    /// A gateway whose upstreams answer 200, but for those that fail.
    private func gateway(
        _ policy: String, failing: Set<String> = [], more: [String: String] = [:]
    ) throws -> GatewayStandIn {
        var environment = [
            "GATEWAY_UPSTREAMS": "a=http://a;b=http://b", "GATEWAY_DEFAULT_UPSTREAM": "a",
            "GATEWAY_ROUTE_POLICIES": policy, "GATEWAY_CIRCUIT_BREAKER_MAX_FAILURES": "2",
        ]
        environment.merge(more) { $1 }
        return GatewayStandIn(
            try GatewayConfiguration(environment), isReady: { true },
            forward: { url, _, _ in
                let isFailing = failing.contains { url.hasPrefix("http://\($0)/") }
                return .init(status: isFailing ? 500 : 200, headers: ["X-Version": "v1"])
            })
    }

    private func ask(_ id: String, model: String = "m") -> Request {
        Request(
            method: "POST", target: "/v1/chat/completions", headers: ["X-Request-Id": id],
            body: Array("{\"model\": \"\(model)\"}".utf8))
    }

    @Test func `sends a share of the requests to the canary, each id always to the same side`()
        async throws
    {
        let gateway = try gateway(
            #"{"m": {"strategy": "canary", "primary": "a", "canary": "b", "percent": 30}}"#)
        var sides: [String: Int] = [:]
        for number in 0..<500 {
            let first = await gateway.respond(to: ask("id-\(number)"))
            let second = await gateway.respond(to: ask("id-\(number)"))
            #expect(first.headers["X-Upstream"] == second.headers["X-Upstream"])
            #expect(first.headers["X-Version"] == "v1")
            sides[first.headers["X-Upstream"] ?? "none", default: 0] += 1
        }
        // The ids are always the same ones: this is no matter of chance.
        #expect((120...180).contains(sides["b"] ?? 0), "\(sides)")
        #expect(sides["none"] == nil)
    }

    @Test func `refuses at once what its breaker keeps away, and counts it`() async throws {
        let gateway = try gateway(
            #"{"m": {"strategy": "direct", "target": "b"}}"#, failing: ["b"])
        var statuses: [Int] = []
        for number in 0..<3 { statuses.append(await gateway.respond(to: ask("\(number)")).status) }
        #expect(statuses == [500, 500, 503])
        let metrics = await gateway.respond(to: Request(method: "GET", target: "/metrics"))
        guard case .bytes(let bytes) = metrics.body else { return #expect(Bool(false)) }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("gateway_circuit_open_total{upstream=\"b\"} 1\n"))
        #expect(
            text.contains("gateway_upstream_requests_total{upstream=\"b\",status=\"error\"} 2\n"))
    }

    @Test func `tries another model where one fails`() async throws {
        let gateway = try gateway(
            #"{"m": {"strategy": "direct", "target": "b"}}"#, failing: ["b"],
            more: ["GATEWAY_FALLBACKS": "m=other"])
        let answer = await gateway.respond(to: ask("1"))
        #expect(answer.status == 200)
        #expect(answer.headers["X-Upstream"] == "a")
    }

    @Test(arguments: [
        ("GET", "/v1/chat/completions", "{}", 405), ("POST", "/v1/chat/completions", "no", 400),
        ("POST", "/v1/elsewhere", "{}", 404),
    ])
    func `says what it does not serve`(
        method: String, path: String, body: String, status: Int
    ) async throws {
        let request = Request(method: method, target: path, body: Array(body.utf8))
        #expect(try await gateway("{}").respond(to: request).status == status)
    }

    @Test func `does not start with settings that it does not understand`() {
        #expect(throws: (any Error).self) {
            try GatewayConfiguration(["GATEWAY_UPSTREAMS": "a=ftp://a"])
        }
        #expect(throws: (any Error).self) {
            try GatewayConfiguration([
                "GATEWAY_UPSTREAMS": "a=http://a", "GATEWAY_REQUEST_TIMEOUT_SECONDS": "soon",
            ])
        }
    }
}
