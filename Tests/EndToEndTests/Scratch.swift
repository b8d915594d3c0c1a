import Foundation
import Synchronization

/// A directory of one test, and the programs that the test has started. Both are gone afterwards.
final class Scratch: Sendable {
    let root: String
    private let programs = Mutex<[Program]>([])
    private let count = Mutex(0)

    private init() throws {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("no directory below /tmp") }
        root = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        // Pods walk through as somebody without rights.
        chmod(root, 0o711)
        for name in ["home", "temporary"] {
            try FileManager.default.createDirectory(
                atPath: path(name), withIntermediateDirectories: false)
        }
    }

    /// Runs `body` with a directory of its own, and cleans up behind it however it ends.
    static func with(_ body: (Scratch) async throws -> Void) async throws {
        let scratch = try Scratch()
        do {
            try await body(scratch)
        } catch {
            await scratch.clean(after: error)
            throw error
        }
        await scratch.clean(after: nil)
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// A name that was not there before.
    func fresh(_ name: String) -> String {
        count.withLock {
            $0 += 1
            return "\(name)-\($0)"
        }
    }

    func keep(_ program: Program) {
        programs.withLock { $0.append(program) }
    }

    /// The same for every program, whoever runs the tests.
    var environment: [String: String] {
        [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": path("home"), "TMPDIR": path("temporary"), "LC_ALL": "C.UTF-8",
        ]
    }

    /// Runs a short program to its end.
    func run(
        _ arguments: [String], environment: [String: String] = [:], seconds: Int = 30
    ) async throws -> Outcome {
        let program = try Program(
            arguments, in: self, environment: environment, limitSeconds: seconds)
        let status = try await program.ended(within: seconds + 25)
        programs.withLock { $0.removeAll { $0 === program } }
        return Outcome(status: status, output: program.output, errors: program.errors)
    }

    private func clean(after error: (any Error)?) async {
        // The last one first: it may go on with what an earlier one has started.
        for program in programs.withLock({ $0 }).reversed() {
            let wasRunning = program.status == nil
            await program.stop()
            if error != nil, wasRunning {
                print("A program of a test that failed said:\n\(program.output)\n\(program.errors)")
            }
        }
        // What a killed program left has its own directory in here.
        for process in RunningProcess.all
        where [process.program, process.directory].contains(where: { $0?.hasPrefix(root) == true })
            || process.command.contains(where: { $0.hasPrefix(root) })
        {
            process.kill()
        }
        do {
            try FileManager.default.removeItem(atPath: root)
        } catch {
            print("\(root) stays: \(error)")
        }
    }
}

/// The programs under test and beside it.
enum Tool {
    /// The program that was built with these tests.
    static let sluice: String = {
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["SLUICE_BINARY"] { return named }
        return (destination("/proc/self/exe") ?? "").parent + "/sluice"
    }()

    /// The one that `Scripts/install-kubectl` brings, which is the newest; else the machine's.
    static let kubectl: String = {
        let installed = repository.appending(path: ".build/tools/kubectl").path
        return FileManager.default.isExecutableFile(atPath: installed) ? installed : "kubectl"
    }()

    /// Debian's, version 1.20: the oldest that anybody still has.
    static let oldKubectl = repository.appending(path: ".build/tools/kubectl-debian").path

    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
