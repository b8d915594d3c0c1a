import LocalCluster
import Logging
import ServiceLifecycle
import Serving

/// The counters of the requests, and the Prometheus that reads them.
struct BoxMonitoring: Sendable {
    let services: [any Service]
    let metrics: RequestMetrics

    init(
        layout: BoxLayout, ports: Ports, account: Account?, server: ObjectServer,
        scrapeSeconds: Int,
        log: Logger
    ) {
        let metrics = RequestMetrics()
        self.metrics = metrics
        let requests = RequestLog(proxy: layout.proxy, metrics: metrics)
        let exporter = Listener(at: .loopback(port: ports.metrics), logger: log) { request in
            guard request.path == "/metrics" else {
                return .text("not here: see /metrics", status: 404)
            }
            return .text(await metrics.text())
        }
        var settings = PrometheusServer.Settings(
            directory: layout.prometheus, port: ports.prometheus, metricsPort: ports.metrics,
            account: account)
        settings.scrapeSeconds = scrapeSeconds
        let prometheus = PrometheusServer(settings, cluster: server.access, logger: log)
        services = [
            BoxPart { await requests.run() }, exporter, BoxPart { try await prometheus.run() },
        ]
    }
}
