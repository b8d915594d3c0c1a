import Curl
import Dispatch
import Documents
import Glibc

/// A program that is run to its end for what it prints. No shell is involved, it inherits no
/// descriptor of ours, and has nothing to read.
struct LocalProgram: Sendable {
    let command: String
    let arguments: [String]
    /// `NAME=VALUE` each.
    let environment: [String]
    let maximumSeconds: Int
    let maximumOutputBytes: Int

    /// What of the program's complaints is read. An error shows less; what is cut sooner could end
    /// within a secret, which then would not be found.
    private static let maximumComplaintBytes = 64 << 10

    /// What it printed on its standard output. Cancelling the task ends the program.
    func output() async throws(LocalProgramError) -> [UInt8] {
        let isCancelled = Lock(false)
        let result: Result<[UInt8], LocalProgramError> = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                // A thread of its own: reading blocks.
                DispatchQueue(label: "login plugin").async {
                    do throws(LocalProgramError) {
                        waiter.resume(returning: .success(try run { isCancelled.withLock { $0 } }))
                    } catch {
                        waiter.resume(returning: .failure(error))
                    }
                }
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
        return try result.get()
    }

    private func run(_ isCancelled: () -> Bool) throws(LocalProgramError) -> [UInt8] {
        var output = Capture(maximumBytes: maximumOutputBytes)
        var complaint = Capture(maximumBytes: Self.maximumComplaintBytes)
        guard output.isOpen, complaint.isOpen else {
            throw LocalProgramError(reason: "no pipe: \(text(ofError: errno))")
        }
        defer {
            output.close()
            complaint.close()
        }
        let process = try start(output: output.writeEnd, error: complaint.writeEnd)
        output.closeWriteEnd()
        complaint.closeWriteEnd()
        let deadline = DispatchTime.now() + .seconds(maximumSeconds)
        var status: Int32 = 0
        var hasExited = false
        var failure: String?
        while failure == nil {
            // What it has left running may hold the pipes open: its own end is the end.
            hasExited = waitpid(process, &status, WNOHANG) == process
            var isQuiet = false
            while !isQuiet, !output.isFull {
                var ends = [output.wanted, complaint.wanted]
                isQuiet = poll(&ends, 2, hasExited ? 0 : Self.lookMilliseconds) <= 0
                output.take(ends[0].revents)
                complaint.take(ends[1].revents)
                isQuiet = isQuiet || !hasExited || !(output.isOpen || complaint.isOpen)
            }
            if hasExited || output.isFull { break }
            if DispatchTime.now() >= deadline {
                failure = "it took longer than \(maximumSeconds) s"
            }
            if isCancelled() { failure = "cancelled" }
        }
        if output.isFull { failure = "it printed more than \(maximumOutputBytes) bytes" }
        if !hasExited {
            // The whole group, with what the program has started.
            kill(-process, SIGKILL)
            waitpid(process, &status, 0)
        }
        let printed = Secret(String(decoding: output.bytes, as: UTF8.self))
        if let failure { throw LocalProgramError(reason: failure, printed: printed) }
        // As the macros of wait(2) have it.
        guard status == 0 else {
            let end = status & 0x7f == 0 ? "exit code \(status >> 8)" : "signal \(status & 0x7f)"
            throw LocalProgramError(
                reason: complaint.words.isEmpty ? end : complaint.words, printed: printed)
        }
        return output.bytes
    }

    /// Between two looks at whether it has exited; what it prints is noticed at once.
    private static let lookMilliseconds: Int32 = 20

    private func start(output: Int32, error: Int32) throws(LocalProgramError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, error, 2)
        for descriptor in openDescriptors() where descriptor > 2 {
            // Not every library marks its own; one that is closed meanwhile is no error.
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var process = pid_t()
        let code = withCStrings([command] + arguments) { arguments in
            withCStrings(environment) { environment in
                posix_spawnp(&process, command, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            throw LocalProgramError(
                reason: "it cannot be started: \(text(ofError: code))", isMissing: code == ENOENT)
        }
        return process
    }
}

/// Why a program has brought nothing.
struct LocalProgramError: Error {
    let reason: String
    /// What came on its standard output until then.
    var printed = Secret("")
    /// There is no such program.
    var isMissing = false
}

/// What comes out of one pipe, up to a bound.
private struct Capture {
    let maximumBytes: Int
    private(set) var bytes: [UInt8] = []
    private(set) var isFull = false
    private(set) var writeEnd: Int32 = -1
    private var readEnd: Int32 = -1

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    var isOpen: Bool { readEnd >= 0 }
    /// As text of one line.
    var words: String {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .joined(separator: " ")
    }
    /// `poll` passes over negative descriptors.
    var wanted: pollfd { pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0) }

    mutating func take(_ events: Int16) {
        guard events != 0 else { return }
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        let count = read(readEnd, &piece, piece.count)
        if count < 0 && errno == EINTR { return }
        guard count > 0 else { return closeReadEnd() }
        let room = maximumBytes - bytes.count
        isFull = isFull || count > room
        bytes += piece[..<min(count, max(room, 0))]
    }

    mutating func closeWriteEnd() {
        if writeEnd >= 0 { Glibc.close(writeEnd) }
        writeEnd = -1
    }

    mutating func close() {
        closeWriteEnd()
        closeReadEnd()
    }

    private mutating func closeReadEnd() {
        if readEnd >= 0 { Glibc.close(readEnd) }
        readEnd = -1
    }
}

private func openDescriptors() -> [Int32] {
    guard let directory = opendir("/proc/self/fd") else { return [] }
    defer { closedir(directory) }
    var descriptors: [Int32] = []
    while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if let descriptor = Int32(name) { descriptors.append(descriptor) }
    }
    return descriptors
}

private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
}
