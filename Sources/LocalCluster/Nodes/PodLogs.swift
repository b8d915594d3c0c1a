import CProcess
import Glibc

/// The logs of pods: files to which the processes write themselves, so that they outlive us.
package struct PodLogs: Sendable {
    /// What is kept of one run of a container.
    package static let keptBytes = 4 << 20
    /// Logs may grow so far beyond before their beginning is given back to the disk.
    static let slackBytes = 1 << 20
    private static let pollMilliseconds = 200

    private let records: PodRecords

    /// - Parameter directory: the directory of the node.
    package init(directory: String) { records = PodRecords(directory) }

    /// The last bytes of a container's log, from the beginning of a line on; empty where there is
    /// none yet.
    /// - Parameters:
    ///   - restarts: which run of the container, as counted in `restartCount`.
    ///   - bytes: at most this many.
    package func tail(
        uid: String, container: String, restarts: Int, bytes: Int = keptBytes
    ) throws(SystemFailure) -> LogPart {
        let path = records.log(uid: uid, container: container, restarts: restarts)
        guard let file = LogFile(path) else { return LogPart() }
        let start = max(file.firstKept, file.size - off_t(bytes))
        let text = try file.read(from: start, atMost: bytes)
        let next = start + off_t(text.count)
        guard start > 0, let end = text.firstIndex(of: 10) else {
            return LogPart(bytes: text, end: next)
        }
        return LogPart(bytes: Array(text[(end + 1)...]), end: next)
    }

    /// What is written after `offset`, until that run of the container has ended or the task is
    /// cancelled.
    package func follow(
        uid: String, container: String, restarts: Int, from offset: off_t
    ) -> AsyncStream<[UInt8]> {
        let path = records.log(uid: uid, container: container, restarts: restarts)
        let position = Position(offset: offset)
        return AsyncStream {
            await position.next(in: path, every: .milliseconds(Self.pollMilliseconds)) {
                records.isRunning(uid: uid, container: container, restarts: restarts)
            }
        }
    }

    /// Where a reader stands.
    private actor Position {
        private static let partBytes = 64 << 10
        private var offset: off_t

        init(offset: off_t) { self.offset = offset }

        func next(
            in path: String, every pause: Duration, while isRunning: @Sendable () -> Bool
        ) async -> [UInt8]? {
            while !Task.isCancelled {
                // Asked before the log is read: what it said at its very end is not missed.
                let goesOn = isRunning()
                do {
                    if let bytes = try part(of: path) { return bytes }
                    guard goesOn else { return nil }
                    try await Task.sleep(for: pause)
                } catch {
                    return nil
                }
            }
            return nil
        }

        private func part(of path: String) throws(SystemFailure) -> [UInt8]? {
            guard let file = LogFile(path), file.size > offset else { return nil }
            let start = max(offset, file.firstKept)
            let bytes = try file.read(from: start, atMost: Self.partBytes)
            offset = start + off_t(bytes.count)
            return bytes.isEmpty ? nil : bytes
        }
    }
}

/// A part of a log, and where the next one begins.
package struct LogPart: Sendable {
    package var bytes: [UInt8] = []
    package var end: off_t = 0
}

extension Node {
    private static let logCheckSeconds = 5

    /// Gives the beginnings of long logs back to the disk. The files keep their size, so that
    /// nobody who writes or reads them at this moment loses a line.
    func boundLogs() async {
        while !Task.isCancelled {
            for uid in Files.names(in: "\(directory)/logs") {
                for name in Files.names(in: "\(directory)/logs/\(uid)") {
                    LogFile.bound(
                        "\(directory)/logs/\(uid)/\(name)", keep: PodLogs.keptBytes,
                        slack: PodLogs.slackBytes)
                }
            }
            do { try await Task.sleep(for: .seconds(Self.logCheckSeconds)) } catch { return }
        }
    }
}

/// An open log whose beginning may have been given back.
final class LogFile {
    private let file: Int32

    init?(_ path: String) {
        file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if file < 0 { return nil }
    }

    deinit { close(file) }

    var size: off_t {
        var found = stat()
        return fstat(file, &found) == 0 ? found.st_size : 0
    }

    /// Where the part begins that is still there.
    var firstKept: off_t { max(0, cprocess_next_data(file, 0)) }

    func read(from offset: off_t, atMost count: Int) throws(SystemFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(count, max(0, Int(size - offset))))
        var done = 0
        while done < bytes.count {
            let got = bytes[done...].withUnsafeMutableBytes {
                pread(file, $0.baseAddress, $0.count, offset + off_t(done))
            }
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw SystemFailure("cannot read a log")
            }
            done += got
        }
        return Array(bytes[..<done])
    }

    /// Frees what lies more than `keep` bytes before the end, once it has grown by `slack`.
    static func bound(_ path: String, keep: Int, slack: Int) {
        guard let log = LogFile(path) else { return }
        let last = log.size - off_t(keep)
        guard last - log.firstKept > off_t(slack) else { return }
        free(path, before: last)
    }

    /// Gives the blocks before `offset` back.
    static func free(_ path: String, before offset: off_t) {
        let file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return }
        defer { close(file) }
        // Whole pages only, so that the byte at the new beginning is the first that is there.
        let page: off_t = 4096
        _ = cprocess_punch(file, 0, offset / page * page)
    }
}
