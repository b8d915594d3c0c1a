import CCurlShim

/// One exchange under way: what has come of it, and who waits for it. Shared between the waiting
/// task and the driver thread; everything that changes is behind the lock.
final class Transfer: Sendable {
    enum Mode: Sendable {
        /// The whole body, up to the request's `maximumBodyBytes`.
        case whole
        /// Body bytes on demand; beyond `highWaterBytes` unread ones the connection is paused.
        case streamed(highWaterBytes: Int)
    }

    typealias Waiter<Value: Sendable> = CheckedContinuation<Result<Value, CurlError>, Never>

    struct State: Sendable {
        var head = ResponseHead()
        var headBytes = 0
        var isHeadComplete = false
        var buffer: [UInt8] = []
        var isPaused = false
        /// When it began, the last byte of it came, or its reader went on.
        var heard: ContinuousClock.Instant?
        var isCancelled = false
        /// Why one of our callbacks made libcurl stop, in better words than libcurl has for it.
        var refusal: CurlError?
        /// How it ended; nil while it is under way.
        var end: Result<Void, CurlError>?
        var responseWaiter: Waiter<Response>?
        var headWaiter: Waiter<ResponseHead>?
        var chunkWaiter: Waiter<[UInt8]?>?
    }

    let request: CurlRequest
    let mode: Mode
    let connections: Connections
    let host: String
    let state = Lock(State())

    init(_ request: CurlRequest, mode: Mode, on connections: Connections) {
        self.request = request
        self.mode = mode
        self.connections = connections
        host = request.host
    }

    /// Not a byte has come.
    var isUnanswered: Bool { state.withLock { $0.headBytes == 0 } }

    /// When it will have been quiet for too long; nil for never, and while nobody here reads it.
    var endOfPatience: ContinuousClock.Instant? {
        let patience = request.quietMilliseconds
        guard patience > 0 else { return nil }
        let heard = state.withLock { $0.isPaused ? nil : $0.heard }
        return heard.map { $0 + .milliseconds(patience) }
    }

    /// Marks at once, so that a start which is still to come never begins, and lets the driver drop
    /// the rest.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        connections.submit(.cancel(self))
    }

    /// Ends the exchange and wakes whoever waits. Only the first end counts.
    func finish(_ end: Result<Void, CurlError>) {
        let wake: (() -> Void)? = state.withLock { state in
            guard state.end == nil else { return nil }
            let end = state.isCancelled ? .failure(.cancelled(host: host)) : end
            state.end = end
            let waiting = (state.responseWaiter, state.headWaiter, state.chunkWaiter)
            (state.responseWaiter, state.headWaiter, state.chunkWaiter) = (nil, nil, nil)
            let head = state.head
            var body: [UInt8] = []
            if waiting.0 != nil { swap(&body, &state.buffer) }
            let response = Response(head: head, body: body)
            return {
                waiting.0?.resume(returning: end.map { response })
                waiting.1?.resume(returning: end.map { head })
                waiting.2?.resume(returning: end.map { nil })
            }
        }
        // Outside of the lock: a resumed task may run at once and ask for more.
        wake?()
    }

    /// Stores a waiter, or answers at once where the exchange is over or cancelled already. One
    /// lock for both, so that an early cancellation cannot slip in between and leave the waiter
    /// behind. True where the waiter was stored.
    func wait<Value>(
        in slot: any WritableKeyPath<State, Waiter<Value>?> & Sendable, _ waiter: Waiter<Value>
    ) -> Bool {
        let failure: CurlError? = state.withLock { state in
            if case .failure(let error) = state.end { return error }
            if state.isCancelled || state.end != nil { return .cancelled(host: host) }
            state[keyPath: slot] = waiter
            return nil
        }
        guard let failure else { return true }
        waiter.resume(returning: .failure(failure))
        return false
    }
}
