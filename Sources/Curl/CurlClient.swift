/// Speaks HTTP through libcurl, on one thread of its own that all requests share. Connections are
/// kept and reused, until one of them does not answer.
///
/// Use one client for watches (`.http1`) and another for short requests (`.http2OverTLS`): a stream
/// that nobody reads holds up its neighbours on an HTTP/2 connection.
package final class CurlClient: Sendable {
    private let links: Links

    /// - Parameters:
    ///   - maximumConnectionsPerHost: further requests wait for a free connection; 0 for no bound.
    ///   - threads: where the one of this client comes from.
    package init(maximumConnectionsPerHost: Int = 64, threads: Threads = .live) {
        links = Links(maximumConnectionsPerHost: maximumConnectionsPerHost, threads: threads)
    }

    /// Ends every request under way, and each later one at once.
    package func shutdown() { links.shutdown() }

    /// Sends `request` and waits for the whole answer, whatever its status.
    ///
    /// Throws when there is no whole answer: no connection, a certificate that is not trusted, a
    /// timeout, an answer longer than `maximumBodyBytes`. When the task is cancelled, the request
    /// is dropped at once and the error says `isCancelled`.
    package func execute(_ request: CurlRequest) async throws(CurlError) -> Response {
        let transfer = Transfer(request, mode: .whole, on: try links.open(for: request))
        let result = await run(transfer, waitingIn: \.responseWaiter)
        if case .failure(let error) = result, error.isTimeout { try leave(transfer, after: error) }
        return try result.get()
    }

    /// Sends `request` and returns as soon as the head of the answer is there. The body is read as
    /// the caller asks for it: with more than `highWaterBytes` unread the connection waits.
    package func stream(
        _ request: CurlRequest, highWaterBytes: Int = 256 << 10
    ) async throws(CurlError) -> StreamedResponse {
        let transfer = Transfer(
            request, mode: .streamed(highWaterBytes: highWaterBytes),
            on: try links.open(for: request))
        let body = ResponseBody(transfer)
        let head = try await run(transfer, waitingIn: \.headWaiter).get()
        return StreamedResponse(head: head, body: body)
    }

    private func run<Value>(
        _ transfer: Transfer,
        waitingIn slot: any WritableKeyPath<Transfer.State, Transfer.Waiter<Value>?> & Sendable
    ) async -> Result<Value, CurlError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                if transfer.wait(in: slot, waiter) {
                    transfer.connections.submit(.start(transfer))
                }
            }
        } onCancel: {
            transfer.cancel()
        }
    }

    /// Sends what comes next over new connections, where `transfer` had no byte of an answer on one
    /// that it shared: libcurl would keep it, and what stands between may acknowledge all that is
    /// sent to a server that is gone. Other requests end where they are.
    private func leave(_ transfer: Transfer, after timeout: CurlError) throws(CurlError) {
        guard transfer.request.sharesConnection, transfer.isUnanswered else { return }
        do throws(Shortage) {
            try links.leave(transfer.connections)
        } catch {
            // The old ones may still do, and the next time-out tries again.
            throw CurlError(
                code: timeout.code, host: timeout.host,
                message: "\(timeout.message); no new connection was opened: \(error)")
        }
    }
}
