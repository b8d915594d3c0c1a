import CProcess
// A dispatch source may be cancelled from any thread; its type does not say so yet.
@preconcurrency import Dispatch
import Documents
import Glibc

/// Which process is meant, beyond doubt: its number is used again one day, its start within one
/// boot is not.
package struct ProcessIdentity: Hashable, Sendable {
    package let pid: pid_t
    /// Ticks from boot to the start of the process, field 22 of `/proc/PID/stat`.
    package let start: UInt64
    /// `/proc/sys/kernel/random/boot_id`.
    package let boot: String

    package init(pid: pid_t, start: UInt64, boot: String) {
        self.pid = pid
        self.start = start
        self.boot = boot
    }

    package init?(_ json: JSON) {
        guard let pid = json["pid"]?.int, let start = json["start"]?.string.flatMap(UInt64.init),
            let boot = json["boot"]?.string, let pid = pid_t(exactly: pid), pid > 1
        else { return nil }
        self.init(pid: pid, start: start, boot: boot)
    }

    package var json: JSON {
        ["pid": .int(Int64(pid)), "start": .string(String(start)), "boot": .string(boot)]
    }
}

/// How a process ended.
package enum Exit: Hashable, Sendable {
    case code(Int)
    case signal(Int)
    /// It was started by an earlier run of ours, so its parent took the exit.
    case unknown

    /// As a shell counts: signals from 128 on.
    package var code: Int {
        switch self {
        case .code(let code): code
        case .signal(let number): 128 + number
        case .unknown: 255
        }
    }
}

/// A process that runs, held by a descriptor which can never mean another one.
package final class RunningProcess: Sendable {
    package let identity: ProcessIdentity
    private let descriptor: Int32

    init(identity: ProcessIdentity, descriptor: Int32) {
        self.identity = identity
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The process of this identity, where it still runs.
    package static func found(_ identity: ProcessIdentity) -> RunningProcess? {
        let descriptor = cprocess_open(identity.pid)
        guard descriptor >= 0 else { return nil }
        let process = RunningProcess(identity: identity, descriptor: descriptor)
        // Only now that the number is held can it be asked whose it is.
        guard identity.boot == ProcessTable.boot, let entry = ProcessTable.entry(identity.pid),
            entry.start == identity.start, entry.state != "Z"
        else { return nil }
        return process
    }

    /// Sends a signal to the process itself.
    package func signal(_ number: Int32) { _ = cprocess_signal(descriptor, number) }

    /// Kills the process and everything that it has started in its own session.
    package func killAll() {
        signal(SIGKILL)
        killSession()
    }

    /// Kills what the process has started. While it is unreaped its number is its own, so its group
    /// is too.
    private func killSession() { ProcessTable.killSession(of: identity) }

    /// Waits for the end and tells it; what the process has started ends with it. Nil where the
    /// wait is cancelled. Only one caller waits.
    package func exit() async -> Exit? {
        for await _ in readable() { break }
        guard !Task.isCancelled || hasEnded(within: 0) else { return nil }
        return reap()
    }

    /// Takes the exit of a process that has ended; what it has started ends with it.
    @discardableResult
    func reap() -> Exit {
        killSession()
        var code: Int32 = 0
        var number: Int32 = 0
        guard cprocess_reap(descriptor, &code, &number) == 1 else { return .unknown }
        return number == 0 ? .code(Int(code)) : .signal(Int(number))
    }

    /// Whether the process has ended, or does within the time. Blocks the thread for that long.
    func hasEnded(within milliseconds: Int32) -> Bool {
        var one = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&one, 1, milliseconds) == 1
    }

    /// One element when the process has ended.
    private func readable() -> AsyncStream<Void> {
        AsyncStream { continuation in
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
            source.setEventHandler {
                continuation.yield()
                continuation.finish()
            }
            // The descriptor must stay open as long as the source looks at it.
            source.setCancelHandler { withExtendedLifetime(self) {} }
            continuation.onTermination = { _ in source.cancel() }
            source.activate()
        }
    }
}

/// What `/proc` says about processes.
enum ProcessTable {
    struct Entry {
        let pid: pid_t
        let state: Character
        let parent: pid_t
        let session: pid_t
        let start: UInt64
    }

    static let boot: String = {
        Files.glance("/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "\n" }) }
            ?? ""
    }()

    static func entry(_ pid: pid_t) -> Entry? {
        guard let text = Files.glance("/proc/\(pid)/stat") else { return nil }
        // The name stands in brackets and may hold anything, brackets too.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let state = fields[0].first, let parent = pid_t(fields[1]),
            let session = pid_t(fields[3]), let start = UInt64(fields[19])
        else { return nil }
        return Entry(
            pid: pid, state: state, parent: parent, session: session, start: start)
    }

    /// Kills every process of the session that `leader` began, whether or not the leader still
    /// lives.
    static func killSession(of leader: ProcessIdentity) {
        guard leader.boot == boot else { return }
        for name in Files.names(in: "/proc") {
            guard let pid = pid_t(name), pid != leader.pid, let entry = entry(pid),
                entry.session == leader.pid, entry.start >= leader.start
            else { continue }
            let descriptor = cprocess_open(pid)
            guard descriptor >= 0 else { continue }
            if self.entry(pid)?.start == entry.start { _ = cprocess_signal(descriptor, SIGKILL) }
            close(descriptor)
        }
    }
}
