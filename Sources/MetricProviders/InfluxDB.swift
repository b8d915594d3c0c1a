import Analysis
import Curl
import Documents

/// One Flux query to InfluxDB: what stands in the column `_value`, in the order of the answer.
struct InfluxDB {
    private let url: String
    private let token: String
    private let query: String
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ question: Question) throws(ProviderError) {
        query = try checked(provider, InfluxDBSpec.init(reading:)).query
        let secret = question.revealCredentials()
        token = secret["authToken"] ?? ""
        let address = secret["address"] ?? ""
        let org = secret["org"] ?? ""
        guard !token.isEmpty, !address.isEmpty, !org.isEmpty else {
            throw ProviderError(
                "authToken, org, or address not found; keep them in the Secret "
                    + "\(question.shown.credentials?.name ?? "influxdb")")
        }
        url = "\(withoutSlash(address))/api/v2/query?org=\(percentEncoded(org))"
        call = ProviderCall(
            "influxdb", edge, question.redactor.knowing(credentials(of: address)),
            timeoutSeconds: 30)
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized { call throws(ProviderError) in
            let response = try await call.success(request)
            let values = try fluxValues(response.text)
            return Answer(value: .list(values))
        }
    }

    private var request: CurlRequest {
        var request = CurlRequest(url: url, method: "POST")
        request.headers = [
            Header("Authorization", "Token \(token)"), Header("Content-Type", "application/json"),
            Header("Accept", "application/csv"),
        ]
        let body: JSON = [
            "query": .string(query), "type": "flux",
            "dialect": [
                "annotations": ["datatype", "group", "default"], "delimiter": ",", "header": true,
            ],
        ]
        request.body = Array(body.text.utf8)
        return request
    }
}
