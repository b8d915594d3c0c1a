import Documents
import Foundation
import KubernetesObjects
import Manifests
import Testing

/// What another controller has left in the middle of a release, in `Scenarios/adopted`: its
/// objects, with the hashes and the status that Argo Rollouts gives them.
struct `A release of another controller` {
    /// Four seconds after the pauses, runs and aborts of the files began.
    private static let now = Timestamp(milliseconds: 1_767_323_049_000)
    private static let folder = Scenario.folder.appending(path: "adopted")

    static var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "yaml" }
                .map { $0.deletingPathExtension().lastPathComponent }.sorted()
        }
    }

    private static func site(
        _ name: String, startsPods: Bool = true, change: (inout JSON) -> Void = { _ in }
    ) throws -> Site {
        let file = folder.appending(path: "\(name).yaml")
        let documents = try YAML.documents(
            in: [UInt8](try Data(contentsOf: file)), file: file.lastPathComponent)
        var objects = documents.map(\.value)
        for index in objects.indices { change(&objects[index]) }
        return try Site(objects, now: now, startsPods: startsPods)
    }

    /// Holds: 9.2 no new revision, 9.2 no reset, 9.2 hashes, 9.2 deadlines.
    /// Holds: 9.3 same template.
    @Test(arguments: try names) func `is not touched by a first look`(name: String) async throws {
        let site = try Self.site(name, startsPods: false)
        await site.settle()
        #expect(await site.written == [])
    }

    /// Holds: 9.2 no reset.
    @Test func `goes on with its weight as pods come`() async throws {
        let site = try Self.site("set-weight")
        await site.settle()
        let ingress = await site.get(.ingresses, "demo-demo-canary")
        #expect(ingress?.annotations["nginx.ingress.kubernetes.io/canary-weight"] == "40")
        #expect(await site.get(.rollouts, "demo")?.status?["currentStepIndex"] == 3)
    }

    /// Holds: 9.2 no reset.
    @Test func `switches to a revision whose preview was over, as pods come`() async throws {
        let site = try Self.site("blue-green-small-preview")
        await site.settle()
        let active = await site.get(.services, "demo-active")
        #expect(active?.spec?["selector"]?[Keys.templateHash] == "76ddfb4f47")
        #expect(await site.names(.replicaSets).count == 2)
    }

    /// Holds: 9.2 no reset, 4.9 startTime.
    @Test func `ends its pause when it would have ended`() async throws {
        let site = try Self.site("timed-pause")
        await site.wait(5)
        #expect(await site.get(.rollouts, "demo")?.status?["currentStepIndex"] == 3)
        await site.wait(1)
        #expect(await site.get(.rollouts, "demo")?.status?["currentStepIndex"] == 5)
    }

    /// Holds: 9.2 no new revision, 9.2 hashes, 3.1 any library.
    @Test(arguments: ["open-pause", "open-pause-former"])
    func `is promoted to its end`(name: String) async throws {
        let site = try Self.site(name)
        let sets = await site.names(.replicaSets)
        await site.settle()
        try await site.send(
            Sent(.mergePatch, status: true, #"{"status":{"promoteFull":true}}"#), to: .rollouts,
            "demo")
        await site.settle()
        let status = await site.get(.rollouts, "demo")?.status
        #expect(status?["phase"] == "Healthy")
        #expect(status?["stableRS"] == status?["currentPodHash"])
        #expect(await site.names(.replicaSets) == sets)
    }

    /// Holds: 9.2 no reset.
    @Test(arguments: [
        (["AnalysisRun"], "Paused", "InconclusiveAnalysisRun"),
        (["AnalysisRun", "AnalysisTemplate"], "Degraded", "InvalidSpec: "),
    ])
    func `waits for a person where a condition cannot be read`(
        kinds: [String], phase: String, message: String
    ) async throws {
        let condition = "frob(result[0]) < 0.05"
        let site = try Self.site("analysis") { object in
            guard kinds.contains(object["kind"]?.string ?? "") else { return }
            var metric = object["spec"]?["metrics"]?[0] ?? [:]
            metric["successCondition"] = .string(condition)
            object["spec"]?["metrics"] = [metric]
        }
        await site.takeRuns()
        await site.settle()
        let run = await site.get(.analysisRuns, "demo-76ddfb4f47-2-1")?.status
        #expect(run?["phase"] == "Inconclusive")
        #expect(
            run?["message"]?.string
                == "Analysis spec cannot be read: spec.metrics[0].successCondition: "
                + "unknown function \"frob\" (at character 1)")
        let status = await site.get(.rollouts, "demo")?.status
        #expect(status?["phase"]?.string == phase)
        #expect(status?["message"]?.string?.hasPrefix(message) == true)
        #expect(status?["abort"] == nil && status?["currentStepIndex"] == 1)
        let ingress = await site.get(.ingresses, "demo-demo-canary")
        #expect(ingress?.annotations["nginx.ingress.kubernetes.io/canary-weight"] == "20")
    }

    /// Holds: 9.2 deadlines.
    @Test(arguments: [("aborted", "yellow"), ("finished", "blue"), ("blue-green-old-pods", "blue")])
    func `loses the pods of its deadline when that comes`(
        name: String, colour: String
    ) async throws {
        let site = try Self.site(name)
        let hash = colour == "blue" ? "5cd66ff7ff" : "76ddfb4f47"
        await site.wait(25)
        #expect(await site.get(.replicaSets, "demo-\(hash)")?.spec?["replicas"] != 0)
        await site.wait(1)
        #expect(await site.get(.replicaSets, "demo-\(hash)")?.spec?["replicas"] == 0)
    }
}
