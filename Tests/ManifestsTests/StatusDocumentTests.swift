import Documents
import KubernetesObjects
import Rollouts
import Testing

@testable import Manifests

struct `A status document` {
    static let wire =
        #"{"HPAReplicas":6,"abort":true,"abortedAt":"2026-01-02T03:04:05Z","#
        + #""availableReplicas":5,"canary":{"currentBackgroundAnalysisRunStatus":{"name":"b","#
        + #""status":"Running"},"currentStepAnalysisRunStatus":{"message":"m","name":"s","#
        + #""status":"Failed"},"weights":{"canary":{"podTemplateHash":"h2","serviceName":"c","#
        + #""weight":10},"stable":{"podTemplateHash":"h1","serviceName":"s","weight":90},"#
        + #""verified":true}},"collisionCount":1,"conditions":[{"#
        + #""lastTransitionTime":"2026-01-02T03:04:05Z","lastUpdateTime":"2026-01-02T03:04:06Z","#
        + #""message":"Rollout is paused","reason":"RolloutPaused","status":"True","#
        + #""type":"Paused"}],"#
        + #""controllerPause":true,"currentPodHash":"h2","currentStepHash":"sh","#
        + #""currentStepIndex":0,"#
        + #""message":"CanaryPauseStep","observedGeneration":"7","pauseConditions":[{"#
        + #""reason":"CanaryPauseStep","startTime":"2026-01-02T03:04:05Z"}],"phase":"Paused","#
        + #""promoteFull":true,"readyReplicas":5,"replicas":6,"selector":"app=shop","#
        + #""stableRS":"h1","#
        + #""updatedReplicas":1}"#

    /// Holds: 2.1 observedGeneration, 2.1 analysis mirrors, 2.1 weights, 2.1 weights verified.
    /// Holds: 2.1 promoteFull, 2.1 collisionCount.
    @Test func `keeps the wire form exactly`() throws {
        let json = try JSON(parsing: Self.wire)
        #expect(StatusDocument.json(StatusDocument.parse(json)).text == Self.wire)
    }

    /// Holds: 2.1 activeSelector, 2.1 previewSelector, 2.1 scaleUpPreviewCheckPoint.
    /// Holds: 2.1 analysis mirrors.
    @Test func `of a blue-green rollout keeps its wire form too`() throws {
        let wire =
            #"{"blueGreen":{"activeSelector":"h1","postPromotionAnalysisRunStatus":{"name":"b","#
            + #""status":"Running"},"prePromotionAnalysisRunStatus":{"message":"m","name":"a","#
            + #""status":"Successful"},"previewSelector":"h2","scaleUpPreviewCheckPoint":true},"#
            + #""canary":{}}"#
        #expect(StatusDocument.json(StatusDocument.parse(try JSON(parsing: wire))).text == wire)
    }

    /// Holds: 2.1 stepPluginStatuses.
    @Test func `of steps of plugins keeps its wire form too`() throws {
        let wire =
            #"{"canary":{"stepPluginStatuses":[{"index":1,"name":"acme/check","#
            + #""operation":"Run","phase":"Running","message":"7 of 9","#
            + #""startedAt":"2026-01-02T03:04:05Z","updatedAt":"2026-01-02T03:04:06Z","#
            + #""backoff":"30s","executions":2,"status":{"job":7}},{"index":1,"#
            + #""name":"acme/check","operation":"Abort","phase":"Successful","#
            + #""startedAt":"2026-01-02T03:05:05Z","finishedAt":"2026-01-02T03:05:06Z","#
            + #""executions":1},{"index":2,"name":"acme/off","operation":"Run","#
            + #""phase":"Successful","startedAt":"2026-01-02T03:04:05Z","disabled":true}]}}"#
        let status = StatusDocument.parse(try JSON(parsing: wire))
        #expect(StatusDocument.json(status).text == wire)
        #expect(status.plugins.map(\.backoffSeconds) == [30, nil, nil])
        #expect(StatusDocument.mergePatch(from: try JSON(parsing: wire), to: status) == nil)
        var done = status
        done.plugins = []
        let patch = StatusDocument.mergePatch(from: try JSON(parsing: wire), to: done)
        #expect(patch == ["status": ["canary": ["stepPluginStatuses": .null]]])
    }

