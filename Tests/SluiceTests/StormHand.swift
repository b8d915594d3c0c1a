import Controller
import Documents
import KubernetesClient
import KubernetesObjects

@testable import sluice

/// Sends what an operator could mean at the moment, chosen by chance.
struct StormHand: Sendable {
    let client: APIClient
    let fleet: Fleet

    /// A command that was accepted, and the versions of the rollout that it made.
    struct Sent: Sendable {
        var command: OperatorCommand
        var versions: [String]
    }

    /// - Returns: nil where the command would do nothing at this moment.
    func send(to name: String, _ random: inout Lehmer, number: Int) async throws -> Sent? {
        let reference = fleet.reference(name)
        for _ in 0..<20 {
            let rollout = try await client.get(reference)
            let command = choose(for: rollout, &random, number)
            let writes: [Write]
            do {
                writes = try command.writes(on: rollout, replicaSets: [])
            } catch {
                return nil
            }
            var sent = Sent(command: command, versions: [])
            do throws(APIError) {
                for write in writes { sent.versions.append(try await carryOut(write)) }
            } catch {
                // Somebody else wrote in between: a person looks again.
                if case .conflict = error, sent.versions.isEmpty { continue }
                if case .refused = error, case .setImage = command { continue }
                throw error
            }
            return sent
        }
        return nil
    }

    private func carryOut(_ write: Write) async throws(APIError) -> String {
        switch write.act {
        case .patch(let patch): try await client.patch(write.reference, patch).resourceVersion
        case .patchStatus(let patch):
            try await client.patch(write.reference, patch, subresource: "status").resourceVersion
        case .create, .delete, .evict: ""
        }
    }

    private func choose(
        for rollout: Object, _ random: inout Lehmer, _ number: Int
    ) -> OperatorCommand {
        let image = OperatorCommand.setImage(container: "*", image: "app:\(number)")
        let status = rollout.status
        if rollout.spec?["paused"]?.bool == true {
            return random.one(of: [.resume, .resume, .resume, .abort, image, .promote])
        }
        if status?["abort"]?.bool == true {
            return random.one(of: [.retry, .retry, image, .pause])
        }
        if status?["stableRS"] == status?["currentPodHash"] {
            return random.one(of: [image, image, image, .pause, .abort])
        }
        return random.one(of: [.promote, .promote, .promote, .promote, .abort, .pause, image])
    }
}
