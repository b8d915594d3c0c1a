/// Follows nginx's log of requests.
package struct RequestLog: Sendable {
    private let directory: String
    private let metrics: RequestMetrics

    /// How often the log is read when nobody asks for the counters.
    private static let pauseSeconds = 1

    /// - Parameters:
    ///   - directory: that of the nginx whose requests are counted.
    ///   - metrics: counts them.
    package init(proxy directory: String, metrics: RequestMetrics) {
        self.directory = directory
        self.metrics = metrics
    }

    /// Begins to count: what was counted before a kill is known again.
    package func begin() async {
        await metrics.follow(
            log: "\(directory)/\(NginxConfiguration.accessLog)",
            record: "\(directory)/requests.json")
    }

    /// Counts until the task is cancelled.
    package func run() async {
        await begin()
        while !Task.isCancelled {
            await metrics.catchUp()
            do { try await Task.sleep(for: .seconds(Self.pauseSeconds)) } catch { break }
        }
        await metrics.catchUp()
        await metrics.save()
    }
}