    @Test func `leaves out what is empty`() {
        #expect(StatusDocument.json(Status()).text == #"{"canary":{}}"#)
        #expect(StatusDocument.parse(nil) == Status())
    }

    /// Holds: 2.1 nothing new.
    @Test func `writes nothing where nothing changed`() throws {
        let json = try JSON(parsing: Self.wire)
        #expect(StatusDocument.mergePatch(from: json, to: StatusDocument.parse(json)) == nil)
    }

    /// Holds: 2.1 partial writes.
    /// Holds: 9.1 partial writes.
    @Test func `writes only what changed, and null for what is gone`() throws {
        let json = try JSON(parsing: Self.wire)
        var status = StatusDocument.parse(json)
        status.isAborted = false
        status.abortedAt = nil
        status.stepRun = nil
        status.weights?.canary.weight = 30
        status.weights?.verified = nil
        status.currentStepIndex = 1
        #expect(
            StatusDocument.mergePatch(from: json, to: status)?.text
                == #"{"status":{"abort":null,"abortedAt":null,"currentStepIndex":1,"#
                + #""canary":{"currentStepAnalysisRunStatus":null,"weights":{"canary":{"#
                + #""weight":30},"#
                + #""verified":null}}}}"#)
    }

    /// Holds: 2.1 partial writes.
    /// Holds: 9.1 partial writes.
    @Test func `leaves the fields of others alone`() throws {
        let theirs: JSON = ["type": "Theirs", "status": "True"]
        let json: JSON = [
            "replicas": 3, "blueGreen": [:], "alb": ["ingress": "x"],
            "canary": ["stablePingPong": "ping"],
            "conditions": [theirs],
        ]
        var status = StatusDocument.parse(json)
        status.replicas = 0
        status.conditions = [
            Condition(
                type: .healthy, truth: .yes, reason: "RolloutHealthy", message: "",
                lastUpdate: Instant(milliseconds: 0), lastTransition: Instant(milliseconds: 0))
        ]
        let patch = try #require(StatusDocument.mergePatch(from: json, to: status))
        let after = JSON.object(JSONObject([("status", json)])).merged(with: patch)["status"]
        #expect(after?["replicas"] == nil && after?["alb"] == ["ingress": "x"])
        #expect(after?["canary"] == ["stablePingPong": "ping"] && after?["blueGreen"] == [:])
        #expect(after?["conditions"]?.array?.map { $0["type"] } == ["Healthy", "Theirs"])
        #expect(StatusDocument.mergePatch(from: after, to: status) == nil)
    }

    /// Holds: 4.1 bad field.
    /// Holds: 9.3 malformed field.
    @Test func `keeps what it can read of a damaged one`() {
        let status = StatusDocument.parse([
            "stableRS": "h1", "currentStepIndex": "two", "replicas": -1,
            "conditions": ["no condition"], "canary": 5,
            "pauseConditions": [["reason": "Odd"]], "abort": "yes",
        ])
        #expect(status.stableHash == "h1" && status.currentStepIndex == nil && !status.isAborted)
        #expect(status.pauseConditions.map(\.reason) == [.inconclusiveAnalysisRun])
    }

