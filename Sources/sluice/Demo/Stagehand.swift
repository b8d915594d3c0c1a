import Controller
import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import Manifests

/// Watches one rollout while an act is played: waits for what should come, and gives up when it
/// does not.
struct Stagehand: Sendable {
    let box: Box
    let key: RolloutKey

    var rollout: Object? {
        box.controller.cluster.caches[.rollouts]?.get(namespace: key.namespace, name: key.name)
    }

    var status: JSON { rollout?.status ?? .object(JSONObject()) }
    var phase: String { status["phase"]?.string ?? "" }
    var weight: Int { status["canary"]?["weights"]?["canary"]?["weight"]?.int ?? 0 }
    var isObserved: Bool {
        status["observedGeneration"]?.string == rollout.map { String($0.generation) }
    }

    /// The runs of the rollout, the oldest first.
    var runs: [Object] {
        let all = box.controller.cluster.caches[.analysisRuns]?.list(namespace: key.namespace) ?? []
        return all.filter { $0.controllerOwner?.uid == rollout?.uid }
            .sorted {
                ($0.creationTimestamp ?? .now, $0.name) < ($1.creationTimestamp ?? .now, $1.name)
            }
    }

    /// Waits until `isThere` holds.
    /// - Throws: `DemoFailure` after `seconds`: what was waited for, and how the rollout stands.
    func wait(
        for what: String, seconds: Int = 60, until isThere: @Sendable () -> Bool
    ) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isThere() {
            guard ContinuousClock.now < end else {
                throw DemoFailure(
                    "waited \(seconds) s for \(what); the rollout is \(phase): "
                        + (status["message"]?.string ?? ""))
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// Carries out what an operator would type.
    func command(_ command: OperatorCommand, reason: String) async throws {
        for _ in 0..<commandTries {
            do {
                return try await send(command, reason)
            } catch ClusterError.conflict {
                // Somebody wrote in between: the command is still meant.
                continue
            }
        }
        throw DemoFailure("\(command.word) met a conflict \(commandTries) times")
    }

    private func send(_ command: OperatorCommand, _ reason: String) async throws {
        guard let rollout else { throw DemoFailure("rollout \(key) does not exist") }
        let sets = box.controller.cluster.caches[.replicaSets]?.owned(by: rollout.uid) ?? []
        let note = CommandNote(
            command: command.word, actor: "demo", reason: reason,
            revision: rollout.number(Keys.revision),
            at: .now)
        let edge = box.controller.cluster.edge
        _ = try await edge.write(note.write(on: rollout))
        // The command carries the version that it was made for, the note's included.
        let noted = try await box.client.get(key.reference)
        for write in try command.writes(on: noted, replicaSets: sets) {
            _ = try await edge.write(write)
        }
    }
}

private let commandTries = 5

/// The story did not go as it should.
struct DemoFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
