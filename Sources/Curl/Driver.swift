import CCurlShim
import Glibc

/// The one thread that touches libcurl. Others leave commands in the inbox and wake it.
final class Driver: Sendable {
    enum Command: Sendable {
        case start(Transfer)
        case cancel(Transfer)
        case resume(Transfer)
        case stop
    }

    /// The handle of `curl_multi`.
    // Unchecked because it is a C pointer: all threads but the driver only call
    // `curl_multi_wakeup`, which libcurl allows, and only under the lock of the inbox, so never
    // after the cleanup.
    private struct Multi: @unchecked Sendable {
        let pointer: UnsafeMutableRawPointer
    }

    private struct Inbox: Sendable {
        var commands: [Command] = []
        var isStopped = false
        var underWay = 0
    }

    /// A controller of 10 000 rollouts has a few hundred requests under way; more than this is a
    /// loop gone wild.
    static let maximumTransfers = 4096

    private static let startLibcurlOnce: Void = { _ = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }()

    private let multi: Multi
    private let inbox = Lock(Inbox())

    private init(maximumConnectionsPerHost: Int) {
        _ = Driver.startLibcurlOnce
        guard let pointer = curl_multi_init() else {
            preconditionFailure("out of memory: libcurl could not allocate its state")
        }
        multi = Multi(pointer: pointer)
        ccurl_multi_set_long(pointer, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        ccurl_multi_set_long(pointer, CURLMOPT_MAX_HOST_CONNECTIONS, maximumConnectionsPerHost)
    }

    /// With its thread, which lives until `.stop`.
    ///
    /// - Parameter wake: wakes the thread; false where nothing will.
    static func started(
        maximumConnectionsPerHost: Int, on threads: Threads,
        wake: (UnsafeMutableRawPointer) -> Bool = { curl_multi_wakeup($0) == CURLM_OK }
    ) throws(Shortage) -> Driver {
        let driver = Driver(maximumConnectionsPerHost: maximumConnectionsPerHost)
        do throws(Shortage) {
            // libcurl does without the descriptors for it, and the thread would hear of no request
            // until it looks by itself.
            guard wake(driver.multi.pointer) else { throw .descriptors }
            let status = threads.begin { driver.run() }
            guard status == 0 else { throw .threads(status) }
        } catch {
            curl_multi_cleanup(driver.multi.pointer)
            throw error
        }
        return driver
    }

    func submit(_ command: Command) {
        let refusal: CurlError? = inbox.withLock { inbox in
            if case .start(let transfer) = command {
                if inbox.isStopped { return .shutDown(host: transfer.host) }
                if inbox.underWay >= Driver.maximumTransfers {
                    return CurlError(
                        CURLE_FAILED_INIT, host: transfer.host,
                        message: "\(Driver.maximumTransfers) requests are under way already")
                }
                inbox.underWay += 1
            }
            if inbox.isStopped { return nil }
            inbox.commands.append(command)
            curl_multi_wakeup(multi.pointer)
            return nil
        }
        if case .start(let transfer) = command, let refusal { transfer.finish(.failure(refusal)) }
    }

    private func run() {
        // libcurl's own guard is off (CURLOPT_NOSIGNAL); a server that hangs up must not end the
        // process.
        var brokenPipe = sigset_t()
        sigemptyset(&brokenPipe)
        sigaddset(&brokenPipe, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &brokenPipe, nil)

        var desk = Desk(multi: multi.pointer)
        while true {
            let commands = inbox.withLock { inbox in
                let commands = inbox.commands
                inbox.commands.removeAll(keepingCapacity: true)
                return commands
            }
            let before = desk.count
            var started = 0
            var isStopping = false
            for command in commands {
                switch command {
                case .start(let transfer):
                    started += 1
                    desk.start(transfer)
                case .cancel(let transfer): desk.cancel(transfer)
                case .resume(let transfer): desk.resume(transfer)
                case .stop: isStopping = true
                }
            }
            if isStopping { return stop(&desk) }
            desk.perform()
            desk.endOverdue(at: .now)
            let ended = before + started - desk.count
            let isIdle = inbox.withLock { inbox in
                inbox.underWay -= ended
                return inbox.commands.isEmpty
            }
            if isIdle {
                let sleep = Driver.sleepMilliseconds(until: desk.nextDeadline)
                curl_multi_poll(multi.pointer, nil, 0, sleep, nil)
            }
        }
    }

    /// libcurl shortens this to its own next timer, and a command wakes it.
    private static let longestSleepMilliseconds: Int32 = 60_000

    private static func sleepMilliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return longestSleepMilliseconds }
        let rest = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
        // A little late, so that it is over then.
        return Int32(min(max(rest.rounded(.up), 0), Double(longestSleepMilliseconds)))
    }

    private func stop(_ desk: inout Desk) {
        desk.close()
        let unread = inbox.withLock { inbox in
            inbox.isStopped = true
            let unread = inbox.commands
            inbox.commands = []
            return unread
        }
        for case .start(let transfer) in unread {
            transfer.finish(.failure(.shutDown(host: transfer.host)))
        }
        curl_multi_cleanup(multi.pointer)
    }
}
