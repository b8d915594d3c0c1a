import Analysis
import Curl
import Documents

/// One render request to Graphite: the values of the first series, in their order.
struct Graphite {
    private let url: String
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ redactor: Redactor) throws(ProviderError) {
        let spec = try checked(provider, GraphiteSpec.init(reading:))
        url = "\(withoutSlash(spec.address))/render?\(encodedForm(parameters(spec.query)))"
        call = ProviderCall(
            "graphite", edge, redactor.knowing(credentials(of: spec.address)), timeoutSeconds: 10)
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized { call throws(ProviderError) in
            let json = try await call.json(CurlRequest(url: url))
            guard let series = json.array else {
                throw ProviderError("graphite: expected a list of series, found \(json.kindName)")
            }
            var values: [Double] = []
            for point in try points(series.first) {
                guard let value = point[0], point.array?.count == 2 else {
                    throw ProviderError("graphite: expected [value, time], found \(point.kindName)")
                }
                if value.isNull { continue }
                guard let number = value.double ?? value.string.flatMap(Double.init) else {
                    throw ProviderError("graphite: a value is \(value.kindName), no number")
                }
                values.append(number)
            }
            return Answer(value: MetricValue(samples: values))
        }
    }

    private func points(_ series: JSON?) throws(ProviderError) -> [JSON] {
        guard let series else { return [] }
        guard let points = series["datapoints"]?.array else {
            throw ProviderError("graphite: the series has no datapoints")
        }
        return points
    }
}

/// The parameters of a query that people write over several lines.
private func parameters(_ query: String) -> [(String, String)] {
    let line = query.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let fields = line.split(separator: "&").map { field in
        let name = field.prefix { $0 != "=" }
        return (plain(name), plain(field.dropFirst(name.count + 1)))
    }
    return fields.filter { $0.0 != "format" } + [("format", "json")]
}

private func plain(_ text: Substring) -> String {
    percentDecoded(String(text).replacing("+", with: " "))
}
