import Glibc

/// Follows nginx's log of requests and counts every line once.
package struct RequestLog: Sendable {
    private let path: String
    private let metrics: RequestMetrics

    /// How soon a request shows in the counters, and how much of the log is kept for a person who looks.
    private static let pause = Duration.milliseconds(100)
    private static let partBytes = 1 << 20
    private static let keptBytes = 4 << 20
    private static let slackBytes = 4 << 20

    /// - Parameter proxy: the directory of the nginx whose requests are counted.
    package init(proxy directory: String, metrics: RequestMetrics) {
        path = "\(directory)/\(NginxConfiguration.accessLog)"
        self.metrics = metrics
    }

    /// Counts until the task is cancelled. What was logged before belongs to an earlier run's counters.
    package func run() async {
        var offset = LogFile(path)?.size ?? 0
        var rest: [UInt8] = []
        while !Task.isCancelled {
            let part = next(from: &offset)
            if part.isEmpty {
                LogFile.bound(path, keep: Self.keptBytes, slack: Self.slackBytes)
                do { try await Task.sleep(for: Self.pause) } catch { return }
                continue
            }
            await count(rest + part, rest: &rest)
        }
    }

    private func next(from offset: inout off_t) -> [UInt8] {
        guard let file = LogFile(path), file.size > offset else { return [] }
        do throws(SystemFailure) {
            let bytes = try file.read(from: offset, atMost: Self.partBytes)
            offset += off_t(bytes.count)
            return bytes
        } catch {
            return []
        }
    }

    /// Counts the whole lines of `bytes`; what is left of the last one stays in `rest`.
    private func count(_ bytes: [UInt8], rest: inout [UInt8]) async {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        for line in lines.dropLast() {
            guard let request = ServedRequest(Array(line)) else { continue }
            await metrics.add(request)
        }
        rest = lines.last.map(Array.init) ?? []
        // A line that does not end is no line of ours.
        if rest.count > Self.partBytes { rest = [] }
    }
}
