import Documents
import Foundation
import History
import Rollouts
import Serving
import StatusPage
import Testing

struct `An answer` {
    private let source = PageSource.made(
        of: [Situation.paused.view, Situation.healthy.view], records: Record.story)

    @Test(arguments: [
        ("/", 200, "text/html; charset=utf-8"),
        ("/rollouts/shop/checkout", 200, "text/html; charset=utf-8"),
        ("/rollouts/shop/checkout/", 200, "text/html; charset=utf-8"),
        ("/rollouts/shop/none", 404, "text/html; charset=utf-8"),
        ("/rollouts/shop", 404, "text/html; charset=utf-8"),
        ("/style.css", 200, "text/css; charset=utf-8"),
        ("/healthz", 200, "text/plain; charset=utf-8"),
        ("/api/rollouts", 200, "application/json"),
        ("/api/rollouts/shop", 200, "application/json"),
        ("/api/rollouts/shop/checkout", 200, "application/json"),
        ("/api/rollouts/shop/none", 404, "application/json"),
        ("/api", 404, "application/json"),
        ("/favicon.ico", 404, "text/html; charset=utf-8"),
    ])
    func `has the status and type of its path`(target: String, status: Int, type: String)
        async throws
    {
        let response = try await answer(source, target)
        #expect(response.status == status)
        #expect(response.headers["Content-Type"] == type)
    }

    @Test(arguments: ["/", "/style.css", "/api/rollouts", "/none"])
    func `lets the browser load our stylesheet and nothing else`(target: String) async throws {
        let response = try await answer(source, target)
        #expect(
            response.headers["Content-Security-Policy"]?
                .hasPrefix("default-src 'none'; style-src 'self'; ") == true)
        #expect(
            response.headers["Content-Security-Policy"]?.contains("frame-ancestors 'none'") == true)
        #expect(response.headers["X-Content-Type-Options"] == "nosniff")
        #expect(response.headers["Cross-Origin-Resource-Policy"] == "same-origin")
    }

    @Test(arguments: ["/", "/rollouts/shop/checkout", "/api/rollouts", "/healthz", "/none"])
    func `is kept by no browser`(target: String) async throws {
        #expect(try await answer(source, target).headers["Cache-Control"] == "no-store")
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    func `to a request that would write is no`(method: String) async throws {
        let response = try await answer(source, "/rollouts/shop/checkout", method: method)
        #expect(response.status == 405)
        #expect(response.headers["Allow"] == "GET, HEAD")
    }

    @Test func `about a promotion in full calls no step done that was skipped`() {
        var situation = Situation.judged
        situation.status.currentStepIndex = situation.steps.count
        #expect(situation.view.standing == "all 6 done")
        situation.status.promoteFull = true
        #expect(situation.view.standing == "skipping all 6")
    }

    @Test func `to HEAD has no body`() async throws {
        let response = try await answer(source, "/", method: "HEAD")
        #expect(response.status == 200)
        #expect(response.text.isEmpty)
    }

    @Test func `leaves a stylesheet that is known where it is`() async throws {
        let tag = try #require(try await answer(source, "/style.css").headers["ETag"])
        let again = try await answer(source, "/style.css", headers: ["If-None-Match": tag])
        #expect(again.status == 304)
        #expect(again.text.isEmpty)
    }
}

struct `A page that comes again` {
    private let source = PageSource.made(of: [Situation.paused.view, Situation.healthy.view])

    @Test(arguments: [
        ("/", "content=\"5\""), ("/?refresh=30", "content=\"30\""),
        ("/?refresh=0", "content=\"1\""),
        ("/?refresh=<b>", "content=\"5\""),
    ])
    func `does so in the seconds that were asked for`(target: String, attribute: String)
        async throws
    {
        let page = try await answer(source, target).text
        #expect(page.contains("http-equiv=\"refresh\" \(attribute)"))
    }

    @Test func `holds still on request, and so do the pages behind it`() async throws {
        let page = try await answer(source, "/?refresh=off").text
        #expect(!page.contains("http-equiv"))
        #expect(page.contains("href=\"/rollouts/shop/checkout?refresh=off\""))
    }

    @Test func `keeps to the phase that was chosen`() async throws {
        let page = try await answer(source, "/?phase=Paused").text
        #expect(page.contains("/rollouts/shop/checkout"))
        #expect(!page.contains("/rollouts/default/model-api"))
    }
}

struct `The history on a page` {
    private let source = PageSource.made(of: [Situation.aborted.view], records: Record.story)

    @Test func `leaves measurements out until they are asked for`() async throws {
        let brief = try await answer(source, "/rollouts/shop/search").text
        let whole = try await answer(source, "/rollouts/shop/search?history=all").text
        #expect(!brief.contains("error-rate [0.0918]: Failed"))
        #expect(whole.contains("error-rate [0.0918]: Failed"))
    }

    @Test func `says that an actor is a claim`() async throws {
        #expect(
            try await answer(source, "/rollouts/shop/search").text
                .contains("ann <small>as claimed</small>"))
    }
}

struct `The document of a rollout` {
    @Test func `says what the page says`() async throws {
        let source = PageSource.made(of: [Situation.aborted.view], records: Record.story)
        let text = try await answer(source, "/api/rollouts/shop/search").text
        let json = try JSON(parsing: text)
        #expect(json["phase"] == "Degraded")
        #expect(
            json["reason"]
                == "Metric \"error-rate\" assessed Failed due to failed (1) > failureLimit (0)")
        #expect(json["steps"]?[1] == ["step": "analysis", "state": "failed"])
        #expect(json["canaryWeight"] == ["asked": 0, "carried": 0, "total": 100])
        #expect(json["replicaSets"]?[0]?["role"] == "canary")
        #expect(json["replicaSets"]?[0]?["scaleDownAt"] == "2026-03-14T09:30:18Z")
        let metric = json["analysisRuns"]?[0]?["metrics"]?[0]
        #expect(metric?["query"]?.string?.contains("[1m]") == true)
        #expect(
            metric?["limits"]?[0] == ["of": "failed", "count": 1, "limit": 0, "exceeded": true])
        #expect(metric?["measurements"]?[2]?["value"] == "[0.0918]")
        #expect(json["history"]?.array?.count == Record.story.count)
    }

    @Test func `never takes what it cannot read for zero`() async throws {
        var situation = Situation.paused
        situation.routers[0].reading = .unreadable("the Ingress is gone")
        let source = PageSource.made(of: [situation.view])
        let json = try JSON(parsing: try await answer(source, "/api/rollouts/shop/checkout").text)
        #expect(json["canaryWeight"]?["carried"] == 30)
        #expect(json["routers"]?[0]?["unreadable"] == "the Ingress is gone")
    }
}
