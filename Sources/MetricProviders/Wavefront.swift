import Analysis
import Curl
import Documents

/// One chart query to Wavefront: the last point of the series, or of each where there are several.
struct Wavefront {
    private let url: String
    private let token: String
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ question: Question) throws(ProviderError) {
        let spec = try checked(provider, WavefrontSpec.init(reading:))
        token = question.revealCredentials()[spec.address] ?? ""
        guard !token.isEmpty else {
            throw ProviderError(
                "API token not found; keep one under \(spec.address) in the Secret "
                    + (question.shown.credentials?.name ?? ""))
        }
        let now = edge.now()
        let form = encodedForm([
            ("q", spec.query), ("s", "\(now.advanced(bySeconds: -lookBackSeconds).seconds)"),
            ("e", "\(now.seconds)"), ("g", "s"), ("i", "false"),
        ])
        url = "https://\(spec.address)/api/v2/chart/api?\(form)"
        call = ProviderCall(
            "wavefront", edge, question.redactor.knowing([Secret(token)]), timeoutSeconds: 10)
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized { call throws(ProviderError) in
            let json = try await call.json(
                CurlRequest(url: url, headers: [Header("Authorization", "Bearer \(token)")]))
            if let error = json["errorMessage"]?.string {
                throw ProviderError("wavefront: \(error)")
            }
            var values: [Double] = []
            for series in json["timeseries"]?.array ?? [] {
                guard let point = series["data"]?.array?.last else { continue }
                guard let value = point[1]?.double else {
                    throw ProviderError("wavefront: expected [time, value] with a number")
                }
                values.append(value)
            }
            switch values.count {
            case 0: return Answer(value: .null, text: "[]")
            case 1: return Answer(value: .float(values[0]))
            default: return Answer(value: MetricValue(samples: values))
            }
        }
    }
}

/// An hour: what its own clients look at. Series that report seldom still have a point in it.
private let lookBackSeconds = 3_600
