import Foundation
import Testing

/// One after the other: each loads its own cluster with real requests, and judges how fast they are
/// answered.
@Suite(.serialized, .timeLimit(.minutes(15))) struct `A demo` {
    @Test func `plays all that nginx carries, checks every share, and leaves nothing`()
        async throws
    {
        try await Scratch.with { scratch in
            let demo = try Program(
                [Tool.sluice, "demo"]
                    + ["good", "errors", "slow", "operator"].flatMap { ["--only", $0] },
                in: scratch, limitSeconds: 300)
            let pid = try await demo.begun().pid
            _ = try await eventually("the first share", seconds: 90) {
                demo.output.contains("observed") || demo.status != nil ? true : nil
            }
            let middle = Footprint(demo.processes())
            let status = try await eventually("the end", seconds: 300, everyMilliseconds: 500) {
                demo.processes()
                return demo.status
            }
            let story = demo.output
            #expect(status == 0, "\(story)\n\(demo.errors)")
            #expect(!story.contains("WRONG"))
            #expect(!story.contains("\u{1B}"), "a pipe gets plain text")
            try check(story, asked: ["10", "30", "50", "10", "10", "10", "30", "50"])
            for command in ["undo --to-revision 1", "abort", "retry", "promote"] {
                #expect(story.contains("operator             \(command)\n"))
            }
            #expect(story.contains(/Healthy: v1 serves 100.0 % of [\d,]+ requests {2}ok/))
            #expect(story.contains(/Healthy: v2 serves 100.0 % of [\d,]+ requests {2}ok/))
            #expect(story.contains(/Degraded: v2 serves 100.0 % of [\d,]+ requests {2}ok/))
            #expect(story.contains(/error-rate +0.*Failed/))
            #expect(story.contains(/latency-p95-seconds +0.*Failed/))
            // Each of the three steps of the good release shows what was asked.
            let good = story.components(separatedBy: "\nerrors — ")[0]
            #expect(good.ranges(of: "[8s])) > 0)").count == 3)
            #expect(good.ranges(of: "histogram_quantile(0.95, ").count == 3)
            #expect(story.contains(/[\d,]+ answered, [\d,]+ with the errors .*, 0 failed {2}ok/))
            #expect(middle.listeners > 8, "it has ports, sockets and pods")
            #expect(middle.left + Footprint(demo.processes()).left == [])
            #expect(remains(of: pid, in: middle) == [])
        }
    }

    @Test func `moves an LLM gateway, and stays for whoever wants to look`() async throws {
        try await Scratch.with { scratch in
            let demo = try Program(
                [Tool.sluice, "demo", "--only", "gateway", "--keep"], in: scratch,
                limitSeconds: 230)
            let cluster = try await Cluster.guided(by: demo, in: scratch, seconds: 200)
            try check(demo.output, asked: ["10", "50"])
            #expect(try await cluster.get(cluster.page).contains("llama3"))
            let rollouts = try await cluster.kubectl("get", "rollouts,pods").checked()
            #expect(rollouts.contains("rollout.argoproj.io/llama3"))
            #expect(try await cluster.sluice("status", "llama3", "--watch").status == 0)
            let footprint = Footprint(demo.processes())
            demo.signal(SIGINT)
            #expect(try await demo.ended(within: 30) == 0)
            #expect(footprint.left == [])
        }
    }

    @Test func `fails where a version is not what it says`() async throws {
        try await Scratch.with { scratch in
            let demo = try await scratch.run(
                [Tool.sluice, "demo", "--only", "errors", "--false-name", "v9"], seconds: 150)
            #expect(demo.status == 1, "\(demo)")
            #expect(demo.output.contains(/asked 10, observed 0.0 % of [\d,]+ requests {2}WRONG/))
            #expect(demo.errors.contains("checks were wrong"))
        }
    }

    @Test func `that is interrupted ends soon and leaves nothing`() async throws {
        try await Scratch.with { scratch in
            let demo = try Program(
                [Tool.sluice, "demo", "--only", "good"], in: scratch, limitSeconds: 100)
            let pid = try await demo.begun().pid
            let pods = try await eventually("pods of version 2", seconds: 60) {
                let pods = demo.processes().filter { $0.command.contains("stand-in") }
                return pods.count > 3 ? pods.count : nil
            }
            let middle = Footprint(demo.processes())
            demo.signal(SIGINT)
            #expect(try await demo.ended(within: 20) == 130)
            #expect(pods > 3)
            #expect(middle.left == [])
            #expect(remains(of: pid, in: middle) == [])
        }
    }

    /// Each share that was asked for was held against a thousand requests or more.
    private func check(_ story: String, asked: [String]) throws {
        let shares = story.matches(
            of: /asked (\d+), observed ([\d.]+) % of ([\d,]+) requests {2}ok/)
        #expect(shares.map { String($0.1) } == asked, "\(story)")
        for share in shares {
            let asked = try #require(Double(share.1))
            let observed = try #require(Double(share.2))
            #expect(abs(asked - observed) < 10)
            #expect(try #require(Int(share.3.filter(\.isNumber))) >= 1_000)
        }
    }

    /// What is left of the directory that belongs to a demo.
    private func remains(of pid: pid_t, in footprint: Footprint) -> [String] {
        let mark = "/demo-\(pid)/"
        let roots = footprint.directories.compactMap { directory in
            directory.range(of: mark).map { String(directory[..<$0.upperBound]) }
        }
        return roots.isEmpty
            ? ["no process worked below \(mark)"]
            : roots.filter(FileManager.default.fileExists)
    }
}
