import Foundation
import Glibc

/// The machine that the numbers belong to.
enum Machine {
    /// In one sentence: processors, memory, system, and how this program was built.
    static var description: String {
        let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let model = value(of: "model name", in: "/proc/cpuinfo") ?? "unknown processor"
        let memory =
            value(of: "MemTotal", in: "/proc/meminfo")?.split(separator: " ").first
            .flatMap { Int($0) } ?? 0
        let system = value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=") ?? "Linux"
        return """
            \(processors) × \(model), \(rounded(Double(memory) / 1_048_576, 0)) GiB, \
            \(system.replacingOccurrences(of: "\"", with: "")), Linux \(kernel), \(build) build.
            """
    }

    private static var build: String {
        #if DEBUG
            "**debug**"
        #else
            "release"
        #endif
    }

    private static var kernel: String {
        content(of: "/proc/sys/kernel/osrelease").split(separator: "\n").first.map(String.init)
            ?? "unknown"
    }

    private static func value(
        of name: String, in path: String, separator: Character = ":"
    ) -> String? {
        for line in content(of: path).split(separator: "\n") {
            let parts = line.split(separator: separator, maxSplits: 1)
            if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name {
                return parts[1].trimmingCharacters(in: .whitespaces)
            }
        }
        return nil
    }

    private static func content(of path: String) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else { return "" }
        return String(decoding: handle.availableData, as: UTF8.self)
    }
}
