import CCurlShim

/// The body of a streamed answer, in the pieces in which it came. For one reader; dropping it drops
/// the connection.
package struct ResponseBody: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    package typealias Failure = CurlError

    private let owner: Owner

    init(_ transfer: Transfer) {
        owner = Owner(transfer)
    }

    package struct Iterator: AsyncIteratorProtocol {
        fileprivate let owner: Owner

        /// The next bytes, never none of them; nil at the end. Throws where the body breaks off.
        package mutating func next() async throws(CurlError) -> [UInt8]? {
            try await owner.next()
        }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(owner: owner) }

    /// The rest of the body in one piece; fails where it is longer than `maximumBytes`.
    package func collected(upTo maximumBytes: Int) async throws(CurlError) -> [UInt8] {
        var whole: [UInt8] = []
        var iterator = makeAsyncIterator()
        while let chunk = try await iterator.next() {
            whole += chunk
            guard whole.count <= maximumBytes else {
                throw CurlError(
                    CURLE_FILESIZE_EXCEEDED, host: owner.transfer.host,
                    message: "the answer is longer than \(maximumBytes) bytes")
            }
        }
        return whole
    }

    /// Bytes that have come and were not read yet.
    var unreadBytes: Int { owner.transfer.state.withLock { $0.buffer.count } }
}

/// Cancels the transfer when the last copy of the body goes.
private final class Owner: Sendable {
    let transfer: Transfer

    private enum Step {
        case chunk([UInt8], wasPaused: Bool)
        case end(Result<[UInt8]?, CurlError>)
        case wait
    }

    init(_ transfer: Transfer) {
        self.transfer = transfer
    }

    deinit {
        if transfer.state.withLock({ $0.end == nil }) { transfer.cancel() }
    }

    func next() async throws(CurlError) -> [UInt8]? {
        let result: Result<[UInt8]?, CurlError> = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                switch transfer.state.withLock({ step(&$0, waiter) }) {
                case .chunk(let bytes, let wasPaused):
                    if wasPaused { transfer.connections.submit(.resume(transfer)) }
                    waiter.resume(returning: .success(bytes))
                case .end(let end): waiter.resume(returning: end)
                case .wait: break
                }
            }
        } onCancel: {
            transfer.cancel()
        }
        return try result.get()
    }

    private func step(_ state: inout Transfer.State, _ waiter: Transfer.Waiter<[UInt8]?>) -> Step {
        if state.isCancelled { return .end(.failure(.cancelled(host: transfer.host))) }
        if !state.buffer.isEmpty {
            let bytes = state.buffer
            let wasPaused = state.isPaused
            state.buffer = []
            state.isPaused = false
            if wasPaused { state.heard = .now }
            return .chunk(bytes, wasPaused: wasPaused)
        }
        if let end = state.end { return .end(end.map { nil }) }
        guard state.chunkWaiter == nil else {
            return .end(
                .failure(
                    CurlError(
                        CURLE_BAD_FUNCTION_ARGUMENT, host: transfer.host,
                        message: "two tasks read the same body")))
        }
        state.chunkWaiter = waiter
        return .wait
    }
}
