import CProcess
import Glibc

/// A program to start. The process inherits nothing else: no environment, no descriptors, no
/// signals.
package struct Launch: Sendable {
    /// The program's path, then its arguments.
    package var command: [String]
    package var environment: [(name: String, value: String)]
    /// Where the process begins.
    package var directory: String
    /// Where its standard output and error are appended.
    package var log: String
    /// Who it runs as; nil for whoever we are.
    package var account: Account?
    /// Takes rights away from files that the process makes.
    package var mask: mode_t
    /// What it sees instead of the machine's directories; nil for what we see.
    var root: PrivateRoot?

    /// Enough for a server with many connections, and what Debian gives as a hard limit to
    /// everybody.
    private static let openFiles: UInt64 = 8192

    package init(
        command: [String], environment: [(name: String, value: String)] = [], directory: String,
        log: String, account: Account? = nil, mask: mode_t = 0o022
    ) {
        self.init(
            command: command, environment: environment, directory: directory, log: log,
            account: account, mask: mask, root: nil)
    }

    init(
        command: [String], environment: [(name: String, value: String)], directory: String,
        log: String, account: Account?, mask: mode_t = 0o022, root: PrivateRoot?
    ) {
        self.root = root
        self.command = command
        self.environment = environment
        self.directory = directory
        self.log = log
        self.account = account
        self.mask = mask
    }

    /// Starts the process. `record` is told its identity before the program begins, and where it
    /// throws, or this process is killed meanwhile, the program never begins: no process runs that
    /// is not on record.
    package func start(
        record: (ProcessIdentity) throws(SystemFailure) -> Void = { _ in }
    ) throws(SystemFailure) -> RunningProcess {
        guard let program = command.first else {
            throw SystemFailure("no command is given", code: EINVAL)
        }
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard output >= 0 else { throw SystemFailure("cannot open the log \(log)") }
        defer { close(output) }
        let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw SystemFailure("cannot open /dev/null") }
        defer { close(input) }
        let executable = open(program, O_RDONLY | O_CLOEXEC)
        defer { if executable >= 0 { close(executable) } }

        var child = cprocess_child()
        var step: Int32 = 0
        let error = withCStrings(command) { arguments in
            withCStrings(environment.map { "\($0.name)=\($0.value)" }) { variables in
                withMounts { root, mounts in
                    program.withCString { path in
                        directory.withCString { directory in
                            var launch = cprocess_launch(
                                path: path, arguments: arguments, environment: variables,
                                directory: directory, input: input, output: output, error: output,
                                executable: executable, user: account.map { Int64($0.user) } ?? -1,
                                group: account.map { Int64($0.group) } ?? -1, open_files: limit,
                                mask: mask, root: root, mounts: mounts.baseAddress,
                                mount_count: mounts.count)
                            return cprocess_fork(&launch, &child, &step)
                        }
                    }
                }
            }
        }
        if error != 0 { throw failure(step: step, code: error) }
        guard let entry = ProcessTable.entry(child.pid) else {
            cprocess_discard(&child)
            close(child.pidfd)
            throw SystemFailure("cannot read /proc/\(child.pid)/stat", code: ESRCH)
        }
        let identity = ProcessIdentity(pid: child.pid, start: entry.start, boot: ProcessTable.boot)
        let process = RunningProcess(identity: identity, descriptor: child.pidfd)
        do throws(SystemFailure) {
            try record(identity)
        } catch {
            cprocess_discard(&child)
            throw error
        }
        let refusal = cprocess_release(&child, &step)
        if refusal != 0 { throw failure(step: step, code: refusal) }
        return process
    }

    /// Never more than we may have ourselves.
    private var limit: UInt64 {
        var own = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &own) == 0 else { return 1024 }
        return min(Self.openFiles, UInt64(own.rlim_max))
    }

    /// Lends the steps towards the process's own root as C wants them.
    private func withMounts<Result>(
        _ body: (UnsafePointer<CChar>?, UnsafeBufferPointer<cprocess_mount>) -> Result
    ) -> Result {
        guard let root else { return body(nil, UnsafeBufferPointer(start: nil, count: 0)) }
        let texts = root.steps.flatMap { [$0.source, $0.target] }
        return withCStrings(texts) { strings in
            let mounts = root.steps.enumerated().map { index, step in
                let facts = step.facts
                return cprocess_mount(
                    kind: step.kind, source: strings[index * 2], target: strings[index * 2 + 1],
                    mode: facts.mode, user: facts.user, group: facts.group)
            }
            return root.path.withCString { path in
                mounts.withUnsafeBufferPointer { body(path, $0) }
            }
        }
    }

    private func failure(step: Int32, code: Int32) -> SystemFailure {
        let mount = Int(step) - CPROCESS_MOUNTS
        if mount >= 0, let step = root?.steps[mount] {
            return SystemFailure("cannot mount \(step.source) at \(step.target)", code: code)
        }
        let what =
            switch Int(step) {
            case CPROCESS_ROOT: "cannot give the process directories of its own"
            case CPROCESS_DIRECTORY: "cannot enter \(directory)"
            case CPROCESS_USER: "cannot become \(account?.name ?? "another user")"
            case CPROCESS_LIMITS: "cannot set the limits of the process"
            case CPROCESS_PROGRAM: "cannot execute \(command[0])"
            case CPROCESS_STREAMS: "cannot set up the streams of the process"
            default: "cannot start a process"
            }
        return SystemFailure(what, code: code)
    }
}

/// Lends the strings as a C array that ends with a null pointer.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let copies = strings.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeBufferPointer { buffer in
        guard let base = buffer.baseAddress else { preconditionFailure("the array holds its end") }
        return body(base)
    }
}
