import Foundation

/// A process of this machine, as `/proc` shows it. Its number and its start together mean it alone.
struct RunningProcess: Hashable, Sendable {
    let pid: pid_t
    let parent: pid_t
    let start: UInt64

    /// All that run; what has ended and is only waited for is none of them.
    static var all: [RunningProcess] {
        names(in: "/proc").compactMap { pid_t($0) }.compactMap(RunningProcess.init)
    }

    /// The process and everything that descends from it.
    static func family(of pid: pid_t) -> Set<RunningProcess> {
        let all = all
        var family = Set(all.filter { $0.pid == pid })
        var open = family
        while !open.isEmpty {
            let parents = Set(open.map(\.pid))
            open = Set(all.filter { parents.contains($0.parent) }).subtracting(family)
            family.formUnion(open)
        }
        return family
    }

    init?(pid: pid_t) {
        // The name stands in brackets and may hold anything.
        guard let text = glance("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
            return nil
        }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", let parent = pid_t(fields[1]),
            let start = UInt64(fields[19])
        else { return nil }
        self.pid = pid
        self.parent = parent
        self.start = start
    }

    /// Whether it still runs; another one with its number does not count.
    var isRunning: Bool { RunningProcess(pid: pid)?.start == start }

    func kill() { send(SIGKILL) }

    func send(_ signal: Int32) {
        if isRunning { Glibc.kill(pid, signal) }
    }

    /// The words it was started with.
    var command: [String] {
        (glance("/proc/\(pid)/cmdline") ?? "").split(separator: "\0").map(String.init)
    }

    var directory: String? { destination("/proc/\(pid)/cwd") }
    var program: String? { destination("/proc/\(pid)/exe") }

    /// The numbers of the sockets that it has open.
    var sockets: Set<String> {
        let folder = "/proc/\(pid)/fd"
        return Set(
            Self.names(in: folder).compactMap { destination("\(folder)/\($0)") }
                .filter { $0.hasPrefix("socket:[") }.map { String($0.dropFirst(8).dropLast()) })
    }

    private static func names(in folder: String) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            return []
        }
    }
}

/// What some processes hold of the machine, looked at while they run.
struct Footprint: Sendable {
    let processes: Set<RunningProcess>
    private let ports: Set<String>
    private let paths: Set<String>
    let directories: Set<String>

    init(_ processes: Set<RunningProcess>) {
        self.processes = processes
        let sockets = processes.reduce(into: Set()) { $0.formUnion($1.sockets) }
        ports = sockets.intersection(Self.listening.keys)
        paths = Set(sockets.compactMap { Self.named[$0] })
        directories = Set(processes.compactMap(\.directory))
    }

    /// How many listeners there are: ports and named sockets.
    var listeners: Int { ports.count + paths.count }

    /// What is still there, a line each.
    var left: [String] {
        let open = Self.listening
        return processes.filter(\.isRunning).map { "process \($0.pid): \($0.command)" }
            + ports.compactMap { open[$0] }.map { "listener at \($0)" }
            + paths.flatMap { [$0, $0.parent] }.filter(FileManager.default.fileExists)
    }

    /// The sockets that take connections, with their addresses.
    private static var listening: [String: String] {
        table("/proc/net/tcp", number: 9) { $0[3] == "0A" ? $0[1] : nil }
    }

    private static var named: [String: String] {
        table("/proc/net/unix", number: 6) { $0.count > 7 && $0[7].hasPrefix("/") ? $0[7] : nil }
    }

    private static func table(
        _ path: String, number: Int, _ value: ([String]) -> String?
    ) -> [String: String] {
        var result: [String: String] = [:]
        for line in (glance(path) ?? "").split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ").map(String.init)
            if fields.count > number, let value = value(fields) { result[fields[number]] = value }
        }
        return result
    }
}

extension String {
    /// The directory that a path is in.
    var parent: String { URL(filePath: self).deletingLastPathComponent().path }
}

/// A file of `/proc`, whole; nil where it is not there any more.
private func glance(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(file, &piece, piece.count)
        if count <= 0 { break }
        bytes += piece[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

func destination(_ path: String) -> String? {
    var name = [CChar](repeating: 0, count: 4_096)
    let count = readlink(path, &name, name.count)
    guard count > 0 else { return nil }
    return String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
