import Analysis
import Curl
import Documents

/// One GraphQL query to SkyWalking: what it selects, or null where nothing is in that.
struct SkyWalking {
    private let spec: SkyWalkingSpec
    private let time: (from: Timestamp, to: Timestamp)
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ redactor: Redactor) throws(ProviderError) {
        spec = try checked(provider, SkyWalkingSpec.init(reading:))
        time = edge.last(spec.interval)
        call = ProviderCall(
            "skywalking", edge, redactor.knowing(credentials(of: spec.address)), timeoutSeconds: 30)
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized { call throws(ProviderError) in
            let json = try await call.json(request)
            if let error = json["errors"]?[0] {
                throw ProviderError("skywalking: \(error["message"]?.string ?? "an error")")
            }
            guard let data = json["data"] else {
                throw ProviderError("skywalking: the answer has no data")
            }
            guard hasValue(data) else { return Answer(value: .null) }
            let value = MetricValue(data)
            return Answer(value: value, text: value.json(indent: nil))
        }
    }

    private var request: CurlRequest {
        let body: JSON = [
            "query": .string(spec.query),
            "variables": [
                "duration": [
                    "start": .string(minute(time.from)), "end": .string(minute(time.to)),
                    "step": "MINUTE",
                ]
            ],
        ]
        return CurlRequest(
            url: "\(withoutSlash(spec.address))/graphql", method: "POST",
            headers: [Header("Content-Type", "application/json")], body: Array(body.text.utf8))
    }
}

/// `2026-01-02 0304`, in UTC.
private func minute(_ time: Timestamp) -> String {
    let text = Timestamp(seconds: time.seconds).rfc3339
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5).filter { $0 != ":" })"
}
