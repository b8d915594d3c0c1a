import Documents
import Glibc
import KubernetesObjects
import Testing

@testable import LocalCluster

/// A line as nginx logs it.
private func line(status: Int = 200, canary: String = "", seconds: String = "0.020") -> String {
    """
    {"status":"\(status)","method":"GET","host":"shop.test","path":"/","namespace":"default",\
    "ingress":"shop","service":"stable","canary":"\(canary)","upstream":"127.16.0.1:80",\
    "requestTime":"\(seconds)","connectTime":"0.001","headerTime":"0.002","responseTime":"0.003",\
    "requestLength":"25","bytesSent":"75","responseLength":"7"}

    """
}

private let labels = """
    canary="",controller_class="k8s.io/ingress-nginx",controller_namespace="sluice",\
    controller_pod="sluice",host="shop.test",ingress="shop",method="GET",namespace="default",\
    path="/",service="stable",status="200"
    """

struct `The counters of served requests` {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func write(_ text: String) throws {
        let path = "\(scratch.path)/requests.log"
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { throw SystemFailure("cannot open \(path)") }
        defer { close(file) }
        try #require(Glibc.write(file, text, text.utf8.count) == text.utf8.count)
    }

    /// Counters that follow the log, as at the start of a run.
    private func log() async -> RequestMetrics {
        let metrics = RequestMetrics()
        await RequestLog(proxy: scratch.path, metrics: metrics).begin()
        return metrics
    }

    @Test func `have the names, labels and buckets of ingress-nginx`() async throws {
        let log = await log()
        try write(line() + line(seconds: "3.000"))
        let text = await log.text()
        #expect(text.contains("# TYPE nginx_ingress_controller_requests counter\n"))
        #expect(text.contains("nginx_ingress_controller_requests{\(labels)} 2\n"))
        let name = "nginx_ingress_controller_request_duration_seconds"
        #expect(text.contains("\(name)_bucket{\(labels),le=\"0.025\"} 1\n"))
        #expect(text.contains("\(name)_bucket{\(labels),le=\"5\"} 2\n"))
        #expect(text.contains("\(name)_bucket{\(labels),le=\"+Inf\"} 2\n"))
        #expect(text.contains("\(name)_count{\(labels)} 2\n"))
        #expect(
            text.contains("nginx_ingress_controller_response_duration_seconds_count{\(labels)} 2\n")
        )
    }

    @Test func `tell the canary's requests from those of stable`() async throws {
        let log = await log()
        try write(line() + line(canary: "default-canary-80") + line(status: 503))
        let lines = await log.text().split(separator: "\n").filter {
            $0.hasPrefix("nginx_ingress_controller_requests{")
        }
        #expect(lines.count == 3)
        #expect(
            lines.contains { $0.contains("canary=\"default-canary-80\"") && $0.hasSuffix(" 1") })
        #expect(lines.contains { $0.contains("status=\"503\"") })
    }

    @Test func `take a line only when it is whole`() async throws {
        let log = await log()
        let whole = line()
        try write(String(whole.prefix(50)))
        #expect(await !log.text().contains("requests{\(labels)}"))
        try write(String(whole.dropFirst(50)))
        #expect(await log.text().contains("requests{\(labels)} 1\n"))
    }

    /// With fewer lines than a record is written for, and with more.
    @Test(arguments: [5, 5000])
    func `go on after a kill as if nothing had happened`(lines: Int) async throws {
        let first = await log()
        try write(String(repeating: line(), count: lines))
        _ = await first.text()
        // No word of farewell from the first; meanwhile nginx goes on.
        try write(String(repeating: line(), count: 10))
        let text = await log().text()
        #expect(text.contains("requests{\(labels)} \(lines + 10)\n"))
        #expect(text.contains("request_duration_seconds_count{\(labels)} \(lines + 10)\n"))
    }

    @Test func `give the counted part of the log back to the disk`() async throws {
        let log = await log()
        let path = "\(scratch.path)/requests.log"
        for _ in 0..<30 {
            try write(String(repeating: line(), count: 1000))
            await log.catchUp()
        }
        let file = try #require(LogFile(path))
        #expect(file.size - file.firstKept <= 10 << 20)
        #expect(await log.text().contains("requests{\(labels)} 30000\n"))
    }

    @Test func `escape what labels may not hold`() async throws {
        let log = await log()
        try write(line().replacing("\"GET\"", with: #""G\"E\\T""#))
        #expect(await log.text().contains(#"method="G\"E\\T""#))
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `The counters of a real nginx` {
    @Test func `count every request once, on the side that served it`() async throws {
        let shop = try TestProxy()
        let stable = try TestBackend("stable")
        let canary = try TestBackend("canary", status: 500)
        let log = RequestMetrics()
        await RequestLog(proxy: shop.scratch.path, metrics: log).begin()
        try await shop.run { _ in
            try await shop.open(stable: stable, canary: canary, ["weight": "50"])
            let seen = await shop.count(200)
            #expect(seen["stable", default: 0] + seen["none", default: 0] == 200)
            try await shop.set(["weight": "0"])
            await shop.applied { $0.canaries.values.first?.share == Canary.Share.none }
            // nginx logs a request just after its last byte has gone out.
            var text = ""
            while !text.contains("} \(seen["stable", default: 0])\n") {
                text = await log.text()
                try await Task.sleep(for: .milliseconds(5))
            }
            let lines = text.split(separator: "\n").filter {
                $0.hasPrefix("nginx_ingress_controller_requests{")
            }
            #expect(lines.count == 2)
            #expect(
                lines.contains {
                    $0.contains("canary=\"default-canary-80\"") && $0.contains("status=\"500\"")
                        && $0.hasSuffix("} \(seen["none", default: 0])")
                })
            #expect(
                lines.contains {
                    $0.contains("canary=\"\"") && $0.contains("host=\"shop.test\"")
                        && $0.hasSuffix("} \(seen["stable", default: 0])")
                })
        }
    }
}
