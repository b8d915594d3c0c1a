import Controller
import Curl
import Documents
import Foundation
import KubernetesObjects

/// The acts of the demo, in their order.
struct Play: Sendable {
    let box: Box
    let place: DemoPlace
    let workspace: Workspace
    let narrator: Narrator
    /// What version 3 calls itself instead: then the checks must fail.
    var falseName: String?

    static let folder = "manifests/examples/model-api/"

    func run(_ acts: [Act]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await workspace.watch() }
            group.addTask {
                let failures = try await play(acts)
                guard failures == 0 else { throw DemoFailure("\(failures) checks were wrong") }
            }
            // The acts end first, well or badly. The workspace ends by cancellation only, and then
            // without an error: an interrupted story has proved nothing.
            try await group.next()
            try Task.checkCancellation()
            group.cancelAll()
        }
    }

    /// - Returns: how many checks were wrong.
    private func play(_ acts: [Act]) async throws -> Int {
        var wrong = 0
        if acts.contains(where: { $0 != .gateway }) {
            let stage = try await deploy()
            wrong += try await stage.withLoad { load throws in
                var checks = Checks(narrator: narrator, load: load, stage: stage)
                if acts.contains(.good) || acts.contains(.operator) { try await good(&checks) }
                if acts.contains(.errors) { try await errors(&checks) }
                if acts.contains(.slow) { try await slow(&checks) }
                if acts.contains(.operator) { try await operate(&checks) }
                return checks.ended()
            }
        }
        if acts.contains(.gateway) { wrong += try await gateway() }
        return wrong
    }

    /// Version 1 of the model API, all traffic on it.
    private func deploy() async throws -> Stage {
        for file in ["services", "ingress", "analysis", "rollout"] {
            try place.write(Self.folder + file + ".yaml")
        }
        let stage = Stage(
            hand: Stagehand(box: box, key: RolloutKey(namespace: "default", name: "model-api")),
            request: { box in
                var request = CurlRequest(url: box.ingressAddress + "/predict")
                request.headers = [Header("Host", "model.local")]
                return request
            })
        try await stage.hand.wait(for: "version 1", seconds: 60) {
            stage.hand.phase == "Healthy" && stage.hand.isObserved
        }
        try await stage.waitForFirstAnswer()
        return stage
    }

    private func release(_ version: String, arguments: String = "") throws {
        try place.write(
            Self.folder + "rollout.yaml",
            changing: [
                ("image: model-api:v1", "image: model-api:\(version)"),
                (
                    "command: [sluice, stand-in, model]",
                    "command: [sluice, stand-in, model\(arguments)]"
                ),
            ])
    }

    private func good(_ checks: inout Checks) async throws {
        narrator.act("good", "version 2 replaces version 1: 10, 30, 50, 100 %, each step judged")
        try release("v2")
        try await checks.steps([10, 30, 50], of: "v2", withQueries: true)
        try await checks.ends("Healthy", serving: "v2")
    }

    private func errors(_ checks: inout Checks) async throws {
        narrator.act("errors", "version 3 answers 8 % of its requests with 500")
        let name = falseName.map { ", --version, \($0)" } ?? ""
        try release("v3", arguments: ", --error-percent, '8'" + name)
        try await checks.steps([10], of: "v3")
        try await checks.givesBack()
    }

    private func slow(_ checks: inout Checks) async throws {
        narrator.act("slow", "version 4 makes no errors but takes 400 ms")
        try release("v4", arguments: ", --latency-milliseconds, '400'")
        try await checks.steps([10], of: "v4")
        try await checks.givesBack()
    }

    private func operate(_ checks: inout Checks) async throws {
        narrator.act(
            "operator", "undo to revision 1 with an abort in flight, a retry, an open pause")
        let hand = checks.stage.hand
        let before = try place.text(of: "rollout.yaml")
        try place.write(
            text: before.replacingOccurrences(
                of: "        - setWeight: 50\n",
                with: "        - pause: {}\n        - setWeight: 50\n"),
            as: "rollout.yaml")
        try await hand.wait(for: "the new steps") {
            hand.rollout?.spec?["strategy"]?["canary"]?["steps"]?.array?.count == 7
                && hand.isObserved
        }
        try await hand.command(.undo(toRevision: 1), reason: "version 2 is wanted no more")
        narrator.line("operator", "undo --to-revision 1")
        try await hand.wait(for: "10 % on version 1") { hand.weight == 10 }
        try await hand.command(.abort, reason: "not now")
        narrator.line("operator", "abort")
        try await checks.givesBack()
        try await hand.command(.retry, reason: "now")
        narrator.line("operator", "retry")
        try await checks.steps([10, 30], of: "v1")
        try await hand.wait(for: "the open pause") { hand.phase == "Paused" }
        narrator.line("open pause", hand.status["message"]?.string ?? "")
        try await hand.command(.promote, reason: "looks good")
        narrator.line("operator", "promote")
        try await checks.steps([50], of: "v1")
        try await checks.ends("Healthy", serving: "v1")
    }
}

extension DemoPlace {
    func text(of name: String) throws -> String {
        try String(contentsOfFile: workspace + "/" + name, encoding: .utf8)
    }
}
