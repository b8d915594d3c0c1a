import Analysis
import Curl
import Documents

/// One question to Datadog: the last point of the first series (v1), or what its formula gives
/// (v2), as a list where it is grouped. No data is null.
struct Datadog {
    private let spec: DatadogSpec
    private let keys: Keys
    private let time: (from: Timestamp, to: Timestamp)
    private let call: ProviderCall

    fileprivate struct Keys {
        var api: String
        var app: String
        var address: String

        var isComplete: Bool { !api.isEmpty && !app.isEmpty }
    }

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ question: Question) throws(ProviderError) {
        spec = try checked(provider, DatadogSpec.init(reading:))
        let secret = Keys(
            question.revealCredentials(), api: "api-key", app: "app-key", address: "address")
        let environment = Keys(
            edge.environment, api: "DD_API_KEY", app: "DD_APP_KEY", address: "DD_ADDRESS")
        // What the document names counts first, then what the controller was started with.
        let found = spec.namesSecret ? [secret, environment] : [environment, secret]
        guard let keys = found.first(where: \.isComplete) else {
            throw ProviderError(
                "API or App token not found; keep api-key and app-key in the Secret "
                    + "\(question.shown.credentials?.name ?? "datadog")")
        }
        self.keys = keys
        time = edge.last(spec.interval)
        let timeout = GoDuration.parse(spec.timeout) ?? 0
        call = ProviderCall(
            "datadog", edge, question.redactor.knowing([Secret(keys.api), Secret(keys.app)]),
            timeoutSeconds: Int(min(max(timeout / 1000, 1), Int64(longestTimeoutSeconds))))
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized { call throws(ProviderError) in
            switch spec.version {
            case .v1: try lastPoint(in: await call.json(seriesRequest))
            case .v2: try scalar(in: await call.json(scalarRequest))
            }
        }
    }

    private var headers: [Header] {
        [
            Header("Content-Type", "application/json"), Header("DD-API-KEY", keys.api),
            Header("DD-APPLICATION-KEY", keys.app),
        ]
    }

    private var seriesRequest: CurlRequest {
        let form = encodedForm([
            ("query", spec.queries.first?.text ?? ""), ("from", "\(time.from.seconds)"),
            ("to", "\(time.to.seconds)"),
        ])
        return CurlRequest(
            url: "\(withoutSlash(keys.address))/api/v1/query?\(form)", headers: headers)
    }

    private var scalarRequest: CurlRequest {
        let queries = spec.queries.map { query -> JSON in
            [
                "aggregator": .string(spec.aggregator), "data_source": "metrics",
                "name": .string(query.name), "query": .string(query.text),
            ]
        }
        var attributes: JSON = [
            "from": .int(time.from.milliseconds), "to": .int(time.to.milliseconds),
            "queries": .array(queries),
        ]
        if let formula = spec.formula { attributes["formulas"] = [["formula": .string(formula)]] }
        let body: JSON = ["data": ["type": "scalar_request", "attributes": attributes]]
        return CurlRequest(
            url: "\(withoutSlash(keys.address))/api/v2/query/scalar", method: "POST",
            headers: headers, body: Array(body.text.utf8))
    }
}

extension Datadog.Keys {
    fileprivate init(_ values: [String: String], api: String, app: String, address: String) {
        let named = values[address] ?? ""
        self.init(
            api: values[api] ?? "", app: values[app] ?? "",
            address: named.isEmpty ? "https://api.datadoghq.com" : named)
    }
}

private func lastPoint(in json: JSON) throws(ProviderError) -> Answer {
    guard let series = json["series"]?.array else { throw unexpected("series", json) }
    guard let points = series.first?["pointlist"]?.array, let last = points.last else {
        return Answer(value: .null, text: "[]")
    }
    guard let value = last[1] else { throw unexpected("points of two numbers", json) }
    return Answer(value: try number(value))
}

private func scalar(in json: JSON) throws(ProviderError) -> Answer {
    guard let columns = json["data"]?["attributes"]?["columns"]?.array else {
        throw unexpected("columns", json)
    }
    let values = columns.first { $0["type"] == "number" }?["values"]?.array ?? []
    if columns.contains(where: { $0["type"] == "group" }) {
        var list: [MetricValue] = []
        for value in values { list.append(try number(value)) }
        return Answer(value: .list(list))
    }
    guard let first = values.first else { return Answer(value: .null, text: "[]") }
    return Answer(value: try number(first))
}

private func number(_ json: JSON) throws(ProviderError) -> MetricValue {
    if json.isNull { return .null }
    guard let number = json.double else {
        throw ProviderError("datadog: a value is \(json.kindName), no number")
    }
    return .float(number)
}

private func unexpected(_ wanted: String, _ json: JSON) -> ProviderError {
    let error = json["errors"]?[0]?.string ?? json["errors"]?.string ?? json["error"]?.string
    return ProviderError("datadog: \(error ?? "the answer has no \(wanted)")")
}
