import Serving

/// A Prometheus that answers one thing for every query about an application, good until it is told
/// otherwise, and remembers when it first gave a bad answer.
actor BenchPrometheus {
    private var bad: Set<String> = []
    private(set) var firstBadAnswers: [String: ContinuousClock.Instant] = [:]
    private(set) var answers = 0

    /// From now on the error rate of these applications is too high.
    func turnBad(_ applications: some Sequence<String>) { bad.formUnion(applications) }

    func respond(to request: Request) -> Serving.Response {
        let query = Query(parsing: String(decoding: request.body, as: UTF8.self))["query"] ?? ""
        let label = query.firstRange(of: "app=\"")
        let application = label.map { String(query[$0.upperBound...].prefix { $0 != "\"" }) } ?? ""
        let isBad = bad.contains(application)
        answers += 1
        if isBad && firstBadAnswers[application] == nil { firstBadAnswers[application] = .now }
        let value = isBad ? "0.09" : "0.001"
        return .json(
            """
            {"status":"success","data":{"resultType":"vector","result":[{"metric":{},\
            "value":[1767225600,"\(value)"]}]}}
            """)
    }
}
