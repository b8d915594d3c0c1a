import CProcess
import Dispatch
import Documents
import Glibc

/// A server of ours that runs beside us: started once, on record, and found again after we were
/// killed.
struct Supervised: Sendable {
    /// How long a server may take to end before it is killed.
    private static let endMilliseconds: Int32 = 5000

    let name: String
    /// Where its record and log are.
    let directory: String

    private var record: String { "\(directory)/\(name).process" }
    var log: String { "\(directory)/\(name).log" }

    /// The server that an earlier run of ours started, where it still runs. What is left of one
    /// that does not is killed.
    func found() -> RunningProcess? {
        guard let text = Files.glance(record) else { return nil }
        let identity: ProcessIdentity?
        do throws(DocumentError) {
            identity = ProcessIdentity(try JSON(parsing: text))
        } catch {
            identity = nil
        }
        guard let identity else { return nil }
        if let process = RunningProcess.found(identity) { return process }
        ProcessTable.killSession(of: identity)
        Files.remove(record)
        return nil
    }

    func start(
        _ command: [String], environment: [(name: String, value: String)] = [],
        account: Account? = nil,
        mask: mode_t = 0o077
    ) throws(SystemFailure) -> RunningProcess {
        LogFile.bound(log, keep: PodLogs.keptBytes, slack: PodLogs.slackBytes)
        let launch = Launch(
            command: command, environment: environment, directory: directory, log: log,
            account: account,
            mask: mask)
        return try launch.start { identity throws(SystemFailure) in
            try Files.write(identity.json.text, to: record)
        }
    }

    /// Ends the server with a signal, by force where it takes too long, and all that it has
    /// started.
    func stop(_ process: RunningProcess, with signal: Int32 = SIGTERM) async {
        process.signal(signal)
        if !(await process.ends(withinMilliseconds: Self.endMilliseconds)) {
            process.killAll()
            _ = await process.ends(withinMilliseconds: Self.endMilliseconds)
        }
        process.reap()
        Files.remove(record)
    }

    /// The last lines of the log, for an error's sake.
    func lastWords() -> String {
        guard let file = LogFile(log) else { return "" }
        do throws(SystemFailure) {
            let bytes = try file.read(from: max(0, file.size - 2000), atMost: 2000)
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(5)
                .joined(separator: "; ")
        } catch {
            return ""
        }
    }
}

extension RunningProcess {
    /// Whether the process ends within the time. Not cut short by a cancellation: this is how the
    /// end is waited for.
    func ends(withinMilliseconds limit: Int32) async -> Bool {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: self.hasEnded(within: limit))
            }
        }
    }
}

extension Launch {
    /// The most that is read of what a short program says.
    private static let outputBytes = 64 << 10

    /// Runs a program to its end and returns its exit with what it said. The log is truncated
    /// first.
    func run(within limit: Duration) async throws(SystemFailure) -> (exit: Exit?, output: String) {
        Files.remove(log)
        let process = try start()
        let exit = await process.exit(within: limit)
        guard let file = LogFile(log) else { return (exit, "") }
        let bytes = try file.read(from: 0, atMost: Self.outputBytes)
        return (exit, String(decoding: bytes, as: UTF8.self))
    }
}
