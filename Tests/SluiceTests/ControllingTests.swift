import ArgumentParser
import Curl
import Documents
import KubernetesObjects
import Logging
import Manifests
import Testing

@testable import Controller
@testable import Serving
@testable import sluice

struct `The election flags` {
    private func parsed(_ arguments: String...) throws -> ElectionOptions {
        try ElectionOptions.parse(arguments)
    }

    /// Holds: 7.4 leader election.
    @Test func `are those of the field, and on by default`() throws {
        func elects(_ arguments: String...) throws -> Bool {
            FieldArguments(try ControllerCommand.parse(arguments).others)
                .says("--leader-elect", usually: true)
        }
        #expect(try elects() && elects("--leader-elect"))
        #expect(try !elects("--leader-elect=False", "--healthzPort=8080"))
        #expect(try elects("--leader-elect", "--qps", "3"))
        #expect(throws: (any Error).self) { try elects("--leader-elect", "false") }
        #expect(
            try parsed("--leader-election-lease-duration", "1m").leaseDuration
                == TimeLimit(seconds: 60))
    }

    @Test(arguments: [
        ["--leader-election-lease-duration", "12s"],
        ["--leader-election-renew-deadline", "3s"],
        ["--leader-election-retry-period", "0"],
        ["--leader-election-lease-duration", "15500ms"],
    ])
    func `leave a leader time to stop before another one begins`(arguments: [String]) {
        #expect(throws: (any Error).self) { try ControllerCommand.parse(arguments) }
    }
}

struct `The flags of extensions` {
    private func parsed(_ arguments: String...) throws -> ExtensionOptions {
        try ExtensionOptions.parse(arguments)
    }

    @Test func `register each by its name`() throws {
        let options = try parsed(
            "--metric-plugin", "acme/a=http://127.0.0.1:9000/a?x=1", "--metric-plugin",
            "b=unix:/run/b.sock")
        #expect(
            try options.registered().metrics.mapValues(\.description) == [
                "acme/a": "http://127.0.0.1:9000/a?x=1", "b": "unix:/run/b.sock",
            ])
        #expect(try options.registered().plugins.metrics == ["acme/a", "b"])
        #expect(
            try parsed("--metric-plugin", "a=https://b.example.com", "--extensions-anywhere")
                .registered().metrics.count == 1)
    }

    @Test(arguments: [
        ["a"], ["=http://127.0.0.1"], ["a=http://10.0.0.1"], ["a=file:///plugin"],
        ["a=unix:/a", "--metric-plugin", "a=unix:/b"],
    ])
    func `take neither a program nor another machine`(_ arguments: [String]) {
        #expect(throws: (any Error).self) {
            try ExtensionOptions.parse(["--metric-plugin"] + arguments)
        }
    }
}

struct `An instance id` {
    /// Holds: 7.4 instance-id.
    @Test func `chooses the objects that carry it, and none chooses those without`() throws {
        let labelled = Object([
            "metadata": ["labels": ["argo-rollouts.argoproj.io/controller-instance-id": "a"]]
        ])
        let bare = Object(["metadata": [:]])
        let mine = try ControllerCommand.parse(["--instance-id", "a"]).settings([:])
        #expect(mine.isOurs(labelled) && !mine.isOurs(bare))
        let everybodys = try ControllerCommand.parse([]).settings([:])
        #expect(!everybodys.isOurs(labelled) && everybodys.isOurs(bare))
    }
}

struct `A log as JSON` {
    private func lines(_ level: Logger.Level, _ act: (inout Logger) -> Void) throws -> [JSON] {
        let written = Written()
        var log = Logger(label: "test") { _ in
            JSONLog(level: level, now: { Timestamp(seconds: 0) }, write: { written.add($0) })
        }
        act(&log)
        return try written.text.split(separator: "\n").map { try JSON(parsing: String($0)) }
    }

    @Test func `has one object on each line`() throws {
        let lines = try lines(.info) { log in
            log[metadataKey: "replica"] = "a"
            log.info("decided", metadata: ["reason": "step \"1\"\npassed", "msg": "other"])
            log.debug("not told")
            log.error("not done")
        }
        #expect(
            lines == [
                [
                    "time": "1970-01-01T00:00:00.000000Z", "level": "info", "msg": "decided",
                    "fields.msg": "other", "reason": "step \"1\"\npassed", "replica": "a",
                ],
                [
                    "time": "1970-01-01T00:00:00.000000Z", "level": "error", "msg": "not done",
                    "replica": "a",
                ],
            ])
    }
}

