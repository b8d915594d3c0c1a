import Documents
import KubernetesObjects
import Manifests
import Testing

/// The bytes that `kubectl argo rollouts` and the actions of Argo CD send (rollout-semantics
/// §7.6), and what follows from them.
struct `What a client sends` {
    private static let steps = "[{setWeight: 25}, {pause: {}}, {setWeight: 50}, {pause: {}}]"

    /// A release that waits at its first pause. What is in `metadata` and `strategy` is added.
    private func paused(_ strategy: String = "canary: {steps: \(steps)}") async throws -> Site {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: shop, namespace: default, uid: r-1, generation: 1}
            spec:
              replicas: 4
              selector: {matchLabels: {app: shop}}
              template:
                metadata: {labels: {app: shop}}
                spec: {containers: [{name: shop, image: "shop:v1"}, {name: log, image: "log:v1"}]}
              strategy: {\(strategy)}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default, uid: s-1}
            spec: {selector: {app: shop}, ports: [{port: 80}]}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: errors, namespace: default, uid: t-1}
            spec:
              metrics:
                - name: errors
                  count: 1
                  provider: {prometheus: {address: "http://prometheus:9090", query: errors}}
            """
        let documents = try YAML.documents(in: [UInt8](text.utf8), file: "shop.yaml")
        let site = try Site(documents.map(\.value), now: Timestamp(seconds: 1_767_323_045))
        await site.settle()
        try await release("shop:v2", at: site)
        return site
    }

    private func release(_ image: String, at site: Site) async throws {
        let path = "/spec/template/spec/containers/0/image"
        try await send(
            Sent(.jsonPatch, #"[{"op":"replace","path":"\#(path)","value":"\#(image)"}]"#),
            to: site)
    }

    private func send(_ sent: Sent, to site: Site) async throws {
        try await site.send(sent, to: .rollouts, "shop")
        await site.settle()
    }

    /// A merge patch of the status, and what the status says once it was followed.
    private func status(_ body: String, at site: Site) async throws -> Stand {
        try await send(Sent(.mergePatch, status: true, body), to: site)
        return try await stand(at: site)
    }

    private func stand(at site: Site) async throws -> Stand {
        let rollout = try #require(await site.get(.rollouts, "shop"))
        let status = rollout.status
        return Stand(
            phase: status?["phase"]?.string ?? "", message: status?["message"]?.string ?? "",
            step: status?["currentStepIndex"]?.int,
            revision: rollout.annotations[Keys.revision] ?? "")
    }

    private struct Stand: Equatable {
        var phase: String
        var message = ""
        var step: Int?
        var revision = "2"
    }

    private let atFirstPause = Stand(phase: "Paused", message: "CanaryPauseStep", step: 1)
    private let atSecondPause = Stand(phase: "Paused", message: "CanaryPauseStep", step: 3)
    private let healthy = Stand(phase: "Healthy", step: 4)
    private let aborted = Stand(
        phase: "Degraded", message: "RolloutAborted: Rollout aborted update to revision 2", step: 0)

    /// Holds: 7.6 abort, 7.6 retry.
    @Test func `aborts, and tries again`() async throws {
        let site = try await paused()
        #expect(try await stand(at: site) == atFirstPause)
        #expect(try await status(#"{"status":{"abort":true}}"#, at: site) == aborted)
        #expect(try await status(#"{"status":{"abort":false}}"#, at: site) == atFirstPause)
    }

    /// Holds: 7.6 pause, 7.6 resume.
    @Test func `pauses what is on its way, and lets it go on`() async throws {
        let site = try await paused()
        try await send(Sent(.mergePatch, #"{"spec":{"paused":true}}"#), to: site)
        #expect(
            try await stand(at: site) == Stand(phase: "Paused", message: "manually paused", step: 1)
        )
        try await send(Sent(.mergePatch, #"{"spec":{"paused":false}}"#), to: site)
        #expect(try await stand(at: site) == atFirstPause)
    }

    /// Holds: 7.6 promote a pause.
    @Test func `ends one pause`() async throws {
        let site = try await paused()
        let body = #"{"status":{"pauseConditions":null}}"#
        #expect(try await status(body, at: site) == atSecondPause)
        #expect(try await status(body, at: site) == healthy)
    }

    /// Holds: 7.6 promote a step, 7.6 skip a step.
    @Test(arguments: [
        (#"{"status":{"pauseConditions":null, "currentStepIndex":2}}"#, 3),
        (#"{"status":{"currentStepIndex":2}}"#, 3), (#"{"status":{"currentStepIndex":3}}"#, 3),
        (#"{"status":{"currentStepIndex":4}}"#, 4),
    ])
    func `skips to a step`(body: String, step: Int) async throws {
        let site = try await paused()
        #expect(try await status(body, at: site) == (step == 4 ? healthy : atSecondPause))
    }

    /// Holds: 7.6 promote an inconclusive run.
    @Test func `passes an inconclusive run`() async throws {
        let analysis = "{analysis: {templates: [{templateName: errors}]}}"
        let site = try await paused("canary: {steps: [{setWeight: 25}, \(analysis), {pause: {}}]}")
        let run = try #require(await site.names(.analysisRuns).first)
        try await site.end(run, "Inconclusive")
        await site.settle()
        #expect(try await stand(at: site).message == "InconclusiveAnalysisRun")
        let body =
            #"{"status":{"pauseConditions":null, "controllerPause":false, "currentStepIndex":2}}"#
        #expect(
            try await status(body, at: site)
                == Stand(phase: "Paused", message: "CanaryPauseStep", step: 2))
        #expect(await site.names(.analysisRuns) == [run])
    }

    /// Holds: 7.6 terminate, 5.6 terminated.
    @Test func `ends a run in good health, and the release goes on`() async throws {
        let analysis = "{analysis: {templates: [{templateName: errors}]}}"
        let site = try await paused("canary: {steps: [{setWeight: 25}, \(analysis), {pause: {}}]}")
        let run = try #require(await site.names(.analysisRuns).first)
        try await site.send(
            Sent(.mergePatch, #"{"spec":{"terminate":true}}"#), to: .analysisRuns, run)
        await site.takeRuns()
        #expect(await site.get(.analysisRuns, run)?.status?["phase"] == "Successful")
        await site.settle()
        #expect(try await stand(at: site).step == 2)
    }

    /// Holds: 7.6 terminate, 7.1 step.
    @Test func `ends an experiment that has no end of its own, and the release goes on`()
        async throws
    {
        let experiment = "{experiment: {templates: [{name: trial, specRef: canary}]}}"
        let site = try await paused("canary: {steps: [\(experiment), {pause: {}}]}")
        let name = try #require(await site.names(.experiments).first)
        await site.wait(100_000)
        #expect(try await stand(at: site).step == 0)
        try await site.send(
            Sent(.mergePatch, #"{"spec":{"terminate":true}}"#), to: .experiments, name)
        await site.settle()
        #expect(try await stand(at: site).step == 1)
    }

    /// Holds: 7.6 promote full.
    @Test func `promotes everything, also what was aborted`() async throws {
        let site = try await paused()
        _ = try await status(#"{"status":{"abort":true}}"#, at: site)
        #expect(try await status(#"{"status":{"promoteFull":true}}"#, at: site) == healthy)
    }

    /// Holds: 7.6 promote a pause, 7.6 promote full.
    @Test(arguments: [
        #"{"status":{"pauseConditions":null}}"#, #"{"status":{"promoteFull":true}}"#,
    ])
    func `switches a preview`(body: String) async throws {
        let site = try await paused(
            "blueGreen: {activeService: shop, autoPromotionEnabled: false}")
        #expect(try await stand(at: site).message == "BlueGreenPause")
        #expect(try await status(body, at: site) == Stand(phase: "Healthy"))
    }

    /// Holds: 7.6 restart.
    @Test func `restarts its pods, and goes on waiting`() async throws {
        let site = try await paused()
        try await site.startPods()
        await site.wait(60)
        let time = "2026-01-02T03:05:05Z"
        try await send(Sent(.mergePatch, #"{"spec":{"restartAt":"\#(time)"}}"#), to: site)
        for gone in 1...4 {
            #expect(await site.written.count { $0.hasPrefix("evict pod ") } == gone)
            if gone < 4 {
                #expect(await site.get(.rollouts, "shop")?.status?["restartedAt"] == nil)
            }
            try await site.startPods()
            await site.wait(30)
        }
        #expect(await site.get(.rollouts, "shop")?.status?["restartedAt"]?.string == time)
        #expect(try await stand(at: site) == atFirstPause)
    }

    /// Holds: 7.6 set image.
    @Test func `sets an image by the whole object that it has read`() async throws {
        let site = try await paused()
        var read = try #require(await site.get(.rollouts, "shop")).json
        read.set(
            [["name": "shop", "image": "shop:v3"], ["name": "log", "image": "log:v2"]],
            at: ["spec", "template", "spec", "containers"])
        try await send(Sent(.put, read.text), to: site)
        let stand = try await stand(at: site)
        #expect(stand == Stand(phase: "Paused", message: "CanaryPauseStep", step: 1, revision: "3"))
        await #expect(throws: (any Error).self, "the version that was read is an old one now") {
            try await site.send(Sent(.put, read.text), to: .rollouts, "shop")
        }
    }

    /// Holds: 7.6 undo.
    @Test func `puts an earlier template back`() async throws {
        let site = try await paused()
        let sets = await site.names(.replicaSets)
        let old = try #require(await revision(1, of: sets, at: site))
        var template = try #require(old.spec?["template"])
        template["metadata"]?["labels"]?[Keys.templateHash] = .none
        try await send(
            Sent(
                .jsonPatch,
                #"[{"op":"replace","path":"/spec/template","value":\#(template.text)}]"#), to: site)
        #expect(try await stand(at: site) == Stand(phase: "Healthy", step: 4, revision: "3"))
        #expect(await site.names(.replicaSets) == sets)
    }

    private func revision(_ number: Int, of sets: [String], at site: Site) async -> Object? {
        for name in sets {
            guard let set = await site.get(.replicaSets, name) else { continue }
            if set.annotations[Keys.revision] == String(number) { return set }
        }
        return nil
    }

    /// `obj.status.currentStepIndex` and its like, as the patch that Argo CD makes of the change.
    /// Holds: 7.6 Argo CD.
    /// Holds: 9.1 Argo CD.
    @Test(arguments: [
        ([#"{"status":{"abort":true}}"#, #"{"status":{"abort":false}}"#], 1),
        ([#"{"status":{"pauseConditions":null}}"#], 3),
        ([#"{"status":{"currentStepIndex":2,"pauseConditions":null}}"#], 3),
        ([#"{"status":{"promoteFull":true}}"#], 4),
    ])
    func `may be an action of Argo CD`(bodies: [String], step: Int) async throws {
        let site = try await paused()
        for body in bodies { _ = try await status(body, at: site) }
        #expect(try await stand(at: site).step == step)
    }

    /// As clients of before 0.10 did.
    /// Holds: 7.6 without the subresource.
    @Test func `changes no status through the object itself`() async throws {
        let site = try await paused()
        try await send(
            Sent(.mergePatch, #"{"status":{"abort":true,"currentStepIndex":4}}"#), to: site)
        #expect(try await stand(at: site) == atFirstPause)
    }
}

/// The same for an experiment, whose status is part of the object.
struct `What a client sends to an experiment` {
    private func running() async throws -> Site {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Experiment
            metadata: {name: trial, namespace: default, uid: e-1}
            spec:
              duration: 1m
              templates:
                - name: only
                  selector: {matchLabels: {app: trial}}
                  template:
                    metadata: {labels: {app: trial}}
                    spec: {containers: [{name: a, image: "a:1"}]}
            """
        let documents = try YAML.documents(in: [UInt8](text.utf8), file: "trial.yaml")
        let site = try Site(documents.map(\.value), now: Timestamp(seconds: 1_767_323_045))
        await site.settle()
        return site
    }

    private func send(_ body: String, to site: Site) async throws {
        try await site.send(Sent(.mergePatch, body), to: .experiments, "trial")
        await site.settle()
    }

    private func status(at site: Site) async -> [String?] {
        let status = await site.get(.experiments, "trial")?.status
        return [status?["phase"]?.string, status?["availableAt"]?.string]
    }

    /// Holds: 7.6 terminate an experiment.
    @Test func `ends it, and its pods go after their delay`() async throws {
        let site = try await running()
        #expect(await status(at: site) == ["Running", "2026-01-02T03:04:05Z"])
        try await send(#"{"spec":{"terminate":true}}"#, to: site)
        #expect(await status(at: site).first == "Successful")
        await site.wait(29)
        #expect(await site.get(.replicaSets, "trial-only")?.spec?["replicas"] == 1)
        await site.wait(1)
        #expect(await site.get(.replicaSets, "trial-only")?.spec?["replicas"] == 0)
    }

    /// Holds: 7.6 retry an experiment.
    @Test func `begins it anew`() async throws {
        let site = try await running()
        await site.wait(60)
        #expect(await status(at: site).first == "Successful")
        try await send(#"{"status":null}"#, to: site)
        #expect(await status(at: site) == ["Running", "2026-01-02T03:05:05Z"])
    }
}
