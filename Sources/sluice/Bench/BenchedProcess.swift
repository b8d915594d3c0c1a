import Foundation
import Glibc
import LocalCluster

/// A process whose memory and time are read from the kernel.
struct BenchedProcess: Sendable {
    private let process: RunningProcess

    init(_ process: RunningProcess) {
        self.process = process
    }

    /// Memory in KiB.
    struct Memory: Sendable {
        /// What is the process's own, and nobody else's.
        var anonymous = 0
        /// With its part of what is shared.
        var proportional = 0
        /// With all that is shared.
        var resident = 0
        /// The most that `resident` ever was.
        var peak = 0
    }

    var memory: Memory {
        let status = fields(of: "status")
        return Memory(
            anonymous: status["RssAnon"] ?? 0,
            proportional: fields(of: "smaps_rollup")["Pss"] ?? 0,
            resident: status["VmRSS"] ?? 0, peak: status["VmHWM"] ?? 0)
    }

    /// Time on the processors since its start, in nanoseconds.
    var processorTime: Int {
        var clock = clockid_t()
        var time = timespec()
        guard clock_getcpuclockid(process.identity.pid, &clock) == 0,
            clock_gettime(clock, &time) == 0
        else { return 0 }
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// The share of one processor that it takes while nothing is asked of it, in per cent.
    func load(over seconds: Int) async throws -> Double {
        let before = processorTime
        try await Task.sleep(for: .seconds(seconds))
        return Double(processorTime - before) / Double(seconds) / 1e7
    }

    func end() async {
        process.killAll()
        _ = await process.exit()
    }

    /// The lines `Name:  123 kB` of a file in `/proc/PID`.
    private func fields(of file: String) -> [String: Int] {
        let path = "/proc/\(process.identity.pid)/\(file)"
        // Such files say that they are empty, and are read to their end all the same.
        guard let handle = FileHandle(forReadingAtPath: path) else { return [:] }
        let text = String(decoding: handle.availableData, as: UTF8.self)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, Int)? in
            let words = line.split(separator: " ").flatMap { $0.split(separator: "\t") }
            guard words.count >= 2, words[0].hasSuffix(":"), let value = Int(words[1]) else {
                return nil
            }
            return (String(words[0].dropLast()), value)
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
