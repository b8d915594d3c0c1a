import Foundation
import Serving
import Synchronization
import Testing

/// Hollow: nobody is told of anything else where pods run.
@Suite(.timeLimit(.minutes(10))) struct `A box with rules of notifications` {
    /// What the service was brought.
    private struct Brought: Hashable, Sendable {
        let key: String
        let text: String
    }

    @Test func `tells a webhook of each end of a release exactly once`() async throws {
        let brought = Mutex<[Brought]>([])
        let receive: @Sendable (Request) async -> Response = { request in
            let text = String(decoding: request.body, as: UTF8.self)
            let key = request.headers["Idempotency-Key"] ?? ""
            brought.withLock { $0.append(Brought(key: key, text: text)) }
            return .text("taken\n")
        }
        try await serving(receive) { address in
            try await Scratch.with { scratch in
                try prepare(scratch, telling: address)
                try await release(in: scratch) { words in
                    brought.withLock { all in
                        all.contains { one in words.allSatisfy(one.text.contains) }
                    }
                }
                // Another process finds nothing left to tell.
                let cluster = try await Cluster.start(in: scratch, with: ["--hollow"])
                try await API(cluster).wait(for: "version 2") { $0.phase == "Healthy" }
                #expect(try await cluster.end().status == 0)
            }
        }
        let all = brought.withLock { $0 }
        #expect(Set(all.map(\.key)).count == all.count, "\(all)")
        #expect(all.filter { $0.text.hasPrefix("model-api RolloutAborted Degraded") }.count == 1)
        let ends = all.filter { $0.text.hasPrefix("model-api RolloutCompleted") }
        #expect(ends.filter { $0.text.contains("revision 2 ") }.count == 1, "\(all)")
    }

    private func prepare(_ scratch: Scratch, telling address: String) throws {
        try scratch.copyExample()
        try scratch.setSteps(["setWeight: 20", "pause: {}"])
        try scratch.write(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: argo-rollouts-notification-configmap
              namespace: argo-rollouts
            data:
              service.webhook.ends: |
                url: \(address)
              template.end: |
                webhook:
                  ends:
                    method: POST
                    path: /told
                    body: >-
                      {{.rollout.metadata.name}} {{.event.reason}} {{.rollout.status.phase}}
                      {{.event.message}}
              trigger.on-rollout-aborted: |
                - send: [end]
              trigger.on-rollout-completed: |
                - send: [end]

            """, to: "notifications.yaml")
        try scratch.edit(
            "rollout.yaml", "  name: model-api\nspec:",
            to: """
                  name: model-api
                  annotations:
                    notifications.argoproj.io/subscribe.on-rollout-aborted.ends: ""
                    notifications.argoproj.io/subscribe.on-rollout-completed.ends: ""
                spec:
                """)
    }

    /// A release that is given up, taken up again, and goes through.
    private func release(
        in scratch: Scratch, isTold: @escaping (_ words: [String]) -> Bool
    ) async throws {
        let cluster = try await Cluster.start(in: scratch, with: ["--hollow"])
        let api = try await API(cluster)
        try await api.wait(for: "version 1") { $0.phase == "Healthy" }
        try scratch.edit("rollout.yaml", "model-api:v1", to: "model-api:v2")
        try await api.wait(for: "the pause") { $0.phase == "Paused" && $0.weight == 20 }
        _ = try await cluster.sluice("abort", "model-api").checked()
        _ = try await eventually("the news of the abort", seconds: 60) {
            isTold(["RolloutAborted"]) ? true : nil
        }
        _ = try await cluster.sluice("retry", "model-api").checked()
        try await api.wait(for: "the pause again") { $0.phase == "Paused" && $0.weight == 20 }
        _ = try await cluster.sluice("promote", "model-api").checked()
        try await api.wait(for: "the end") { $0.phase == "Healthy" }
        _ = try await eventually("the news of the end", seconds: 60) {
            isTold(["RolloutCompleted", "revision 2 "]) ? true : nil
        }
        #expect(try await cluster.end().status == 0)
    }
}
