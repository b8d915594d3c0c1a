import Documents
import History
import KubernetesObjects
import LocalCluster
import Logging
import Manifests
import ObjectStore

@testable import sluice

/// What happens to the careless team: good releases, one whose numbers are bad, one whose provider
/// answers nothing that helps, one whose secrets cannot be read; and then somebody repeats them.
struct CanaryPlay: Sendable {
    let stage: CanaryStage
    private var documents: CanaryDocuments { CanaryDocuments(canaries: stage.canaries) }

    func run() async throws {
        try await begin()
        try await release(2, judgedBy: "passing", is: "Successful", then: "Healthy")
        try await release(3, judgedBy: "hostile", is: "Successful", then: "Healthy")
        try await release(4, judgedBy: "failing", is: "Failed", then: "Degraded")
        try await release(5, judgedBy: "erring", is: "Error", then: "Degraded")
        stage.door.closeSecrets()
        try await release(6, judgedBy: "passing", is: "Error", then: "Degraded")
        try await complaints()
        try await gossip()
    }

    /// One for each service that was to be told of a release that went well.
    private func complaints() async throws {
        while true {
            let events = try await stage.server.list(.events).items
            let told = events.filter { $0["reason"] == "NotificationFailed" }
                .compactMap { $0["message"]?.string }
            if told.contains(where: { $0.contains("to slack:somebody: answered 500") }),
                told.contains(where: { $0.contains("to hook:somebody: template") })
            {
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func begin() async throws {
        try await documents.create(documents.good + documents.broken, on: stage.server)
        try await stage.wait(for: "the first version", [.rollouts]) {
            try await stage.server.list(.rollouts).items.allSatisfy { rollout in
                let phase = rollout.status?["phase"]?.string
                return phase == (rollout.name == "shop" ? "Healthy" : "Degraded")
            }
        }
    }

    private func release(
        _ revision: Int, judgedBy template: String, is verdict: String, then phase: String
    ) async throws {
        let new = documents.rollout(tag: "v\(revision)", template: template)
        let body: JSON = ["spec": new["spec"] ?? .null]
        let generation = try await stage.server.patch(shop, with: .merge(body)).object.generation
        try await stage.wait(for: "revision \(revision)", [.rollouts, .analysisRuns]) {
            let rollout = try await stage.server.get(shop)
            let run = try await stage.server.list(.analysisRuns).items.first {
                $0.annotations[Keys.revision] == "\(revision)"
            }
            return run?.status?["phase"]?.string == verdict
                && rollout.status?["phase"]?.string == phase
                && rollout.status?["observedGeneration"]?.string == "\(generation)"
        }
    }

    /// Somebody else's words, in the log and in an event.
    private func gossip() async throws {
        var log = stage.log
        let gossip = Canaries.Kind.resolved.map { "\($0) is \(stage.canaries[$0])" }
            .joined(separator: ", ")
        log[metadataKey: "context"] = "\(gossip)"
        log.info(
            "\(gossip)",
            metadata: [
                "list": ["\(gossip)"], "object": ["in": "\(gossip)"],
                "value": .stringConvertible(Gossip(description: gossip)),
            ])
        log.error("said", error: Gossip(description: gossip))
        let rollout = try await stage.server.get(shop)
        let event = Object.event(
            named: "shop.gossip", about: rollout, reason: "Gossip", message: gossip,
            type: .warning, at: .now)
        _ = try await stage.server.create(event, in: .events, namespace: "web")
        // The history is written beside everything else; the event is the last it hears of.
        while !(try await stage.history.records(namespace: "web", rollout: "shop", limit: 1_000))
            .contains(where: { $0.details["reason"] == "Gossip" })
        {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

private let shop = Reference(.rollouts, namespace: "web", name: "shop")

private struct Gossip: Error, CustomStringConvertible {
    let description: String
}

extension Canaries.Kind {
    /// What the controller has resolved, and so can find in the words of others.
    fileprivate static let resolved: [Canaries.Kind] = [.token, .basic, .query]
}
