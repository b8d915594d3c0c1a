import Simulation
import Testing

/// What clients saw of Argo Rollouts v1.9.1 while these stories were played against it, and what
/// they see of ours. Weights, sizes, conditions and the end are the same; where ours differs, the
/// test says why it may.
struct `A story recorded of Argo Rollouts` {
    private func play(
        delays: String = "3", _ spec: String, _ story: String
    ) throws -> Transcript {
        let canary =
            "scaleDownDelaySeconds: \(delays), abortScaleDownDelaySeconds: \(delays), \(spec)"
        let head =
            "spec: {replicas: 5, progressDeadlineSeconds: 60, strategy: {canary: {\(canary)}}}"
        let transcript = try Scenario(text: "\(head)\n---\n\(story)").player.play()
        #expect(brokenLaws(transcript) == [], "\(transcript.text)")
        return transcript
    }

    private let deployed = [
        "Progressing more replicas need to be updated",
        "Progressing updated replicas are still becoming available", "Healthy",
    ]
    private let updating = "Progressing more replicas need to be updated"
    private let paused = "Paused CanaryPauseStep"

    /// Holds: 4.3b plain, 6.2 promoted.
    /// Holds: 9.1 status.
    @Test func `of a good release is told alike`() throws {
        let pause = "{pause: {duration: 3s}}"
        let seen = try play(
            "steps: [{setWeight: 10}, \(pause), {setWeight: 30}, \(pause), {setWeight: 50}, "
                + "\(pause), {setWeight: 100}]", "10s image model-api:v2")
        #expect(seen.servedWeights == [0, 10, 30, 50, 100, 0])
        #expect(seen.sizes == [[0, 5, 0], [0, 1, 2, 3, 5]])
        #expect(
            seen.phases == deployed + [
                updating, paused, updating, paused, updating, paused, updating,
                "Progressing waiting for all steps to complete", "Healthy",
            ])
    }

    /// Holds: 9.1 status.
    @Test func `of a template that becomes stable's again is told alike`() throws {
        let seen = try play(
            "steps: [{setWeight: 40}, {pause: {}}]",
            "10s image model-api:v2\n20s image model-api:v1")
        #expect(seen.servedWeights == [0, 40, 0])
        #expect(seen.sizes == [[0, 5], [0, 2, 0]])
        #expect(seen.phases == deployed + [updating, paused, "Healthy"])
        #expect(
            seen.shown.last?.conditions == [
                "Available True AvailableReason", "Completed True RolloutCompleted",
                "Healthy True RolloutHealthy", "Paused False RolloutPaused",
                "Progressing True NewReplicaSetAvailable",
            ])
    }

    /// Holds: 4.10 cause step, 5.8 mirror.
    /// Holds: 9.1 status.
    @Test func `of a failed analysis is told alike`() throws {
        let seen = try play(
            "steps: [{setWeight: 30}, {analysis: {templates: [{templateName: model-api-errors}]}}, "
                + "{setWeight: 60}]", "0s metric error-rate 0.5\n10s image model-api:v2")
        #expect(seen.servedWeights == [0, 30, 0])
        #expect(seen.sizes == [[0, 5], [0, 2, 0]])
        #expect(
            seen.phases == deployed + [
                updating,
                "Degraded RolloutAborted: Rollout aborted update to revision 2: "
                    + "Step-based analysis phase error/failed: Metric \"error-rate\" assessed "
                    + "Failed due to failed (1) > failureLimit (0)",
            ])
        #expect(
            seen.shown.last?.conditions == [
                "Available True AvailableReason", "Completed False RolloutCompleted",
                "Healthy False RolloutHealthy", "Progressing False RolloutAborted",
            ])
    }

    /// The recorded one walks the steps back, 80 → 40 → 20 → 0 with stable at 1 → 3 → 5 pods. Ours
    /// asks for all five at once, and the bad revision is without traffic one start of pods
    /// earlier.
    /// Holds: 4.3b dynamic abort.
    @Test func `of an abort with a shrunken stable ends alike, and earlier`() throws {
        let seen = try play(
            delays: "null",
            "dynamicStableScale: true, "
                + "steps: [{setWeight: 40}, {pause: {}}, {setWeight: 80}, {pause: {}}]",
            "10s image model-api:v2\n20s promote\n30s abort")
        #expect(seen.servedWeights == [0, 40, 80, 0])
        #expect(seen.sizes == [[0, 5, 3, 1, 5], [0, 2, 4, 0]])
        #expect(
            seen.phases == deployed + [
                updating, paused, updating, paused,
                "Degraded RolloutAborted: Rollout aborted update to revision 2",
            ])
        #expect(
            seen.shown.last?.conditions == [
                "Available True AvailableReason", "Completed False RolloutCompleted",
                "Healthy False RolloutHealthy", "Paused True RolloutPaused",
                "Progressing False RolloutAborted",
            ])
    }
}

extension Transcript {
    /// Phase and message, each change once.
    fileprivate var phases: [String] {
        let said = shown.map { $0.message.isEmpty ? $0.phase : "\($0.phase) \($0.message)" }
        return said.filter { !$0.isEmpty }.reduce(into: []) { phases, phase in
            if phases.last != phase { phases.append(phase) }
        }
    }

    /// The sizes that each ReplicaSet was given, the oldest ReplicaSet first.
    fileprivate var sizes: [[Int]] {
        var names: [String] = []
        for name in shown.flatMap({ $0.sizes.keys.sorted() }) where !names.contains(name) {
            names.append(name)
        }
        return names.map { name in shown.compactMap { $0.sizes[name] }.withoutRepetitions }
    }
}
