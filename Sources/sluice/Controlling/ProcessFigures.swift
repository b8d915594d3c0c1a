import Controller
import Foundation
import Glibc

/// What this process takes of its machine, under the names that every exporter uses.
struct ProcessFigures: Hashable, Sendable {
    var processorSeconds = 0.0
    var residentBytes = 0
    var startSeconds = 0.0
    /// Nil where the kernel does not tell.
    var openFiles: Int?

    /// As the kernel tells it.
    static var now: ProcessFigures {
        var figures = ProcessFigures()
        figures.processorSeconds = seconds(of: CLOCK_PROCESS_CPUTIME_ID)
        // Such files say that they are empty, and are read to their end all the same.
        let status = FileHandle(forReadingAtPath: "/proc/self/stat")?.availableData ?? Data()
        // The name of the program may hold anything, up to the last parenthesis.
        let fields =
            String(decoding: status, as: UTF8.self).split(separator: ")").last?
            .split(separator: " ") ?? []
        if fields.count > 21, let ticks = Double(fields[19]), let pages = Int(fields[21]) {
            let sinceStart =
                seconds(of: CLOCK_BOOTTIME) - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
            figures.startSeconds = (seconds(of: CLOCK_REALTIME) - sinceStart).rounded()
            figures.residentBytes = pages * sysconf(Int32(_SC_PAGESIZE))
        }
        do {
            let files = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
            figures.openFiles = files.count
        } catch {
            // A process that may open no more files still has the rest to tell.
        }
        return figures
    }

    /// In the text format of Prometheus.
    var exposition: String {
        var cpu = MetricFamily(
            "process_cpu_seconds_total", .counter, "Time on the processors, in seconds.")
        cpu.add([], processorSeconds)
        var memory = MetricFamily("process_resident_memory_bytes", .gauge, "Resident memory.")
        memory.add([], Double(residentBytes))
        var start = MetricFamily(
            "process_start_time_seconds", .gauge, "When the process started, since 1970.")
        start.add([], startSeconds)
        var files = MetricFamily("process_open_fds", .gauge, "Open files and connections.")
        if let openFiles { files.add([], Double(openFiles)) }
        return [cpu, memory, start, files].map(\.lines).joined()
    }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
