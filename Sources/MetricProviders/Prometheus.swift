import Analysis
import Curl
import Documents

/// One query to a Prometheus server (rollout semantics, section 5.10).
struct Prometheus {
    private let spec: PrometheusSpec
    private let address: String
    private let edge: ProviderEdge
    private let redactor: Redactor

    /// Answers longer than this are no metric but a table; a hundred thousand samples fit.
    private static let maximumBodyBytes = 8 << 20

    /// Checks the configuration; nothing is sent yet.
    init(
        _ provider: JSON, _ edge: ProviderEdge, _ redactor: Redactor = .none
    ) throws(ProviderError) {
        let findings = Reader.Findings()
        spec = PrometheusSpec(reading: Reader(provider, findings: findings))
        if let finding = findings.all.first { throw ProviderError("\(finding)") }
        let wanted = spec.address.flatMap { $0.isEmpty ? nil : $0 } ?? edge.defaultPrometheusAddress
        guard let wanted, !wanted.isEmpty else {
            throw ProviderError(
                "prometheus address is not configured; set provider.prometheus.address, "
                    + "or ARGO_ROLLOUTS_PROMETHEUS_ADDRESS for the controller")
        }
        guard isAddress(wanted) else {
            throw ProviderError(
                "prometheus address is not is url format; write it as http://host:port")
        }
        var address = wanted
        while address.hasSuffix("/") { address.removeLast() }
        self.address = address
        self.edge = edge
        self.redactor = redactor.knowing(credentials(of: address, spec.headers))
    }

    /// Asks by POST, and by GET where a server or proxy does not take that. What comes back may
    /// repeat what was sent; credentials are taken out here, since only here all are known.
    func answer() async throws(ProviderError) -> Answer {
        do {
            return try await answered()
        } catch {
            throw ProviderError(redactor.redact(error.message), isCancelled: error.isCancelled)
        }
    }

    private func answered() async throws(ProviderError) -> Answer {
        let (path, form) = try parameters(now: edge.now())
        let body = form.map { "\($0.0)=\(percentEncoded($0.1))" }.joined(separator: "&")
        let url = "\(address)/api/v1/\(path)"
        var post = request(url, "POST")
        post.headers.append(Header("Content-Type", "application/x-www-form-urlencoded"))
        post.body = Array(body.utf8)
        var response = try await send(post)
        if response.head.status == 405 || response.head.status == 501 {
            response = try await send(request("\(url)?\(body)", "GET"))
        }
        return try prometheusAnswer(
            status: response.head.status, body: response.body, redactor: redactor)
    }

    private func request(_ url: String, _ method: String) -> CurlRequest {
        var request = CurlRequest(
            url: url, method: method, headers: spec.headers.map { Header($0.name, $0.value) })
        let seconds = spec.timeoutSeconds.flatMap { $0 > 0 ? $0 : nil } ?? 30
        request.timeoutMilliseconds = seconds * 1000
        request.verifiesPeer = !spec.isInsecure
        request.maximumBodyBytes = Self.maximumBodyBytes
        return request
    }

    private func send(_ request: CurlRequest) async throws(ProviderError) -> Response {
        do {
            return try await edge.send(request)
        } catch {
            throw ProviderError(
                "prometheus gave no answer: \(error)", isCancelled: error.isCancelled)
        }
    }

    private func parameters(
        now: Timestamp
    ) throws(ProviderError) -> (path: String, form: [(String, String)]) {
        guard let range = spec.range else {
            return ("query", [("query", spec.query), ("time", seconds(now.milliseconds))])
        }
        guard let step = GoDuration.parse(range.step), step > 0 else {
            throw ProviderError("rangeQuery.step: invalid duration \"\(range.step)\"; write 1m")
        }
        return (
            "query_range",
            [
                ("query", spec.query),
                ("start", try time("rangeQuery.start", range.start, now: now)),
                ("end", try time("rangeQuery.end", range.end, now: now)),
                ("step", seconds(step)),
            ]
        )
    }

    private func time(
        _ field: String, _ expression: String, now: Timestamp
    ) throws(ProviderError) -> String {
        let value: MetricValue
        do {
            value = try Condition(parsing: expression).value(result: .null, now: now)
        } catch {
            throw ProviderError("\(field): \(error)")
        }
        guard case .time(let time) = value else {
            throw ProviderError(
                "\(field): expected time, but got \(value.typeName); write now() - duration(\"1h\")"
            )
        }
        return seconds(time.milliseconds)
    }
}

/// What lets us in and stands in the configuration as plain text: the login of an address, and the
/// fields that are there for credentials.
private func credentials(
    of address: String, _ headers: [(name: String, value: String)]
) -> [Secret] {
    let fields = headers.filter { namesSecret($0.name) }.map(\.value)
    let afterScheme = address.firstRange(of: "://").map { address[$0.upperBound...] } ?? ""
    let authority = afterScheme.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return fields.map(Secret.init) }
    let login = authority[..<at]
    let password = login.firstIndex(of: ":").map { login[login.index(after: $0)...] } ?? login
    return (fields + [percentDecoded(String(login)), percentDecoded(String(password))])
        .map(Secret.init)
}

/// Milliseconds as the seconds that Prometheus reads.
private func seconds(_ milliseconds: Int64) -> String {
    plainDecimal(Double(milliseconds) / 1000)
}

/// `http://host…` or `https://host…`, with a port that is one.
private func isAddress(_ text: String) -> Bool {
    guard let separator = text.firstRange(of: "://"),
        ["http", "https"].contains(text[..<separator.lowerBound].lowercased())
    else { return false }
    let authority = text[separator.upperBound...].prefix { !"/?#".contains($0) }
    let hostAndPort = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    let host =
        hostAndPort.hasPrefix("[")
        ? hostAndPort.prefix { $0 != "]" }.dropFirst() : hostAndPort.prefix { $0 != ":" }
    let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F }
    return !host.isEmpty && isPlain && !text.contains("?") && !text.contains("#")
}
