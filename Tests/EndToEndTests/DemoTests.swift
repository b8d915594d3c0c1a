import Foundation
import Testing

/// One after the other: each loads its own cluster with real requests, and judges how fast they are
/// answered.
@Suite(.serialized, .timeLimit(.minutes(15))) struct `A demo` {
    @Test func `plays a good and a bad release, checks every share, and leaves nothing`()
        async throws
    {
        try await Scratch.with { scratch in
            let demo = try Program(
                [Tool.sluice, "demo", "--only", "good", "--only", "errors"], in: scratch,
                limitSeconds: 150)
            let pid = try await demo.begun().pid
            _ = try await eventually("the first share", seconds: 90) {
                demo.output.contains("observed") || demo.status != nil ? true : nil
            }
            let middle = Footprint(demo.processes())
            let status = try await eventually("the end", seconds: 150, everyMilliseconds: 500) {
                demo.processes()
                return demo.status
            }
            let story = demo.output
            #expect(status == 0, "\(story)\n\(demo.errors)")
            #expect(!story.contains("WRONG"))
            #expect(!story.contains("\u{1B}"), "a pipe gets plain text")
            let shares = story.matches(
                of: /asked (\d+), observed ([\d.]+) % of ([\d,]+) requests {2}ok/)
            #expect(shares.map(\.1) == ["10", "30", "50", "10"])
            for share in shares {
                let asked = try #require(Double(share.1))
                let observed = try #require(Double(share.2))
                #expect(abs(asked - observed) < 10)
            }
            #expect(story.contains(/Healthy: v2 serves 100.0 % of [\d,]+ requests {2}ok/))
            #expect(story.contains(/Degraded: v2 serves 100.0 % of [\d,]+ requests {2}ok/))
            #expect(story.contains(/error-rate +0.*Failed/))
            #expect(story.contains(/[\d,]+ answered, [\d,]+ with the errors .*, 0 failed {2}ok/))
            #expect(middle.listeners > 8, "it has ports, sockets and pods")
            #expect(middle.left + Footprint(demo.processes()).left == [])
            #expect(remains(of: pid, in: middle) == [])
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
