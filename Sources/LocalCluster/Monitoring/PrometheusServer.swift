import Documents
import Glibc
import KubernetesObjects
import Logging

/// The Prometheus of the box: scrapes the proxy's counters and the pods that ask for it.
package actor PrometheusServer {
    /// Where Prometheus lives and what it scrapes.
    package struct Settings: Sendable {
        package var program = "/usr/bin/prometheus"
        /// Configuration and data.
        package var directory: String
        /// Where it listens on 127.0.0.1.
        package var port: Int
        /// Where the counters of the requests are, on 127.0.0.1.
        package var metricsPort: Int
        package var account: Account?
        package var scrapeSeconds = 1

        package init(directory: String, port: Int, metricsPort: Int, account: Account?) {
            self.directory = directory
            self.port = port
            self.metricsPort = metricsPort
            self.account = account
        }
    }

    private let settings: Settings
    private let cluster: ClusterAccess
    private let logger: Logger
    private let supervised: Supervised

    /// How long samples are kept: longer than any analysis looks back, short enough for a small
    /// disk.
    private static let retention = "6h"
    private static let retentionSize = "512MB"
    private static let restartSeconds = 1

    package init(
        _ settings: Settings, cluster: ClusterAccess,
        logger: Logger = Logger(label: "sluice.prometheus")
    ) {
        self.settings = settings
        self.cluster = cluster
        self.logger = logger
        supervised = Supervised(name: "prometheus", directory: settings.directory)
    }

    private var data: String { "\(settings.directory)/data" }
    private var configuration: String { "\(settings.directory)/prometheus.json" }
    private var targets: String { "\(settings.directory)/targets/pods.json" }

    /// Runs Prometheus until the task is cancelled, and stops it before it returns.
    /// - Throws: `SystemFailure` where the directory cannot be used or the program not started.
    package func run() async throws(SystemFailure) {
        try Files.makeDirectory(settings.directory, mode: 0o711)
        try Files.makeDirectory(data, mode: 0o700, owner: settings.account)
        // Prometheus is told of changes only in a directory that it may read.
        try Files.makeDirectory("\(settings.directory)/targets", mode: 0o755)
        try Files.write(wholeConfiguration.text, to: configuration, mode: 0o644)
        // The targets of an earlier run stay until the pods have been looked at.
        if try Files.read(targets) == nil { try Files.write("[]", to: targets, mode: 0o644) }
        let first: RunningProcess
        if let found = supervised.found() { first = found } else { first = try start() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.followPods() }
            group.addTask { await self.keepRunning(first) }
            await group.waitForAll()
        }
    }

    /// Whether it answers questions.
    /// - Parameter httpGet: the status of an HTTP GET; nil where none came in time.
    package nonisolated func isReady(_ httpGet: @Sendable (HTTPProbe) async -> Int?) async -> Bool {
        await httpGet(
            HTTPProbe(
                host: "127.0.0.1", port: settings.port, path: "/-/ready", headers: [],
                timeoutSeconds: 1)
        ) == 200
    }

    private func start() throws(SystemFailure) -> RunningProcess {
        try supervised.start(
            [
                // Paths as they are seen from its directory: those above it may be closed to its
                // user.
                settings.program, "--config.file=prometheus.json", "--storage.tsdb.path=data",
                "--storage.tsdb.retention.time=\(Self.retention)",
                "--storage.tsdb.retention.size=\(Self.retentionSize)",
                "--web.listen-address=127.0.0.1:\(settings.port)", "--log.level=warn",
            ], account: settings.account)
    }

    private func keepRunning(_ first: RunningProcess) async {
        var process = first
        while true {
            let end = await process.exit()
            if Task.isCancelled {
                if end == nil { await supervised.stop(process) }
                return
            }
            logger.error(
                "prometheus ended, starting it again",
                metadata: ["log": "\(supervised.lastWords())"])
            do {
                try await Task.sleep(for: .seconds(Self.restartSeconds))
                process = try start()
            } catch {
                logger.error("prometheus cannot be started", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    private var wholeConfiguration: JSON {
        let interval = JSON.string("\(settings.scrapeSeconds)s")
        return [
            "global": ["scrape_interval": interval, "scrape_timeout": interval],
            "scrape_configs": [
                [
                    "job_name": "ingress-nginx",
                    "static_configs": [["targets": [.string("127.0.0.1:\(settings.metricsPort)")]]],
                ],
                [
                    "job_name": "pods",
                    "file_sd_configs": [
                        ["files": ["targets/pods.json"], "refresh_interval": "5s"]
                    ],
                    "relabel_configs": [
                        ["source_labels": ["metrics_path"], "target_label": "__metrics_path__"],
                        ["regex": "metrics_path", "action": "labeldrop"],
                    ],
                ],
            ],
        ]
    }

    /// Writes down which pods ask to be scraped, at every change.
    private func followPods() async {
        var last = ""
        for await _ in cluster.changes([.pods]) {
            let pods = await cluster.list(.pods)
            let text = JSON.array(pods.compactMap(Self.target)).text
            guard text != last else { continue }
            do throws(SystemFailure) {
                try Files.write(text, to: targets, mode: 0o644)
                last = text
            } catch {
                logger.error(
                    "the list of targets cannot be written", metadata: ["error": "\(error)"])
            }
        }
    }

    /// The entry of a pod that is annotated for scraping and has an address.
    static func target(_ pod: Object) -> JSON? {
        guard pod.annotations["prometheus.io/scrape"] == "true",
            let port = pod.annotations["prometheus.io/port"].flatMap({ Int($0) }),
            let address = pod.status?["podIP"]?.string, pod.deletionTimestamp == nil
        else { return nil }
        var labels = ["namespace": pod.namespace, "pod": pod.name]
        labels["metrics_path"] = pod.annotations["prometheus.io/path"] ?? "/metrics"
        for (key, value) in pod.labels { labels[labelName(key)] = value }
        return [
            "targets": [.string("\(address):\(port)")],
            "labels": JSON(strings: labels),
        ]
    }

    /// A label's key as Prometheus can name it.
    private static func labelName(_ key: String) -> String {
        String(key.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
}
