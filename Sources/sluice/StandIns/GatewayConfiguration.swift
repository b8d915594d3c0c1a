import Traffic

/// What the stand-in gateway reads from its environment when it starts (traffic-routers §8.2). Like
/// the gateways of the field it reads it once, and does not start with anything it does not
/// understand.
struct GatewayConfiguration: Sendable {
    let upstreams: GatewayUpstreams
    private let environment: [String: String]
    let policies: RoutePolicies
    let defaultUpstream: String?
    /// By model: the models to try instead, in order.
    let fallbacks: [String: [String]]
    /// Failures in a row after which an upstream is left alone, and for how long.
    let maximumFailures: Int
    let resetSeconds: Int
    let timeoutSeconds: Int

    init(_ environment: [String: String]) throws(RouterError) {
        self.environment = environment.filter { $0.key.hasSuffix("_SERVICE_HOST") }
        func text(_ name: String) -> String { environment["GATEWAY_\(name)"] ?? "" }
        func number(_ name: String, _ standard: Int) throws(RouterError) -> Int {
            if text(name).isEmpty { return standard }
            guard let number = Int(text(name)), (1...86_400).contains(number) else {
                throw RouterError("GATEWAY_\(name) is no whole number from 1 to 86400")
            }
            return number
        }
        upstreams = try Self.named("GATEWAY_UPSTREAMS") { () throws(RouterError) in
            try GatewayUpstreams(parsing: text("UPSTREAMS"))
        }
        policies = try Self.named("GATEWAY_ROUTE_POLICIES") { () throws(RouterError) in
            try RoutePolicies(parsing: text("ROUTE_POLICIES"))
        }
        for upstream in upstreams.entries
        where !["http://", "https://", "mock://"].contains(where: upstream.url.hasPrefix) {
            throw RouterError("GATEWAY_UPSTREAMS: \(upstream.url) is neither http, https nor mock")
        }
        defaultUpstream = text("DEFAULT_UPSTREAM").isEmpty ? nil : text("DEFAULT_UPSTREAM")
        fallbacks = try Self.fallbacks(text("FALLBACKS"))
        maximumFailures = try number("CIRCUIT_BREAKER_MAX_FAILURES", 5)
        resetSeconds = try number("CIRCUIT_BREAKER_RESET_SECONDS", 30)
        timeoutSeconds = try number("REQUEST_TIMEOUT_SECONDS", 10)
    }

    /// The upstream for a request; nil where nothing serves the model. A policy whose choice is no
    /// known upstream is passed over silently, as the gateways of the field do.
    func upstream(model: String, requestID: String) -> String? {
        let candidates = [
            policies[model]?.policy.choose(requestID: requestID), model, defaultUpstream,
        ]
        return candidates.compactMap(\.self).first { upstreams[$0] != nil }
    }

    /// Where an upstream is.
    func address(of upstream: String) -> String? {
        upstreams[upstream].map { resolvingService($0, in: environment) }
    }

    private static func named<Value>(
        _ name: String, _ parse: () throws(RouterError) -> Value
    ) throws(RouterError) -> Value {
        do throws(RouterError) {
            return try parse()
        } catch {
            throw RouterError("\(name) \(error)")
        }
    }

    /// `model=other,another;model2=…`
    private static func fallbacks(_ text: String) throws(RouterError) -> [String: [String]] {
        var result: [String: [String]] = [:]
        for part in text.split(separator: ";") where !part.allSatisfy(\.isWhitespace) {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else {
                throw RouterError("GATEWAY_FALLBACKS has the malformed entry \"\(part)\"")
            }
            result[bare(sides[0])] = sides[1].split(separator: ",").map(bare)
        }
        return result
    }

    private static func bare(_ text: Substring) -> String {
        String(text.filter { !$0.isWhitespace })
    }
}