struct `A decision` {
    /// As programs count who decided what: by lines.
    @Test func `is one line of the log as JSON, however much it writes`() async throws {
        let written = Written()
        let log = Logger(label: "test") { _ in
            JSONLog(level: .info, now: { Timestamp(seconds: 0) }, write: { written.add($0) })
        }
        let chronicle = Chronicle(history: nil, secrets: .none, log: log)
        let bench = try Bench(
            [(.rollouts, try rollout(["status": ["abort": true]]))] + surroundings())
        var turn = RolloutTurn(
            cluster: bench.cluster, memory: Recollection(),
            journal: Journal(
                announce: { _, _ in }, decided: { chronicle.decided($0, $1) },
                stumbled: { chronicle.stumbled($0, $1, $2) }),
            now: { Timestamp(milliseconds: 1_767_323_165_000) })
        turn.stopsAtBrokenInvariants = false
        var writes: [Int] = []
        for _ in 0..<8 {
            let (lines, before) = (written.lines, await bench.writes.count)
            _ = await turn.take(Bench.key)
            writes.append(await bench.writes.count - before)
            #expect(written.lines - lines == (writes.last == 0 ? 0 : 1), "\(written.text)")
        }
        #expect(writes.contains { $0 > 1 } && writes.last == 0, "\(writes)")
        for line in written.text.split(separator: "\n") {
            #expect(try JSON(parsing: String(line))["msg"] == "decided")
        }
    }
}

/// What a log has written.
private final class Written: Sendable {
    private let bytes = Lock<[UInt8]>([])
    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
    var lines: Int { text.split(separator: "\n").count }
    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
}

struct `The health page` {
    private func answer(
        _ path: String, method: String = "GET", obstacles: [String] = []
    ) async -> String {
        let page = HealthPage(obstacles: { obstacles }, metrics: { "a 1\n" })
        let response = await page.respond(to: Request(method: method, target: path))
        guard case .bytes(let bytes) = response.body else { return "" }
        return "\(response.status) \(String(decoding: bytes, as: UTF8.self))"
    }

    /// Holds: 7.3 health.
    @Test func `says whether this replica lives, and whether it is ready`() async {
        #expect(await answer("/healthz", obstacles: ["no"]) == "200 ok\n")
        #expect(await answer("/readyz") == "200 ok\n")
        let obstacle = "services are not listed yet"
        #expect(await answer("/readyz", obstacles: [obstacle]) == "503 \(obstacle)\n")
        #expect(await answer("/metrics") == "200 a 1\n")
        #expect(await answer("/") == "404 there are /healthz, /readyz and /metrics\n")
        #expect(await answer("/healthz", method: "POST") == "405 only GET\n")
    }
}

struct `The listeners of a controller` {
    /// Clusters of IPv6 alone have kubelets that ask by nothing else.
    @Test func `take every address of the pod`() {
        let page = HealthPage(obstacles: { [] }, metrics: { "" })
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listener = page.listener(port: 8080, log: log) as? Listener
        #expect(listener?.address == .everywhere(port: 8080))
        #expect(page.listener(port: 0, log: log) == nil)
    }
}

struct `A family of metrics` {
    @Test func `is written as Prometheus reads it`() {
        var family = MetricFamily("rollout_info", .gauge, "Information about a rollout.")
        family.add([("name", "a\"b\\c\nd"), ("phase", "")], 1)
        family.add([], 2.5)
        #expect(
            family.lines == """
                # HELP rollout_info Information about a rollout.
                # TYPE rollout_info gauge
                rollout_info{name="a\\"b\\\\c\\nd",phase=""} 1
                rollout_info 2.5

                """)
        #expect(MetricFamily("empty", .counter, "Nothing.").lines == "")
    }
}

struct `The figures of a process` {
    @Test func `are what the kernel says`() {
        let figures = ProcessFigures.now
        #expect(figures.processorSeconds > 0)
        #expect(figures.residentBytes > 1 << 20)
        #expect((figures.openFiles ?? 0) > 2)
        let now = Double(Timestamp.now.milliseconds) / 1_000
        #expect((now - 86_400...now + 1).contains(figures.startSeconds))
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes",
            "process_start_time_seconds", "process_open_fds",
        ] {
            #expect(figures.exposition.contains("\n\(name) "))
        }
    }
}
