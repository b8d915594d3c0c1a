import Analysis
import Curl
import Documents
import Extensions

/// Where measurements come from: asks a provider one question and returns what it answered. Knows
/// no threshold and gives no verdict.
package struct MetricSource: Sendable {
    /// - Throws: `ProviderError` where there is no answer, which makes the measurement an error
    ///   with its own budget. Its message may name what was asked; `Question.failed` redacts it.
    package var ask: @Sendable (Question) async throws(ProviderError) -> Answer
    /// The extensions that can be asked.
    package var plugins: Set<String> = []
    /// Who is asked where a metric of Prometheus names no address.
    package var defaultPrometheusAddress: String?

    package init(ask: @escaping @Sendable (Question) async throws(ProviderError) -> Answer) {
        self.ask = ask
    }
}

/// Why a provider gave no answer.
package struct ProviderError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    /// The measurement was called off; it says nothing about the provider.
    package let isCancelled: Bool

    package init(_ message: String, isCancelled: Bool = false) {
        self.message = message
        self.isCancelled = isCancelled
    }

    package var description: String { message }
}

/// What providers need of the world.
package struct ProviderEdge: Sendable {
    package var send: @Sendable (CurlRequest) async throws(CurlError) -> Response
    package var now: @Sendable () -> Timestamp
    /// The Prometheus for metrics that name none (`ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`).
    package var defaultPrometheusAddress: String?
    /// Variables that hold credentials of the controller for all metrics.
    package var environment: [String: String] = [:]
    /// The text of a file that the environment names; nil where it cannot be read.
    package var file: @Sendable (_ path: String) -> String? = { _ in nil }
    /// The extensions that measure, by name.
    package var plugins: [String: ExtensionAddress] = [:]

    package init(
        defaultPrometheusAddress: String? = nil,
        now: @escaping @Sendable () -> Timestamp,
        send: @escaping @Sendable (CurlRequest) async throws(CurlError) -> Response
    ) {
        self.send = send
        self.now = now
        self.defaultPrometheusAddress = defaultPrometheusAddress
    }
}

extension ProviderEdge {
    /// The last while up to now, as long as a Go duration says.
    func last(_ interval: String) -> (from: Timestamp, to: Timestamp) {
        let now = now()
        return (now.advanced(byMilliseconds: -(GoDuration.parse(interval) ?? 0)), now)
    }
}

extension MetricSource {
    /// Asks over HTTP, each kind of provider in its own way.
    package static func live(_ edge: ProviderEdge) -> MetricSource {
        var source = MetricSource { question throws(ProviderError) in
            let metric = question.reveal()
            guard let kind = ProviderKind(rawValue: metric.providerKind) else {
                throw ProviderError(
                    "the provider \(metric.providerKind) is not supported; "
                        + "use one of: \(ProviderKind.names)")
            }
            switch kind {
            case .prometheus:
                return try await Prometheus(metric.provider, edge, question.redactor).answer()
            case .web: return try await Web(metric.provider, edge, question.redactor).answer()
            case .datadog: return try await Datadog(metric.provider, edge, question).answer()
            case .newRelic: return try await NewRelic(metric.provider, edge, question).answer()
            case .influxdb: return try await InfluxDB(metric.provider, edge, question).answer()
            case .graphite:
                return try await Graphite(metric.provider, edge, question.redactor).answer()
            case .cloudWatch:
                return try await CloudWatch(metric.provider, edge, question.redactor).answer()
            case .skywalking:
                return try await SkyWalking(metric.provider, edge, question.redactor).answer()
            case .wavefront: return try await Wavefront(metric.provider, edge, question).answer()
            case .kayenta: return try await Kayenta(metric.provider, edge, question).answer()
            case .job: throw ProviderError("a Job answers no question: it is run")
            case .plugin: return try await PluginMetric(metric, edge, question).answer()
            }
        }
        source.plugins = Set(edge.plugins.keys)
        source.defaultPrometheusAddress = edge.defaultPrometheusAddress
        return source
    }
}

/// What the configuration says now that its placeholders are replaced.
func checked<Spec>(
    _ provider: JSON, _ read: (Reader) -> Spec
) throws(ProviderError) -> Spec {
    let findings = Reader.Findings(namesUnknownFields: false)
    let spec = read(Reader(provider, findings: findings))
    if let finding = findings.all.first { throw ProviderError("\(finding)") }
    return spec
}

/// Whether anything stands in the lists and objects: a condition over all of nothing is true.
func hasValue(_ json: JSON) -> Bool {
    switch json {
    case .null: false
    case .array(let values): values.contains(where: hasValue)
    case .object(let object): object.members.contains { hasValue($0.value) }
    case .bool, .int, .number, .string: true
    }
}
