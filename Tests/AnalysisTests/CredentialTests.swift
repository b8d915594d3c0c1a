import Documents
import Testing

@testable import Analysis

struct `The credentials of a provider` {
    func reference(_ kind: String, _ provider: JSON) throws -> CredentialReference? {
        let spec = MetricSpec(name: "m", provider: .object(JSONObject([(kind, provider)])))
        return try Metric(validating: spec).credentials
    }

    @Test(
        arguments: [
            ("web", [:], nil), ("prometheus", [:], nil), ("kayenta", [:], nil),
            ("datadog", [:], CredentialReference(name: "datadog", owner: .controller)),
            (
                "datadog", ["secretRef": ["name": "mine", "namespaced": true]],
                CredentialReference(name: "mine", owner: .run)
            ),
            (
                "datadog", ["secretRef": ["name": "ours"]],
                CredentialReference(name: "ours", owner: .controller)
            ),
            ("newRelic", [:], CredentialReference(name: "newrelic", owner: .controller)),
            (
                "influxdb", ["profile": "x"],
                CredentialReference(name: "x", owner: .controller)
            ),
        ] as [(String, JSON, CredentialReference?)])
    func `stand where its document says`(
        _ kind: String, _ provider: JSON, _ wanted: CredentialReference?
    ) throws {
        #expect(try reference(kind, provider) == wanted)
    }

    @Test func `are in nothing that is said`() throws {
        let run = RunSpec(metrics: [metric()])
        let question = try Question(metric: "m", of: run)
            .with(credentials: ["api-key": "the-key", "region": "us"])
        var dumped = ""
        dump(question, to: &dumped)
        #expect(!"\(question) \(dumped)".contains("the-key"))
        let failed = question.failed("us: no the-key", startedAt: start, finishedAt: start)
        #expect(failed.measurement.message == "us: no *****")
        #expect(question.revealCredentials()["api-key"] == "the-key")
    }
}
