import Curl
import Foundation
import LocalCluster

/// `sluice controller` as a cluster would run it, as a process of its own, with what it tells a
/// monitoring system.
final class BenchedController: Sendable {
    private let command: [String]
    private let directory: String
    /// That of its health page, and of what it tells a monitoring system.
    private let port: Int
    private let running = Lock<BenchedProcess?>(nil)
    private let http = CurlClient()

    /// Where its lease is.
    static let namespace = "sluice-bench"
    /// A start that takes longer is no start.
    private static let longestStart = Duration.seconds(120)

    /// - Parameter flags: which API server is meant.
    init(_ flags: [String], prometheusPort: Int) throws {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        directory = NSTemporaryDirectory() + "/sluice-bench-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        port = try Ports.free()
        command =
            [program, "controller"] + flags + [
                "--prometheus", "http://127.0.0.1:\(prometheusPort)",
                "--healthzPort", "\(port)", "--metricsPort", "\(port)",
                "--history", "\(directory)/history.sqlite", "--loglevel", "error",
            ]
    }

    /// Starts it and waits until its caches are full.
    /// - Returns: how long that took.
    func start() async throws -> Duration {
        let launch = Launch(
            command: command,
            environment: [("PATH", "/usr/bin:/bin"), ("POD_NAMESPACE", Self.namespace)],
            directory: directory, log: directory + "/controller.log")
        let begin = ContinuousClock.now
        let process = BenchedProcess(try launch.start())
        running.withLock { $0 = process }
        while true {
            let waited = ContinuousClock.now - begin
            if await answer("/readyz")?.head.status == 200 { return waited }
            guard waited < Self.longestStart else {
                throw CommandFailure("bench: the controller is not ready; see \(directory)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// As if its machine had gone: without a farewell.
    func stop() async {
        let process = running.withLock { process in
            defer { process = nil }
            return process
        }
        await process?.end()
    }

    /// Stops it and takes its files away.
    func end() async {
        await stop()
        do {
            try FileManager.default.removeItem(atPath: directory)
        } catch {
            Terminal.error.say("bench: \(directory) is left: \(error)")
        }
    }

    /// Of the process that runs now.
    var memory: BenchedProcess.Memory { running.withLock { $0?.memory } ?? .init() }

    /// Time on the processors so far, in seconds.
    var processorSeconds: Double {
        Double(running.withLock { $0?.processorTime } ?? 0) / 1e9
    }

    /// Requests to the API server so far, by verb and kind; without watches, which are few.
    func requests() async -> [String: Int] {
        guard let response = await answer("/metrics") else { return [:] }
        var requests: [String: Int] = [:]
        for line in String(decoding: response.body, as: UTF8.self).split(separator: "\n")
        where line.hasPrefix("controller_clientset_k8s_request_total{") {
            guard let verb = line.label("verb"), let kind = line.label("kind"), verb != "Watch",
                let count = line.split(separator: " ").last.flatMap({ Int($0) })
            else { continue }
            requests["\(verb) \(kind)", default: 0] += count
        }
        return requests
    }

    private func answer(_ path: String) async -> Response? {
        do {
            return try await http.execute(CurlRequest(url: "http://127.0.0.1:\(port)\(path)"))
        } catch {
            return nil
        }
    }
}

extension Substring {
    /// The value of a label that has no quotes inside.
    fileprivate func label(_ name: String) -> String? {
        guard let start = firstRange(of: "\(name)=\"") else { return nil }
        return String(self[start.upperBound...].prefix { $0 != "\"" })
    }
}
