import Controller
import Documents
import Foundation
import KubernetesObjects
import Rollouts

/// Writes the transcript while a story is played. Used by one thread at a time.
final class Notes: @unchecked Sendable {
    // Everything happens on the simulation's one thread (`OneThread`).
    private var transcript = Transcript()
    private var lastReason: [RolloutKey: String] = [:]
    private var lastTrouble: ClusterError?
    var seconds: Int64 = 0
    /// What the next line follows from.
    var cause = ""

    func add(cause: String, act: String, reason: String) {
        transcript.add(at: seconds, cause: cause, act: act, reason: reason)
    }

    /// What could not be written. A conflict is observed again and says nothing; the rest is told once.
    func stumbled(_ trouble: ClusterError) {
        if case .conflict = trouble { return }
        guard trouble != lastTrouble else { return }
        lastTrouble = trouble
        add(cause: "", act: "failed", reason: trouble.description)
    }

    /// A line for each decision that moves traffic or has another reason than the one before.
    func decided(_ decision: Decision, _ seen: Snapshot, _ key: RolloutKey) {
        transcript.broken += brokenInvariants(of: decision, seen)
        var act = ""
        for case .route(let split) in decision.actions {
            act = "set \(split.canary)"
            transcript.weights.append(split.canary)
        }
        let reason = decision.reason.sentence
        guard !act.isEmpty || lastReason[key] != reason else { return }
        lastReason[key] = reason
        transcript.add(at: seconds, cause: cause, act: act, reason: reason)
        cause = ""
    }

    func transcript(of cluster: SimulatedCluster) async -> Transcript {
        var result = transcript
        result.writes = await cluster.writes
        for rollout in await cluster.rollouts {
            let status = rollout.status
            result.ends["\(rollout.namespace)/\(rollout.name)"] = Transcript.End(
                phase: status?["phase"]?.string ?? "", message: status?["message"]?.string ?? "",
                stable: status?["stableRS"]?.string ?? "",
                current: status?["currentPodHash"]?.string ?? "",
                revision: rollout.annotations["rollout.argoproj.io/revision"].flatMap { Int($0) }
                    ?? 0,
                weight: status?["canary"]?["weights"]?["canary"]?["weight"]?.int ?? 0)
        }
        return result
    }
}
