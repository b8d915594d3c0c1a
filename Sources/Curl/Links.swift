import CCurlShim

/// The connections of a client: those that requests take now, and those that it has left.
final class Links: Sendable {
    private struct State: Sendable {
        /// Nil until somebody asks for them, and as long as the system cannot give them.
        var present: Connections?
        var left: [Left] = []
        var isShutDown = false
    }

    /// They last as long as a request uses them.
    private struct Left: Sendable {
        weak let connections: Connections?
    }

    private let maximumConnectionsPerHost: Int
    private let threads: Threads
    private let state = Lock(State())

    init(maximumConnectionsPerHost: Int, threads: Threads) {
        self.maximumConnectionsPerHost = maximumConnectionsPerHost
        self.threads = threads
    }

    /// Where `request` is to be sent.
    func open(for request: CurlRequest) throws(CurlError) -> Connections {
        let opened: Result<Connections, CurlError> = state.withLock { state in
            if state.isShutDown { return .failure(.shutDown(host: request.host)) }
            if let present = state.present { return .success(present) }
            do throws(Shortage) {
                let connections = try fresh()
                state.present = connections
                return .success(connections)
            } catch {
                return .failure(
                    CurlError(CURLE_FAILED_INIT, host: request.host, message: "\(error)"))
            }
        }
        return try opened.get()
    }

    /// Opens others in place of `connections`, unless somebody did before.
    func leave(_ connections: Connections) throws(Shortage) {
        let shortage: Shortage? = state.withLock { state in
            guard !state.isShutDown, state.present === connections else { return nil }
            do throws(Shortage) {
                state.present = try fresh()
            } catch {
                return error
            }
            state.left.removeAll { $0.connections == nil }
            state.left.append(Left(connections: connections))
            return nil
        }
        if let shortage { throw shortage }
    }

    /// Ends what is under way on all of them, and opens no more.
    func shutdown() {
        let all = state.withLock { state in
            let all = [state.present] + state.left.map(\.connections)
            (state.present, state.left, state.isShutDown) = (nil, [], true)
            return all
        }
        for connections in all { connections?.submit(.stop) }
    }

    private func fresh() throws(Shortage) -> Connections {
        try Connections(maximumPerHost: maximumConnectionsPerHost, threads: threads)
    }
}

/// Connections and the thread that serves them, for as long as the client or a request uses them.
/// Those that a client has left are few: each is left for a request that timed out, and lasts no
/// longer than the others beside it.
final class Connections: Sendable {
    private let driver: Driver

    init(maximumPerHost: Int, threads: Threads) throws(Shortage) {
        driver = try Driver.started(maximumConnectionsPerHost: maximumPerHost, on: threads)
    }

    deinit { driver.submit(.stop) }

    func submit(_ command: Driver.Command) { driver.submit(command) }
}
