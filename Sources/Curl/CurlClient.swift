/// Speaks HTTP through libcurl, on one thread of its own that all requests share. Connections are
/// kept and reused.
///
/// Use one client for watches (`.http1`) and another for short requests (`.http2OverTLS`): a stream
/// that nobody reads holds up its neighbours on an HTTP/2 connection.
package final class CurlClient: Sendable {
    let driver: Driver

    /// - Parameter maximumConnectionsPerHost: further requests wait for a free connection; 0 for no
    ///   bound.
    package init(maximumConnectionsPerHost: Int = 64) {
        driver = Driver(maximumConnectionsPerHost: maximumConnectionsPerHost)
        driver.start()
    }

    deinit { driver.submit(.stop) }

    /// Ends every request under way, and each later one at once.
    package func shutdown() { driver.submit(.stop) }

    /// Sends `request` and waits for the whole answer, whatever its status.
    ///
    /// Throws when there is no whole answer: no connection, a certificate that is not trusted, a
    /// timeout, an answer longer than `maximumBodyBytes`. When the task is cancelled, the request
    /// is dropped at once and the error says `isCancelled`.
    package func execute(_ request: CurlRequest) async throws(CurlError) -> Response {
        let transfer = Transfer(request, mode: .whole)
        return try await run(transfer, waitingIn: \.responseWaiter).get()
    }

    /// Sends `request` and returns as soon as the head of the answer is there. The body is read as
    /// the caller asks for it: with more than `highWaterBytes` unread the connection waits.
    package func stream(
        _ request: CurlRequest, highWaterBytes: Int = 256 << 10
    ) async throws(CurlError) -> StreamedResponse {
        let transfer = Transfer(request, mode: .streamed(highWaterBytes: highWaterBytes))
        let body = ResponseBody(transfer, self)
        let head = try await run(transfer, waitingIn: \.headWaiter).get()
        return StreamedResponse(head: head, body: body)
    }

    private func run<Value>(
        _ transfer: Transfer,
        waitingIn slot: any WritableKeyPath<Transfer.State, Transfer.Waiter<Value>?> & Sendable
    ) async -> Result<Value, CurlError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                if transfer.wait(in: slot, waiter) { driver.submit(.start(transfer)) }
            }
        } onCancel: {
            cancel(transfer)
        }
    }

    /// Marks at once, so that a start which is still to come never begins, and lets the driver drop
    /// the rest.
    func cancel(_ transfer: Transfer) {
        transfer.state.withLock { $0.isCancelled = true }
        driver.submit(.cancel(transfer))
    }
}
