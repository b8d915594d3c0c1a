import Analysis
import Curl
import Documents
import Testing

@testable import MetricProviders

struct `A metric of Kayenta` {
    private static let place: JSON = [
        "scope": "shop", "region": "eu", "step": 60, "start": "2026-01-02T02:00:00Z",
        "end": "{{args.token}}",
    ]

    private let provider: JSON = [
        "address": "http://kayenta:8090/", "application": "shop app",
        "canaryConfigName": "latency", "metricsAccountName": "m", "configurationAccountName": "c",
        "storageAccountName": "s", "threshold": ["pass": 90, "marginal": 60],
        "scopes": [["name": "default", "controlScope": place, "experimentScope": place]],
    ]
    private let configurations =
        "[{\"id\":\"1\",\"name\":\"x\"},{\"id\":\"7\",\"name\":\"latency\"}]"

    private func judgement(_ score: String) -> String {
        "{\"complete\":true,\"status\":\"succeeded\","
            + "\"result\":{\"judgeResult\":{\"score\":{\"score\":\(score)}}}}"
    }

    private func begun() throws -> Question {
        var question = try question(provider, kind: "kayenta")
        question.begun = ["canaryExecutionId": "01/A"]
        return question
    }

    /// Holds: 5.13 kayenta.
    @Test func `is begun with the configuration that it names`() async throws {
        let server = Recorded((200, configurations), (200, "{\"canaryExecutionId\":\"01\"}"))
        let question = try question(provider, kind: "kayenta")
        let answer = try await ask(server, question)
        let requests = await server.requests
        #expect(
            requests.map(\.url) == [
                "http://kayenta:8090/canaryConfig?application=shop%20app"
                    + "&configurationAccountName=c",
                "http://kayenta:8090/canary/7?application=shop%20app&metricsAccountName=m"
                    + "&configurationAccountName=c&storageAccountName=s",
            ])
        var place = Self.place
        place["end"] = "s3cr3t"
        #expect(
            try body(requests.last) == [
                "scopes": ["default": ["controlScope": place, "experimentScope": place]],
                "thresholds": ["pass": 90, "marginal": 60],
            ])
        let taken = question.concluded(with: answer, startedAt: now, finishedAt: now).measurement
        #expect(
            taken
                == Measurement(
                    phase: .running, startedAt: now, resumeAt: now.advanced(bySeconds: 15),
                    metadata: ["canaryExecutionId": "01"]))
    }

    @Test func `is asked for until it is complete`() async throws {
        let server = Recorded((200, "{\"complete\":false}"))
        let answer = try await ask(server, try begun())
        #expect(answer.meaning == .begun(askAgainSeconds: 15))
        #expect(await server.requests.map(\.url) == ["http://kayenta:8090/canary/01%2FA"])
    }

    @Test(arguments: [("terminal", "95"), ("canceled", "95"), ("succeeded", "1e9")])
    func `counts only where it succeeded`(_ status: String, _ score: String) async throws {
        let text = judgement(score).replacing("succeeded", with: status)
        let question = try begun()
        let error = await #expect(throws: ProviderError.self) {
            try await ask(Recorded((200, text)), question)
        }
        #expect(error?.message.contains("ended \(status), without a score") == true)
    }

    /// Its own thresholds count, and not the conditions of the metric.
    @Test(
        arguments: [
            ("90", "90", .successful), ("89.9", "89", .inconclusive), ("60.0", "60", .inconclusive),
            ("59.99", "59", .failed), ("0", "0", .failed), ("100", "100", .successful),
        ] as [(String, String, RunPhase)])
    func `is judged by its score`(
        _ score: String, _ value: String, _ phase: RunPhase
    ) async throws {
        let question = try begun()
        let answer = try await ask(Recorded((200, judgement(score))), question)
        let taken = question.concluded(with: answer, startedAt: now, finishedAt: now).measurement
        #expect(
            taken
                == Measurement(
                    phase: phase, value: value, startedAt: now, finishedAt: now,
                    metadata: ["canaryExecutionId": "01/A"]))
    }

    @Test(arguments: [
        (200, "{}", "does not say whether it is complete"),
        (200, "{\"complete\":true,\"status\":\"terminal\"}", "ended terminal, without a score"),
        (404, "no s3cr3t", "received non 2xx response code: 404: \"no *****\""),
    ])
    func `without a score is an error`(
        _ status: Int, _ text: String, _ message: String
    ) async throws {
        let question = try begun()
        let error = await #expect(throws: ProviderError.self) {
            try await ask(Recorded((status, text)), question)
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        let taken = question.failed(error?.message ?? "", startedAt: now, finishedAt: now)
        #expect(taken.measurement.metadata == ["canaryExecutionId": "01/A"])
    }

    @Test(arguments: [
        ([(200, "[]")], "no canary configuration of shop app is called latency"),
        ([(500, "")], "received non 2xx response code: 500"),
        ([(200, "[{\"id\":\"latency\"}]"), (200, "{}")], "has no canaryExecutionId"),
    ])
    func `that cannot be begun is an error`(
        _ answers: [(Int, String)], _ message: String
    ) async throws {
        let server = Recorded(answers)
        let error = await #expect(throws: ProviderError.self) {
            try await ask(server, question(provider, kind: "kayenta"))
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(
        arguments: [
            ("address", "kayenta", "address: is no URL"),
            ("threshold", ["pass": 101, "marginal": 1], "threshold.pass: 101 is out of range"),
            ("threshold", ["pass": 1], "threshold.marginal: is missing"),
            ("scopes", [], "scopes: needs a scope"),
            ("scopes", [["name": "a"]], "scopes[0].controlScope.step: is missing"),
        ] as [(String, JSON, String)])
    func `is refused before anything is sent`(
        _ field: String, _ value: JSON, _ message: String
    ) async throws {
        let server = Recorded()
        var provider = provider
        provider[field] = value
        let question = try question(provider, kind: "kayenta")
        let error = await #expect(throws: ProviderError.self) { try await ask(server, question) }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.isEmpty)
    }
}
