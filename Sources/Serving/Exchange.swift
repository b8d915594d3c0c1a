/// One HTTP request, read whole before the handler sees it.
package struct Request: Sendable {
    /// The verb in capitals: `GET`, `POST`, `PATCH`.
    package let method: String
    /// The path with percent escapes decoded, without the query.
    package let path: String
    /// The parts of the path between slashes, each decoded by itself, empty ones left out.
    package let segments: [String]
    package let query: Query
    package let headers: Headers
    /// At most `Listener.Limits.bodyBytes` bytes.
    package let body: [UInt8]

    /// A request to `target` (path and query as they stand in the request line).
    package init(
        method: String, target: String, headers: Headers = Headers(), body: [UInt8] = []
    ) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first.map(String.init) ?? "/"
        self.method = method
        self.path = percentDecoded(path[...], plusIsSpace: false)
        self.segments = path.split(separator: "/").map { percentDecoded($0, plusIsSpace: false) }
        self.query = Query(parsing: parts.count > 1 ? parts[1] : "")
        self.headers = headers
        self.body = body
    }
}

/// What a handler answers.
package struct Response: Sendable {
    /// What follows the head of the answer.
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Written piece by piece while the connection is open. The closure is cancelled when the
        /// client leaves and when the listener ends; returning ends the body, throwing cuts it off.
        case stream(@Sendable (Writer) async throws -> Void)
    }

    package var status: Int
    package var headers: Headers
    package var body: Body

    package init(status: Int, headers: Headers = Headers(), body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Sends pieces of a streamed body.
package struct Writer: Sendable {
    private let send: @Sendable ([UInt8]) async throws -> Void

    package init(_ send: @escaping @Sendable ([UInt8]) async throws -> Void) {
        self.send = send
    }

    /// Sends `bytes` at once and waits until the client has taken enough of what was sent before.
    /// - Throws: when the client is gone.
    package func write(_ bytes: [UInt8]) async throws {
        try await send(bytes)
    }

    /// Sends `text` as UTF-8; see `write(_:)` of bytes.
    package func write(_ text: String) async throws {
        try await send(Array(text.utf8))
    }
}

extension Response {
    /// A JSON document that is written already.
    package static func json(_ bytes: [UInt8], status: Int = 200) -> Response {
        Response(status: status, headers: ["Content-Type": "application/json"], body: .bytes(bytes))
    }

    /// A JSON document that is written already.
    package static func json(_ text: String, status: Int = 200) -> Response {
        .json(Array(text.utf8), status: status)
    }

    /// A page.
    package static func html(_ text: String, status: Int = 200) -> Response {
        Response(
            status: status, headers: ["Content-Type": "text/html; charset=utf-8"],
            body: .bytes(Array(text.utf8)))
    }

    /// Words for people and simple programs.
    package static func text(_ text: String, status: Int = 200) -> Response {
        Response(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: .bytes(Array(text.utf8)))
    }
}
