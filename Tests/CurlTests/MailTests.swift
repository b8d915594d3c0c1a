import Curl
import Testing

struct `A message of e-mail` {
    private func send(_ text: String, to server: MailServer, _ envelope: MailEnvelope) async throws
    {
        var request = CurlRequest(url: server.url, body: Array(text.utf8))
        request.envelope = envelope
        _ = try await CurlClient().execute(request)
    }

    private var envelope: MailEnvelope {
        var envelope = MailEnvelope(from: "a@example.org", recipients: ["b@example.org"])
        envelope.requiresTLS = false
        return envelope
    }

    @Test func `reaches its recipient whole`() async throws {
        let server = try MailServer()
        defer { server.stop() }
        try await send("Subject: x\r\n\r\none\r\n.two\r\n", to: server, envelope)
        server.stop()
        let lines = server.lines
        #expect(lines.contains("MAIL FROM:<a@example.org>"))
        #expect(lines.contains("RCPT TO:<b@example.org>"))
        let start = try #require(lines.firstIndex(of: "DATA"))
        #expect(
            lines[start...].prefix(6) == ["DATA", "Subject: x", "", "one", "..two", "."])
    }

    @Test func `logs in where there is a login`() async throws {
        let server = try MailServer(offering: ["AUTH PLAIN"])
        defer { server.stop() }
        var envelope = envelope
        (envelope.username, envelope.password) = ("me", "secret")
        try await send("x\r\n", to: server, envelope)
        server.stop()
        let login = try #require(server.lines.firstIndex(of: "AUTH PLAIN"))
        // The base64 of a login of `me` with `secret`.
        #expect(server.lines[login + 1] == "AG1lAHNlY3JldA==")
    }

    @Test func `tells no password to a server without encryption`() async throws {
        let server = try MailServer(offering: ["AUTH PLAIN"])
        defer { server.stop() }
        var envelope = envelope
        (envelope.username, envelope.password) = ("me", "secret")
        envelope.requiresTLS = true
        await #expect(throws: CurlError.self) { try await send("x\r\n", to: server, envelope) }
        server.stop()
        #expect(!server.lines.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
    }

    @Test func `that is not taken is an error`() async throws {
        let server = try MailServer(recipient: "550 nobody")
        defer { server.stop() }
        let error = await #expect(throws: CurlError.self) {
            try await send("x\r\n", to: server, envelope)
        }
        #expect(error?.description.contains("550") == true, "\(String(describing: error))")
    }

    @Test(arguments: ["a b@example.org", "a@example.org>\r\nRCPT TO:<c", "", "<a@example.org>"])
    func `has addresses that break nothing`(address: String) async {
        var request = CurlRequest(url: "smtp://127.0.0.1:1", body: [])
        request.envelope = MailEnvelope(from: "a@example.org", recipients: [address])
        let error = await #expect(throws: CurlError.self) {
            try await CurlClient().execute(request)
        }
        #expect(error?.message == "an address of the message is none")
    }

    @Test func `is never sent over another protocol`() async {
        var request = CurlRequest(url: "http://127.0.0.1:1", body: [])
        request.envelope = envelope
        let error = await #expect(throws: CurlError.self) {
            try await CurlClient().execute(request)
        }
        #expect(error?.message == "the URL is not of the form smtp(s)://host")
    }
}
