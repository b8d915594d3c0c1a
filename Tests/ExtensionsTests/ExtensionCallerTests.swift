import Curl
import Documents
import Testing

@testable import Extensions

struct `An extension` {
    private func ask(
        _ status: Int, _ body: String, of name: String = "acme/check"
    ) async throws -> JSON {
        let address = try ExtensionAddress("unix:/run/check.sock")
        let caller = ExtensionCaller(["acme/check": address]) { request throws(CurlError) in
            guard request.timeoutMilliseconds == 10_000, request.maximumBodyBytes == 65_536,
                !request.followsRedirects
            else { throw CurlError(code: 1, host: "", message: "a request without limits") }
            return Response(head: ResponseHead(status: status), body: Array(body.utf8))
        }
        return try await caller.ask(name, ["kind": "step"])
    }

    @Test func `is asked by its name, within limits`() async throws {
        #expect(try await ask(200, #"{"phase":"Running"}"#) == ["phase": "Running"])
    }

    @Test(arguments: [
        (500, "", "received status 500"), (302, "", "received status 302"),
        (204, "", "received status 204"), (200, "fine", "answered no JSON"),
        (200, "[1]", "the answer is no object"),
    ])
    func `gives no answer where it gives none that could be one`(
        _ status: Int, _ body: String, _ why: String
    ) async {
        let error = await #expect(throws: ExtensionError.self) { try await ask(status, body) }
        #expect(error?.description.hasPrefix(why) == true)
    }

    @Test func `is not asked by a process that does not lead`() async throws {
        let address = try ExtensionAddress("unix:/run/check.sock")
        var caller = ExtensionCaller(["a": address]) { _ throws(CurlError) in
            Issue.record("it was asked")
            return Response(head: ResponseHead(status: 200), body: Array("{}".utf8))
        }
        caller.remaining = { .zero }
        let asked = caller
        let error = await #expect(throws: ExtensionError.self) { try await asked.ask("a", [:]) }
        #expect(error?.isCancelled == true)
    }

    @Test func `is not guessed`() async {
        await #expect(throws: ExtensionError("no extension is registered as acme/other")) {
            try await ask(200, "{}", of: "acme/other")
        }
    }
}
