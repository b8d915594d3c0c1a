import Analysis
import Curl
import Documents

/// One query to a Prometheus server (rollout semantics, section 5.10).
struct Prometheus {
    private let spec: PrometheusSpec
    private let address: String
    private let now: Timestamp
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(
        _ provider: JSON, _ edge: ProviderEdge, _ redactor: Redactor = .none
    ) throws(ProviderError) {
        spec = try checked(provider, PrometheusSpec.init(reading:))
        let wanted = spec.address.flatMap { $0.isEmpty ? nil : $0 } ?? edge.defaultPrometheusAddress
        guard let wanted, !wanted.isEmpty else {
            throw ProviderError(
                "prometheus address is not configured; set provider.prometheus.address, "
                    + "or ARGO_ROLLOUTS_PROMETHEUS_ADDRESS for the controller")
        }
        guard isURL(wanted), !wanted.contains("?"), !wanted.contains("#") else {
            throw ProviderError(
                "prometheus address is not is url format; write it as http://host:port")
        }
        address = withoutSlash(wanted)
        now = edge.now()
        call = ProviderCall(
            "prometheus", edge, redactor.knowing(credentials(of: address, spec.headers)),
            timeoutSeconds: spec.timeoutSeconds ?? 30, isInsecure: spec.isInsecure)
    }

    /// Asks by POST, and by GET where a server or proxy does not take that.
    func answer() async throws(ProviderError) -> Answer {
        let (path, form) = try parameters()
        return try await call.authorized(
            by: spec.oauth2, signedBy: signing
        ) { call throws(ProviderError) in
            try await answer(path, form, call)
        }
    }

    /// Only AWS' own Prometheus knows what to do with a signature.
    private var signing: (service: String, spec: SigV4Spec)? {
        address.contains("aps-workspaces") ? spec.sigv4.map { ("aps", $0) } : nil
    }

    private func answer(
        _ path: String, _ form: [(String, String)], _ call: ProviderCall
    ) async throws(ProviderError) -> Answer {
        let body = encodedForm(form)
        let url = "\(address)/api/v1/\(path)"
        var post = request(url, "POST")
        post.headers.append(Header("Content-Type", "application/x-www-form-urlencoded"))
        post.body = Array(body.utf8)
        var response = try await call.send(post)
        if response.head.status == 405 || response.head.status == 501 {
            response = try await call.send(request("\(url)?\(body)", "GET"))
        }
        do {
            return try prometheusAnswer(
                status: response.head.status, body: response.body, redactor: call.redactor)
        } catch {
            throw ProviderError(error.message + call.remedy(for: response, to: post))
        }
    }

    private func request(_ url: String, _ method: String) -> CurlRequest {
        CurlRequest(
            url: url, method: method, headers: spec.headers.map { Header($0.name, $0.value) })
    }

    private func parameters()
        throws(ProviderError) -> (path: String, form: [(String, String)])
    {
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
                ("start", try time("rangeQuery.start", range.start)),
                ("end", try time("rangeQuery.end", range.end)),
                ("step", seconds(step)),
            ]
        )
    }

    private func time(
        _ field: String, _ expression: String
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

/// Milliseconds as the seconds that Prometheus reads.
private func seconds(_ milliseconds: Int64) -> String {
    plainDecimal(Double(milliseconds) / 1000)
}
