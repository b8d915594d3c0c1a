import Hummingbird
import HTTPTypes
import NIOCore
import ServiceLifecycle

// The way of one request from Hummingbird's types to ours and back.
extension Listener {
    func respond(to incoming: Hummingbird.Request) async -> Hummingbird.Response {
        var incoming = incoming
        if let refusal = address.refusal(of: incoming.head.authority) {
            return outgoing(refusal, to: incoming)
        }
        let body: ByteBuffer
        do {
            // Stored back into the request, which is what lets a stream notice later that the
            // client left.
            body = try await incoming.collectBody(upTo: limits.bodyBytes)
        } catch is NIOTooManyBytesError {
            // The rest of the body is still on its way: the connection ends here instead of reading
            // it.
            var refusal = Response.text(
                "the body is larger than \(limits.bodyBytes) bytes\n", status: 413)
            refusal.headers["Connection"] = "close"
            return outgoing(refusal, to: incoming)
        } catch {
            return outgoing(.text("the body could not be read\n", status: 400), to: incoming)
        }
        let request = Request(
            method: incoming.method.rawValue, target: incoming.head.path ?? "/",
            headers: Headers(
                incoming.headers.map { .init(name: $0.name.rawName, value: $0.value) }),
            body: Array(body.readableBytesView))
        return outgoing(await handler(request), to: incoming)
    }

    private func outgoing(
        _ response: Response, to incoming: Hummingbird.Request
    ) -> Hummingbird.Response {
        var headers = HTTPFields()
        for field in response.headers.fields {
            if let name = HTTPField.Name(field.name) {
                headers.append(HTTPField(name: name, value: field.value))
            }
        }
        let status = HTTPResponse.Status(code: response.status)
        switch response.body {
        case .bytes(let bytes):
            return Hummingbird.Response(
                status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream(let produce):
            // Noticing that the client left reads ahead on the connection, so it cannot carry
            // another request.
            headers[.connection] = "close"
            return Hummingbird.Response(
                status: status, headers: headers, body: streamed(produce, to: incoming.body))
        }
    }

    private func streamed(
        _ produce: @escaping @Sendable (Writer) async throws -> Void, to inbound: RequestBody
    ) -> ResponseBody {
        ResponseBody { writer in
            let (pieces, sender) = AsyncStream<Piece>.makeStream()
            async let production: Void = run(produce, into: sender, to: inbound)
            for await piece in pieces {
                do {
                    try await writer.write(ByteBuffer(bytes: piece.bytes))
                    piece.taken.resume()
                } catch {
                    piece.taken.resume(throwing: error)
                }
            }
            try await production
            try await writer.finish(nil)
        }
    }

    /// Runs `produce` until it returns, the client leaves or this listener ends; each of the three
    /// ends the body whole.
    private func run(
        _ produce: @escaping @Sendable (Writer) async throws -> Void,
        into sender: AsyncStream<Piece>.Continuation, to inbound: RequestBody
    ) async throws {
        defer { sender.finish() }
        do {
            _ = try await cancelWhenGracefulShutdown {
                try await inbound.consumeWithCancellationOnInboundClose { _ in
                    try await produce(Writer { try await send($0, into: sender) })
                }
            }
        } catch is CancellationError {
            return
        }
    }
}

/// Bytes on their way from a handler's closure to the connection, and whom to tell that they are
/// written: the connection's writer must not leave the task it was given to.
private struct Piece: Sendable {
    let bytes: [UInt8]
    let taken: CheckedContinuation<Void, any Error>
}

private func send(_ bytes: [UInt8], into sender: AsyncStream<Piece>.Continuation) async throws {
    try await withCheckedThrowingContinuation { taken in
        if case .terminated = sender.yield(Piece(bytes: bytes, taken: taken)) {
            taken.resume(throwing: CancellationError())
        }
    }
}