    /// A field that no test fills may be forgotten in the patch.
    @Test func `is tried with a value in every field`() {
        var chance = SeededGenerator(seed: 1)
        let some = (0..<200).map { _ in fields(Status.any(&chance)) }
        let none = fields(Status())
        let open = none.filter { name, empty in some.allSatisfy { $0[name] == empty } }
        #expect(open.keys.sorted() == [])
        let parts = Set(some.flatMap(\.keys)).subtracting(none.keys)
        let weights = ["canary", "stable", "verified", "additional"]
        #expect(parts == Set(weights.map { "weights.\($0)" }))
        for part in parts { #expect(Set(some.compactMap { $0[part] }).count > 1) }
    }

    /// What each field holds, and each of its own where it has some.
    private func fields(_ status: Status) -> [String: String] {
        var fields: [String: String] = [:]
        for child in Mirror(reflecting: status).children {
            let name = child.label ?? ""
            fields[name] = "\(child.value)"
            let whole = (child.value as? Weights?).flatMap { $0 } ?? child.value
            guard whole is Weights || whole is BlueGreenStatus else { continue }
            for part in Mirror(reflecting: whole).children {
                fields["\(name).\(part.label ?? "")"] = "\(part.value)"
            }
        }
        return fields
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `comes back as it was written, and any change is carried by its patch`(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let before = Status.any(&chance), after = Status.any(&chance)
        let json = StatusDocument.json(before)
        #expect(StatusDocument.parse(json) == before)
        let whole: JSON = ["status": json]
        let patch = StatusDocument.mergePatch(from: json, to: after)
        let patched = patch.map { whole.merged(with: $0) } ?? whole
        #expect(StatusDocument.parse(patched["status"]) == after)
        #expect(StatusDocument.mergePatch(from: patched["status"], to: after) == nil)
    }
}

extension Status {
    /// Any status that the wire can carry: whole seconds, counts that are not negative.
    static func any(_ chance: inout SeededGenerator) -> Status {
        var status = Status()
        func count() -> Int { Int.random(in: 0...3, using: &chance) }
        func text() -> String { ["", "a", "b\"<é"].randomElement(using: &chance) ?? "" }
        func time() -> Instant { Instant(milliseconds: Int64(count()) * 86_400_000) }
        func flag() -> Bool { Bool.random(using: &chance) }
        func mirror() -> RunMirror? {
            flag() ? RunMirror(name: "r\(count())", phase: .error, message: text()) : nil
        }
        func destination() -> WeightDestination {
            WeightDestination(weight: count(), serviceName: text(), podTemplateHash: text())
        }
        status.observedGeneration = text()
        status.currentPodHash = text()
        status.currentStepHash = text()
        status.currentStepIndex = flag() ? count() : nil
        status.stableHash = text()
        status.replicas = count()
        status.updatedReplicas = count()
        status.readyReplicas = count()
        status.availableReplicas = count()
        status.hpaReplicas = count()
        status.selector = text()
        status.pauseConditions =
            flag() ? [PauseCondition(reason: .canaryPauseStep, startTime: time())] : []
        status.controllerPause = flag()
        status.isAborted = flag()
        status.abortedAt = flag() ? time() : nil
        status.promoteFull = flag()
        status.collisionCount = flag() ? count() : nil
        status.conditions = (0..<count()).map { _ in
            Condition(
                type: .progressing, truth: .unknown, reason: text(), message: text(),
                lastUpdate: time(), lastTransition: time())
        }
        status.phase = flag() ? .degraded : nil
        status.message = text()
        status.stepRun = mirror()
        status.backgroundRun = mirror()
        if flag() {
            status.weights = Weights(
                canary: destination(), stable: destination(), verified: flag() ? flag() : nil)
            status.weights?.additional = (0..<count()).map { _ in destination() }
        }
        status.restartedAt = flag() ? time() : nil
        status.workloadObservedGeneration = text()
        status.currentExperiment = text()
        status.plugins = (0..<count()).map { plugin(&chance, index: $0) }
        status.stablePingPong = flag() ? .ping : nil
        status.blueGreen.activeHash = text()
        status.blueGreen.previewHash = text()
        status.blueGreen.previewIsOver = flag()
        status.blueGreen.preRun = mirror()
        status.blueGreen.postRun = mirror()
        return status
    }
}

private func plugin(_ chance: inout SeededGenerator, index: Int) -> PluginStatus {
    let started = Instant(milliseconds: 86_400_000)
    var status = PluginStatus(
        index: index, name: "acme/check", operation: .abort, startedAt: started)
    status.phase = .error
    status.backoffSeconds = Bool.random(using: &chance) ? 30 : nil
    status.executions = Int.random(in: 0...3, using: &chance)
    return status
}

/// A status in which every field has a value.
enum StatusDocumentSample {
    static var json: JSON? {
        guard
            case .success(let json) = Result(catching: { () throws(DocumentError) in
                try JSON(parsing: `A status document`.wire)
            })
        else { return nil }
        return json
    }
}
