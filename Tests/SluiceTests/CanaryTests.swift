import Documents
import Foundation
import History
import KubernetesObjects
import LocalCluster
import Logging
import ObjectStore
import Testing

@testable import sluice

struct `A secret` {
    /// A different canary in each kind of secret, a metric server that repeats all it is sent, and
    /// every text that leaves searched for any part of any canary, in any spelling.
    @Test(.timeLimit(.minutes(2)), arguments: [UInt64(7), 8])
    func `is in nothing that leaves`(seed: UInt64) async throws {
        let canaries = Canaries(seed: seed)
        let folder = FileManager.default.temporaryDirectory.appending(path: "canary-\(UUID())")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let stage = try CanaryStage(standardLogin: canaries[.standardLogin], in: folder)
        try await stage.run {
            try await play(on: stage, canaries)
            for (name, text) in try await outputs(of: stage, canaries) {
                let leaks = canaries.leaks(in: text)
                #expect(leaks.isEmpty, "\(name): \(leaks.joined(separator: "\n"))")
            }
        }
    }

    @Test func `would be found`() {
        let canaries = Canaries(seed: 7)
        for kind in Canaries.Kind.allCases {
            let secret = canaries[kind]
            let encoded = Data("x\(secret)".utf8).base64EncodedString()
            #expect(!canaries.leaks(in: "a \(secret.dropFirst(3)) b").isEmpty, "\(kind)")
            #expect(!canaries.leaks(in: encoded).isEmpty, "\(kind)")
        }
        #expect(canaries.leaks(in: "nothing that anybody would hide").isEmpty)
    }
}

private let shop = Reference(.rollouts, namespace: "web", name: "shop")

/// A release that its analysis ends, after which somebody repeats the token.
private func play(on stage: CanaryStage, _ canaries: Canaries) async throws {
    let documents = CanaryDocuments(canaries: canaries)
    let namespace: JSON = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "web"]]
    _ = try await stage.server.create(Object(namespace), in: .namespaces)
    for json in documents.all {
        let object = Object(json)
        let kinds: [String: Resource] = [
            "Secret": .secrets, "AnalysisTemplate": .analysisTemplates, "Rollout": .rollouts,
        ]
        let resource = try #require(kinds[object.kind])
        _ = try await stage.server.create(object, in: resource, namespace: "web")
    }
    try await stage.wait(for: .rollouts) {
        try await stage.server.list(.rollouts).items.allSatisfy { rollout in
            let phase = rollout.status?["phase"]?.string
            return phase == (rollout.name == "shop" ? "Healthy" : "Degraded")
        }
    }
    let image: JSON = ["spec": documents.rollout(tag: "v2")["spec"] ?? .null]
    try await stage.server.patch(shop, with: .merge(image))
    try await stage.wait(for: .rollouts, .analysisRuns) {
        let run = try await stage.server.list(.analysisRuns).items.first
        let rollout = try await stage.server.get(shop)
        return run?.status?["phase"] == "Error" && rollout.status?["phase"] == "Degraded"
    }
    let gossip = "the token is \(canaries[.token])"
    stage.log.info("told", metadata: ["gossip": "\(gossip)", "again": ["\(gossip)"]])
    let rollout = try await stage.server.get(shop)
    let event = Object.event(
        named: "shop.gossip", about: rollout, reason: "Gossip", message: gossip, type: .warning,
        at: .now)
    _ = try await stage.server.create(event, in: .events, namespace: "web")
    // The history is written beside everything else; the event is the last it hears of.
    while !(try await stage.history.records(namespace: "web", rollout: "shop", limit: 1_000))
        .contains(where: { $0.details["reason"] == "Gossip" })
    {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// Every text that leaves, by name.
private func outputs(
    of stage: CanaryStage, _ canaries: Canaries
) async throws -> [(String, String)] {
    var outputs: [(String, String)] = [("the log", stage.lines.text)]
    for rollout in try await stage.server.list(.rollouts).items {
        outputs.append(("the status of \(rollout.name)", rollout.status?.text ?? ""))
    }
    for run in try await stage.server.list(.analysisRuns).items {
        // Plain text that the user wrote into the template stands in the run's spec, too.
        outputs.append(("the status of a run", run.status?.text ?? ""))
        var spec = run.spec ?? .null
        spec["metrics"] = nil
        outputs.append(("the arguments of a run", spec.text))
    }
    for event in try await stage.server.list(.events).items where event["reason"] != "Gossip" {
        outputs.append(("an event", event.json.text))
    }
    for name in ["history.sqlite", "history.sqlite-wal"] {
        let file = stage.folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else { continue }
        outputs.append((name, String(decoding: try Data(contentsOf: file), as: UTF8.self)))
    }
    for path in [
        "/", "/rollouts/web/shop", "/rollouts/web/shop?history=all", "/rollouts/web/number",
        "/rollouts/web/word", "/api/rollouts", "/api/rollouts/web/shop", "/api/rollouts/web/member",
        "/rollouts/web/\(canaries[.token])",
    ] {
        outputs.append(("the page \(path)", try await stage.get(path)))
    }
    return outputs + (try await commands(on: stage, canaries))
}

/// What the command line prints.
private func commands(
    on stage: CanaryStage, _ canaries: Canaries
) async throws -> [(String, String)] {
    let near = stage.folder.appending(path: "near")
    try kubeconfig(server: try await stage.apiAddress(), token: nil)
        .write(to: near, atomically: true, encoding: .utf8)
    let far = stage.folder.appending(path: "far")
    let login = "https://prober:\(canaries[.kubeconfigLogin])@127.0.0.1:1"
    try kubeconfig(server: login, token: canaries[.kubeconfigToken])
        .write(to: far, atomically: true, encoding: .utf8)
    let manifests = stage.folder.appending(path: "manifests.yaml")
    try CanaryDocuments(canaries: canaries).all.map(\.text).joined(separator: "\n---\n")
        .write(to: manifests, atomically: true, encoding: .utf8)
    let history = stage.folder.appending(path: "history.sqlite").path
    let calls: [(URL, [String])] = [
        (near, ["get"]), (near, ["get", "-o", "yaml"]), (near, ["get", "shop"]),
        (near, ["get", "shop", "-o", "json"]), (near, ["get", "number"]), (near, ["get", "word"]),
        (near, ["status", "shop"]), (near, ["status", "shop", "-o", "yaml"]),
        (near, ["status", "number"]), (near, ["history", "shop", "--db", history]),
        (near, ["history", "shop", "-o", "json", "--db", history]),
        (near, ["lint", manifests.path]), (near, ["lint", "-o", "json", manifests.path]),
        (far, ["get"]), (far, ["status", "shop"]), (far, ["abort", "shop"]),
        (far, ["get", "--server", login.replacing("https", with: "http")]),
    ]
    var outputs: [(String, String)] = []
    for (kubeconfig, words) in calls {
        let said = try await stage.program(words, kubeconfig: kubeconfig)
        #expect(!said.isEmpty, "sluice \(words.joined(separator: " "))")
        outputs.append(("sluice \(words.joined(separator: " "))", said))
    }
    return outputs
}

private func kubeconfig(server: String, token: String?) -> String {
    """
    clusters: [{name: c, cluster: {server: "\(server)"}}]
    users: [{name: u, user: {\(token.map { "token: \"\($0)\"" } ?? "")}}]
    contexts: [{name: x, context: {cluster: c, user: u, namespace: web}}]
    current-context: x
    """
}
