import Foundation
import Synchronization

/// A process that a test has started, with a limit to its life that holds even when the test's own
/// process dies. What it says goes to files.
final class Program: Sendable {
    /// `timeout`, which keeps the limit and stands above the process itself.
    private let keeper: pid_t
    private let outputPath: String
    private let errorPath: String
    private let end = Mutex<Int32?>(nil)
    private let started = Mutex<Set<RunningProcess>>([])

    /// - Parameter limitSeconds: then it is asked to end, and killed after twenty more.
    init(
        _ arguments: [String], in scratch: Scratch, environment: [String: String] = [:],
        limitSeconds: Int
    ) throws {
        let path = scratch.path(scratch.fresh("said"))
        outputPath = path + ".out"
        errorPath = path + ".err"
        keeper = try Self.spawn(
            ["timeout", "-k", "20", "\(limitSeconds)"] + arguments, directory: scratch.root,
            environment: scratch.environment.merging(environment) { $1 }, path: path)
        scratch.keep(self)
    }

    var output: String { text(of: outputPath) }
    var errors: String { text(of: errorPath) }

    private func text(of path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    /// The code it ended with, as a shell counts; nil while it runs.
    var status: Int32? {
        end.withLock { end in
            if end == nil {
                var code: Int32 = 0
                if waitpid(keeper, &code, WNOHANG) == keeper {
                    end = code & 0x7f == 0 ? (code >> 8) & 0xff : 128 + (code & 0x7f)
                }
            }
            return end
        }
    }

    /// Everything that it has started and that still ran when this was asked; it remembers them.
    @discardableResult
    func processes() -> Set<RunningProcess> {
        let family = RunningProcess.family(of: keeper).filter { $0.pid != keeper }
        return started.withLock {
            $0.formUnion(family)
            return $0
        }
    }

    /// The process itself; nil before it has begun and after it has ended.
    var process: RunningProcess? {
        status == nil ? RunningProcess.all.first { $0.parent == keeper } : nil
    }

    /// The process itself, once it has begun.
    func begun() async throws -> RunningProcess {
        try await eventually("a program to begin", seconds: 20) {
            if let status { throw Failure("it ended with \(status): \(errors)") }
            return process
        }
    }

    /// Sends a signal to the process alone.
    func signal(_ number: Int32) {
        if let process { kill(process.pid, number) }
    }

    /// Waits for its end.
    func ended(within seconds: Int) async throws -> Int32 {
        try await eventually("the end of a program", seconds: seconds) { self.status }
    }

    /// Ends it in whatever state it is, and everything that it has started.
    func stop() async {
        processes()
        signal(SIGTERM)
        do {
            _ = try await ended(within: 25)
        } catch {
            signal(SIGKILL)
        }
        for process in processes() { process.kill() }
    }

    private static func spawn(
        _ arguments: [String], directory: String, environment: [String: String], path: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let write = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, path + ".out", write, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, path + ".err", write, 0o600)
        // Sockets and pipes of tests beside this one must not live on in the child. More may be
        // opened while this is written.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        for descriptor in 3...(open.compactMap { Int32($0) }.max() ?? 3) + 100 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // Threads of a test run keep signals away, and a program would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let arguments = ["env", "-C", directory] + arguments
        var words = arguments.map { strdup($0) } + [nil]
        var settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + settings { free(pointer) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, arguments[0], &actions, &attributes, &words, &settings)
        guard error == 0 else {
            throw Failure("\(arguments[0]) does not start: \(String(cString: strerror(error)))")
        }
        return pid
    }
}

/// What a short program said, and the code it ended with.
struct Outcome: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// The output, where it ended well.
    func checked() throws -> String {
        guard status == 0 else { throw Failure("ended with \(status): \(errors)\(output)") }
        return output
    }
}

/// Something did not go as the test needs it.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Looks again and again until there is something to see.
func eventually<Value>(
    _ what: String, seconds: Int, everyMilliseconds pause: Int = 50,
    _ look: () async throws -> Value?
) async throws -> Value {
    let limit = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < limit {
        if let value = try await look() { return value }
        try await Task.sleep(for: .milliseconds(pause))
    }
    throw Failure("waited \(seconds) s for \(what)")
}
