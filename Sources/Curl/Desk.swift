import CCurlShim

/// The exchanges that are open, and the handles that wait for the next. Lives on the driver thread
/// and never leaves it.
struct Desk {
    private let multi: UnsafeMutableRawPointer
    private var open: [UnsafeMutableRawPointer: Exchange] = [:]
    private var handles: [ObjectIdentifier: UnsafeMutableRawPointer] = [:]
    private var idle: [UnsafeMutableRawPointer] = []
    /// None of those that are open has to be ended before.
    private(set) var nextDeadline: ContinuousClock.Instant?

    /// A handle is some 5 KiB; connections are kept by libcurl, not by handles.
    private static let maximumIdle = 64

    init(multi: UnsafeMutableRawPointer) {
        self.multi = multi
    }

    var count: Int { open.count }

    mutating func start(_ transfer: Transfer) {
        if transfer.state.withLock({ $0.isCancelled }) {
            transfer.finish(.failure(.cancelled(host: transfer.host)))
            return
        }
        guard let handle = idle.popLast() ?? curl_easy_init() else {
            let message = "out of memory: libcurl could not allocate a handle"
            let error = CurlError(CURLE_OUT_OF_MEMORY, host: transfer.host, message: message)
            transfer.finish(.failure(error))
            return
        }
        transfer.state.withLock { $0.heard = .now }
        let exchange = Exchange(transfer, handle)
        do throws(CurlError) {
            try exchange.configure()
        } catch {
            curl_easy_cleanup(handle)
            transfer.finish(.failure(error))
            return
        }
        let added = curl_multi_add_handle(multi, handle)
        guard added == CURLM_OK else {
            curl_easy_cleanup(handle)
            let message = String(cString: curl_multi_strerror(added))
            transfer.finish(
                .failure(CurlError(CURLE_FAILED_INIT, host: transfer.host, message: message)))
            return
        }
        open[handle] = exchange
        handles[ObjectIdentifier(transfer)] = handle
        lookAgain(at: exchange.nextDeadline)
    }

    private mutating func lookAgain(at deadline: ContinuousClock.Instant?) {
        if let deadline { nextDeadline = min(nextDeadline ?? deadline, deadline) }
    }

    mutating func cancel(_ transfer: Transfer) {
        transfer.state.withLock { $0.isCancelled = true }
        drop(transfer)
        transfer.finish(.failure(.cancelled(host: transfer.host)))
    }

    /// Ends what is over its time and waits for a connection that others open or use: libcurl does
    /// not look at the time of those. And bodies of which nothing comes any more.
    mutating func endOverdue(at now: ContinuousClock.Instant) {
        guard let nextDeadline, nextDeadline <= now else { return }
        for exchange in open.values {
            guard let why = exchange.overrun(at: now) else { continue }
            drop(exchange.transfer)
            exchange.transfer.finish(.failure(why))
        }
        self.nextDeadline = open.values.compactMap(\.nextDeadline).min()
    }

    private mutating func drop(_ transfer: Transfer) {
        guard let handle = handles.removeValue(forKey: ObjectIdentifier(transfer)) else { return }
        curl_multi_remove_handle(multi, handle)
        curl_easy_cleanup(handle)
        // Only now: the handle points into the exchange.
        open[handle] = nil
    }

    mutating func resume(_ transfer: Transfer) {
        guard let handle = handles[ObjectIdentifier(transfer)] else { return }
        curl_easy_pause(handle, CURLPAUSE_CONT)
        lookAgain(at: transfer.endOfPatience)
    }

    /// Reads and writes what can be read and written, and ends what is done.
    mutating func perform() {
        var running: Int32 = 0
        curl_multi_perform(multi, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle
            else {
                continue
            }
            let code = ccurl_msg_result(message)
            curl_multi_remove_handle(multi, handle)
            guard let exchange = open[handle] else { continue }
            let end = exchange.end(code)
            handles[ObjectIdentifier(exchange.transfer)] = nil
            if idle.count < Self.maximumIdle {
                curl_easy_reset(handle)
                idle.append(handle)
            } else {
                curl_easy_cleanup(handle)
            }
            open[handle] = nil
            exchange.transfer.finish(end)
        }
    }

    /// Ends everything that is open, and frees every handle.
    mutating func close() {
        for (handle, exchange) in open {
            curl_multi_remove_handle(multi, handle)
            curl_easy_cleanup(handle)
            exchange.transfer.finish(.failure(.shutDown(host: exchange.transfer.host)))
        }
        for handle in idle { curl_easy_cleanup(handle) }
        (open, handles, idle) = ([:], [:], [])
    }
}
