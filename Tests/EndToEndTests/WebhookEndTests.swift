import Documents
import Foundation
import Testing

/// The program of the webhook as its pod has it.
struct `A webhook in its pod` {
    /// API servers ask on until they know, and what is not answered is stored unseen.
    @Test(.timeLimit(.minutes(2)))
    func `that is asked to end answers on for a while`() async throws {
        try await Scratch.with { scratch in
            let webhook = try Program(
                [Tool.sluice, "webhook", "--port=0", "--linger=1h", "--logformat=json"],
                in: scratch, limitSeconds: 90)
            let address = try await line("listening", of: webhook)["at"]?.string ?? ""
            webhook.signal(SIGTERM)
            _ = try await line("ending soon", of: webhook)
            let answer = try await scratch.run([
                "curl", "-s", "-m", "20", "--noproxy", "*", "http://\(address)/readyz",
            ]).checked()
            #expect(answer == "ok\n")
            webhook.signal(SIGKILL)
        }
    }

    /// As the kubelet asks it, from inside of its pod.
    @Test(.timeLimit(.minutes(2))) func `says whether it lives`() async throws {
        try await Scratch.with { scratch in
            let webhook = try Program(
                [Tool.sluice, "webhook", "--port=0", "--logformat=json"], in: scratch,
                limitSeconds: 90)
            let address = try await line("listening", of: webhook)["at"]?.string ?? ""
            let port = address.split(separator: ":").last ?? ""
            let probe = [Tool.sluice, "webhook", "--port=\(port)", "--probe"]
            #expect(try await scratch.run(probe).status == 0)
            webhook.signal(SIGKILL)
            _ = try await webhook.ended(within: 40)
            let answer = try await scratch.run(probe)
            #expect(answer.status == 1)
            #expect(answer.errors.contains("the webhook does not answer"), "\(answer.errors)")
        }
    }

    private func line(_ message: String, of program: Program) async throws -> JSON {
        try await eventually(message, seconds: 40) {
            if let status = program.status {
                throw Failure("it ended with \(status): \(program.errors)")
            }
            // The last one may not be whole yet.
            let lines = program.errors.split(separator: "\n", omittingEmptySubsequences: false)
            return try lines.dropLast().map { try JSON(parsing: String($0)) }
                .first { $0["msg"]?.string == message }
        }
    }
}
