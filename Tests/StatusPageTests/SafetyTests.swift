import Analysis
import Documents
import Foundation
import History
import Rollouts
import Serving
import StatusPage
import Testing

/// A text that is markup for whoever forgets to escape it.
private let markup = "<script>alert(\"&'1'\")</script>"

struct `A page of hostile texts` {
    @Test(arguments: ["/", "/rollouts/shop/x", "/rollouts/shop/search?history=all"])
    func `shows them as texts`(target: String) async throws {
        let page = try await answer(hostile(markup), target).text
        #expect(!page.contains("<script"))
        #expect(!page.contains("alert(\"&'"))
    }

    /// An accent on a quotation mark makes another character of the two in Swift, but not in a
    /// browser.
    @Test func `escapes marks that carry an accent`() async throws {
        let page = try await answer(hostile("\"\u{301} onmouseover=x <\u{200D}b>"), "/").text
        #expect(page.contains("&quot;\u{FFFD} onmouseover=x &lt;\u{FFFD}b&gt;"))
    }

    @Test func `shows where characters hide or turn the others around`() async throws {
        let page = try await answer(hostile("a\u{202E}b\u{0}c"), "/").text
        #expect(page.contains("a\u{FFFD}b\u{FFFD}c"))
    }

    @Test func `cuts a text that nobody reads to its end`() async throws {
        let page = try await answer(hostile(String(repeating: "x", count: 9_000)), "/").text
        #expect(page.contains("… (1000 characters more)"))
    }

    @Test func `answers strict JSON all the same`() async throws {
        let json = try JSON(parsing: try await answer(hostile(markup), "/api/rollouts").text)
        #expect(json["problems"]?[0]?.string == markup)
    }
}

/// Everything that is a text says `text`.
private func hostile(_ text: String) -> PageSource {
    var situation = Situation.aborted
    situation.name = text == markup ? "x" : "search"
    situation.status.message = text
    situation.reason = .aborted(text)
    situation.findings = [text]
    situation.replicaSets[0].failure = Failure(reason: text, message: text)
    situation.images = situation.images.mapValues { _ in [text] }
    situation.routers[0].reading = .unreadable(text)
    situation.note(.replicaFailure, .yes, text, text, secondsAgo: 1)
    var run = RunView.failed
    run.name = text
    run.status.message = text
    run.status.metricResults[0].metadata["ResolvedPrometheusQuery"] = text
    run.status.metricResults[0].measurements[0].value = text
    run.status.metricResults[0].measurements[0].message = text
    situation.runs = [run]
    var other = Situation.paused
    other.name = "search"
    other.status.message = text
    var record = Record.story[1]
    record.summary = text
    record.actor = text
    record.reason = text
    return .made(of: [situation.view, other.view], records: [record], problems: [text])
}

struct `A secret in use` {
    @Test(arguments: [
        "/", "/rollouts/shop/search", "/rollouts/shop/search?history=all", "/api/rollouts",
        "/api/rollouts/shop/search", "/rollouts/hunter2/hunter2", "/api/hunter2",
    ])
    func `is on no page and in no document`(target: String) async throws {
        var source = hostile("the token hunter2 was refused")
        source.redact = { $0.replacing("hunter2", with: "*****") }
        let response = try await answer(source, target)
        #expect(!response.text.contains("hunter2"))
        #expect(response.text.contains("*****"))
    }

    @Test func `is not shown with the provider that needs it`() async throws {
        var run = RunView.failed
        run.spec.metrics[0].provider = [
            "job": ["spec": ["env": [["name": "TOKEN", "value": "hunter2"]]]]
        ]
        var situation = Situation.aborted
        situation.runs = [run]
        let source = PageSource.made(of: [situation.view])
        for target in ["/rollouts/shop/search", "/api/rollouts/shop/search"] {
            #expect(!(try await answer(source, target).text.contains("hunter2")))
        }
    }
}
