import Documents
import Foundation
import KubernetesObjects
import LocalCluster
import ObjectStore
import Serving
import Testing

@testable import sluice

struct `A secret` {
    /// A different canary in each kind of secret, a metric server and a door of the API server that
    /// repeat all they are sent, and every text that leaves searched for any part of any canary.
    /// Holds: 9.3 secrets.
    @Test(.timeLimit(.minutes(4)), arguments: [UInt64(6), 7, 8])
    func `is in nothing that leaves`(seed: UInt64) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "canary-\(UUID())")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let stage = try CanaryStage(Canaries(seed: seed), in: folder)
        try await stage.run {
            try await CanaryPlay(stage: stage).run()
            var texts = try await outputs(of: stage)
            // Forty processes take most of the time, and are the same for each seed.
            if seed == 7 { texts += try await CanaryProgram(stage: stage).outputs() }
            for (name, bytes) in texts {
                let leaks = stage.canaries.leaks(in: bytes)
                #expect(leaks.isEmpty, "seed \(seed), \(name):\n\(leaks.joined(separator: "\n"))")
            }
        }
    }

    @Test(arguments: Canaries.Kind.allCases)
    func `would be found in any spelling`(kind: Canaries.Kind) {
        let canaries = Canaries(seed: 7)
        for core in canaries.cores[kind] ?? [] {
            let part = String(core.dropFirst(2))
            for echo in Echo.allCases {
                let text = "<b>\(echo.text(of: "he says: \(part)!")) it is"
                #expect(canaries.leaks(in: text).count == 1, "\(kind) as \(echo)")
            }
            let nested = Echo.escapedURL.text(of: Echo.base64.text(of: "\(part) "))
            #expect(canaries.leaks(in: nested).count == 1, "\(kind)")
        }
        #expect(!canaries.leaks(in: canaries[kind]).isEmpty)
    }

    @Test func `is not found where none is`() {
        let canaries = Canaries(seed: 7)
        let others = Canaries(seed: 8)
        #expect(canaries.leaks(in: "Nothing that anybody would hide: 123456789123456789").isEmpty)
        for kind in Canaries.Kind.allCases {
            #expect(canaries.leaks(in: others[kind]).isEmpty)
            let part = others.cores[kind]?.first.map { $0.prefix(7) } ?? ""
            #expect(canaries.leaks(in: "\(part)").isEmpty)
        }
    }
}

/// Everything that leaves, by name.
private func outputs(of stage: CanaryStage) async throws -> [(String, [UInt8])] {
    var outputs = [("the log", stage.lines.bytes)]
    outputs += try await objects(of: stage)
    for name in ["history.sqlite", "history.sqlite-wal"] {
        let file = stage.folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else { continue }
        outputs.append((name, Array(try Data(contentsOf: file))))
    }
    for path in [
        "/", "/rollouts/web/shop", "/rollouts/web/shop?history=all", "/rollouts/web/number",
        "/rollouts/web/word", "/api/rollouts", "/api/rollouts/web/shop", "/api/rollouts/web/member",
        "/rollouts/web/\(stage.canaries[.token])", "/api/\(stage.canaries[.token])",
    ] {
        outputs.append(("the page \(path)", Array(try await stage.get(path).utf8)))
    }
    for path in ["/metrics", "/readyz", "/healthz"] {
        let response = await stage.health.respond(to: Request(method: "GET", target: path))
        guard case .bytes(let bytes) = response.body else { continue }
        outputs.append((path, bytes))
    }
    return outputs
}

/// What the controller has written into objects. What the team wrote there itself stays as it is:
/// pod templates, and the metrics of a run.
private func objects(of stage: CanaryStage) async throws -> [(String, [UInt8])] {
    var outputs: [(String, [UInt8])] = []
    let kinds: [Resource] = [
        .rollouts, .analysisRuns, .analysisTemplates, .replicaSets, .pods, .namespaces, .leases,
    ]
    for resource in kinds {
        for object in try await stage.server.list(resource).items {
            var shown = object.json
            shown["spec"] = resource == .analysisRuns ? object.spec?["args"] : nil
            outputs.append(("\(resource.plural) \(object.name)", Array(shown.text.utf8)))
        }
    }
    for event in try await stage.server.list(.events).items where event["reason"] != "Gossip" {
        outputs.append(("the event \(event.name)", Array(event.json.text.utf8)))
    }
    return outputs
}
