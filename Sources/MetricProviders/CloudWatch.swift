import Analysis
import Curl
import Documents

/// One GetMetricData request to CloudWatch, signed as the controller: a list of results, each with
/// its `Id`, `Label`, `Timestamps` and `Values`. Where none has a value the list is empty.
struct CloudWatch {
    private let spec: CloudWatchSpec
    private let url: String
    private let time: (from: Timestamp, to: Timestamp)
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ redactor: Redactor) throws(ProviderError) {
        spec = try checked(provider, CloudWatchSpec.init(reading:))
        url = awsAddress(of: "monitoring", in: try awsRegion(nil, edge))
        time = edge.last(spec.interval)
        call = ProviderCall("cloudwatch", edge, redactor, timeoutSeconds: 30)
    }

    func answer() async throws(ProviderError) -> Answer {
        let signing = (service: "monitoring", spec: SigV4Spec())
        return try await call.authorized(signedBy: signing) { call throws(ProviderError) in
            let json = try await call.json(request)
            guard let results = json["MetricDataResults"]?.array else {
                throw ProviderError("cloudwatch: the answer has no MetricDataResults")
            }
            let values = JSON.array(results.map { $0["Values"] ?? [] })
            let value = hasValue(values) ? MetricValue(.array(results)) : .list([])
            var answer = Answer(value: value, text: MetricValue(values).json(indent: nil))
            if let messages = json["Messages"]?.array, !messages.isEmpty {
                answer.metadata["messages"] = call.redactor.redact(
                    JSON.array(messages).text, upTo: longestMessages)
            }
            return answer
        }
    }

    private var request: CurlRequest {
        let body: JSON = [
            "StartTime": .int(time.from.seconds), "EndTime": .int(time.to.seconds),
            "MetricDataQueries": .array(spec.queries),
        ]
        return CurlRequest(
            url: url, method: "POST",
            headers: [
                Header("Content-Type", "application/x-amz-json-1.0"),
                Header("X-Amz-Target", "GraniteServiceVersion20100801.GetMetricData"),
            ], body: Array(body.text.utf8))
    }
}

/// What a measurement shows of messages.
private let longestMessages = 2_000
