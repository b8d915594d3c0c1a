import Analysis
import Curl
import Documents

/// One NRQL query through NerdGraph: an object for one result, a list of objects for more.
struct NewRelic {
    private let spec: NewRelicSpec
    private let url: String
    private let key: String
    private let account: Int
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ question: Question) throws(ProviderError) {
        spec = try checked(provider, NewRelicSpec.init(reading:))
        let secret = question.revealCredentials()
        func value(_ name: String, _ variable: String) -> String {
            secret[name] ?? secret["ARGO_ROLLOUTS_NEWRELIC_\(variable)"] ?? ""
        }
        key = value("personal-api-key", "APIKEY")
        let account = value("account-id", "ACCOUNT_ID")
        guard !key.isEmpty, !account.isEmpty else {
            throw ProviderError(
                "account ID or personal API key not found; keep personal-api-key and account-id "
                    + "in the Secret \(question.shown.credentials?.name ?? "newrelic")")
        }
        guard let number = Int(account) else {
            throw ProviderError("account-id is no number")
        }
        self.account = number
        url = try address(
            region: value("region", "REGION"),
            base: value("base-url-nerdgraph", "BASE_URL_NERD_GRAPH"))
        let seconds = spec.timeoutSeconds ?? 5
        // The query is given its time; the answer comes a little later.
        call = ProviderCall("new relic", edge, question.redactor, timeoutSeconds: seconds + 5)
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized { call throws(ProviderError) in
            let json = try await call.json(request)
            if let error = json["errors"]?[0] {
                throw ProviderError("new relic: \(error["message"]?.string ?? "an error")")
            }
            let nrql = json["data"]?["actor"]?["account"]?["nrql"]
            guard let results = nrql?["results"]?.array else {
                throw ProviderError("new relic: the answer has no results")
            }
            guard let first = results.first, first.object?.isEmpty != true else {
                return Answer(value: .null)
            }
            let value = MetricValue(results.count == 1 ? first : .array(results))
            return Answer(value: value, text: value.json(indent: nil))
        }
    }

    private var request: CurlRequest {
        var request = CurlRequest(url: url, method: "POST")
        request.headers = [Header("Content-Type", "application/json"), Header("API-Key", key)]
        let body: JSON = [
            "query": """
            query($id: Int!, $nrql: Nrql!, $seconds: Seconds) { actor { account(id: $id) \
            { nrql(query: $nrql, timeout: $seconds) { results } } } }
            """,
            "variables": [
                "id": .int(Int64(account)), "nrql": .string(spec.query),
                "seconds": .int(Int64(spec.timeoutSeconds ?? 5)),
            ],
        ]
        request.body = Array(body.text.utf8)
        return request
    }
}

private func address(region: String, base: String) throws(ProviderError) -> String {
    if !base.isEmpty { return base }
    switch region.lowercased() {
    case "", "us": return "https://api.newrelic.com/graphql"
    case "eu": return "https://api.eu.newrelic.com/graphql"
    default: throw ProviderError("the region of New Relic is us or eu")
    }
}
