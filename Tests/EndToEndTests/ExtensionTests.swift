import Foundation
import Testing

/// The example on the box, with the program beside it that takes a step and measures.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct `A release that asks a program of somebody else` {
    @Test func `waits for its answer, and has it take back what it did`() async throws {
        try await Scratch.with { scratch in
            try scratch.copyExample("extension")
            let (board, address) = try await board(in: scratch)
            let cluster = try await Cluster.start(
                in: scratch,
                with: [
                    "--step-plugin", "acme/approval=\(address)", "--metric-plugin",
                    "acme/incidents=\(address)",
                ])
            #expect(try await settled(cluster) == 0)

            try scratch.edit("rollout.yaml", "forge:v1", to: "forge:v2")
            try await steps("Run Running", cluster)
            #expect(try await weight(cluster) == "50")
            try put("approved-forge", scratch)
            #expect(try await settled(cluster) == 0)
            #expect(try await said(cluster) == "Run Successful")

            try take("approved-forge", scratch)
            try scratch.edit("rollout.yaml", "forge:v2", to: "forge:v3")
            try await steps("Run Running", cluster)
            try put("incident-forge-1", scratch)
            #expect(try await settled(cluster) == 1)
            #expect(try await weight(cluster) == "0")
            try await steps("Run Running Abort Successful", cluster)

            board.signal(SIGTERM)
            _ = try await board.ended(within: 20)
            #expect(try await cluster.end().left == [])
        }
    }

    /// The program of the example, with its board in the directory of the test.
    private func board(in scratch: Scratch) async throws -> (Program, String) {
        try FileManager.default.createDirectory(
            atPath: scratch.path("board"), withIntermediateDirectories: false)
        let board = try Program(
            ["python3", scratch.path("files/board.py"), "0", scratch.path("board")], in: scratch,
            limitSeconds: 400)
        let address = try await eventually("the address of the board", seconds: 20) {
            board.output.split(separator: "\n").first?.split(separator: " ").last.map(String.init)
        }
        return (board, address)
    }

    private func put(_ name: String, _ scratch: Scratch) throws {
        try "".write(toFile: scratch.path("board/\(name)"), atomically: true, encoding: .utf8)
    }

    private func take(_ name: String, _ scratch: Scratch) throws {
        try FileManager.default.removeItem(atPath: scratch.path("board/\(name)"))
    }

    private func settled(_ cluster: Cluster) async throws -> Int32 {
        try await cluster.sluice("status", "forge", "--watch", "--timeout", "90s", seconds: 110)
            .status
    }

    private func said(_ cluster: Cluster) async throws -> String {
        try await cluster.kubectl(
            "get", "rollout", "forge", "-o",
            "jsonpath={range .status.canary.stepPluginStatuses[*]}{.operation} {.phase} {end}"
        ).checked().trimmingCharacters(in: .whitespaces)
    }

    private func steps(_ wanted: String, _ cluster: Cluster) async throws {
        _ = try await eventually("the steps to be \(wanted)", seconds: 60) {
            try await said(cluster) == wanted ? true : nil
        }
    }

    private func weight(_ cluster: Cluster) async throws -> String {
        try await cluster.kubectl(
            "get", "rollout", "forge", "-o", "jsonpath={.status.canary.weights.canary.weight}"
        ).checked()
    }
}
