import Curl
import Documents

/// Asks extensions by their names: one question in JSON, one answer in JSON.
package struct ExtensionCaller: Sendable {
    package let names: Set<String>
    /// For how long this process may ask: what it asks may not outlast its leadership.
    package var remaining: @Sendable () -> Duration = { .seconds(3_600) }
    private let timeoutSeconds: Int
    private let answer:
        @Sendable (_ name: String, _ question: JSON, _ milliseconds: Int)
            async throws(ExtensionError) -> JSON

    package init(
        _ addresses: [String: ExtensionAddress], timeoutSeconds: Int = usualTimeoutSeconds,
        send: @escaping @Sendable (CurlRequest) async throws(CurlError) -> Response
    ) {
        names = Set(addresses.keys)
        self.timeoutSeconds = timeoutSeconds
        answer = { name, question, milliseconds throws(ExtensionError) in
            guard let address = addresses[name] else {
                throw ExtensionError("no extension is registered as \(name)")
            }
            var request = address.request(question)
            request.timeoutMilliseconds = milliseconds
            request.maximumBodyBytes = maximumBodyBytes
            return try await json(in: request, send)
        }
    }

    /// Asks nobody outside: for a simulation.
    package init(
        played names: Set<String>,
        answer: @escaping @Sendable (_ name: String, _ question: JSON) async -> JSON
    ) {
        self.names = names
        timeoutSeconds = usualTimeoutSeconds
        self.answer = { name, question, _ in await answer(name, question) }
    }

    /// Knows nobody.
    package static let none = ExtensionCaller([:]) { _ throws(CurlError) in
        Response(head: ResponseHead(status: 404), body: [])
    }

    /// - Throws: where there is no answer that could be one. It says nothing about the question:
    ///   the extension may have heard it all the same.
    package func ask(_ name: String, _ question: JSON) async throws(ExtensionError) -> JSON {
        let left = Int(remaining() / .milliseconds(1))
        guard left > 0 else {
            throw ExtensionError(
                "another replica leads, so this one asks nothing", isCancelled: true)
        }
        let said = try await answer(name, question, min(timeoutSeconds * 1_000, left))
        guard said.object != nil else { throw ExtensionError("the answer is no object") }
        return said
    }
}

private func json(
    in request: CurlRequest, _ send: @Sendable (CurlRequest) async throws(CurlError) -> Response
) async throws(ExtensionError) -> JSON {
    let response: Response
    do {
        response = try await send(request)
    } catch {
        throw ExtensionError("no answer: \(error)", isCancelled: error.isCancelled)
    }
    guard response.head.status == 200 else {
        throw ExtensionError("received status \(response.head.status)")
    }
    do throws(DocumentError) {
        return try JSON(parsing: response.body, file: "answer", duplicateKeys: .lastWins)
    } catch {
        throw ExtensionError("answered no JSON: \(error.message)")
    }
}

/// Why there is no answer of an extension.
package struct ExtensionError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// Nobody waited any more; it says nothing about the extension.
    package let isCancelled: Bool

    package init(_ description: String, isCancelled: Bool = false) {
        self.description = description
        self.isCancelled = isCancelled
    }
}

/// What takes longer says so at once, and is asked again.
package let usualTimeoutSeconds = 10

/// A turn waits for what divides its traffic.
package let routerTimeoutSeconds = 3

/// What an extension says of a step or a router is a few lines.
private let maximumBodyBytes = 64 << 10
