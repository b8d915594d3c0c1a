import Documents
import Extensions
import KubernetesObjects
import Manifests
import Rollouts
import Traffic

/// One question to the extension of a step, and for whom.
struct StepQuestion: Hashable, Sendable {
    let key: RolloutKey
    let call: PluginCall
    let text: JSON
}

/// Steps of extensions (docs/EXTENDING.md). Asking takes time, and no turn waits for it: the answer
/// is remembered, and seen by the next turn.
extension RolloutTurn {
    func ask(_ call: PluginCall, _ scene: Scene) async {
        guard await memory.asks(call, of: scene.key) else { return }
        await askExtension(StepQuestion(key: scene.key, call: call, text: call.json(in: scene)))
    }
}

extension PluginCall {
    /// The question as the extension gets it.
    fileprivate func json(in scene: RolloutTurn.Scene) -> JSON {
        let rollout = scene.object
        let status = scene.snapshot.rollout.status
        let steps = rollout.spec?["strategy"]?["canary"]?["steps"]?.array ?? []
        // Where the steps were edited meanwhile, what it was told at the beginning is not known any
        // more; it has its own state.
        let step = steps.indices.contains(index) ? steps[index]["plugin"] : nil
        let isSame = step?["name"]?.string == name
        var json: JSON = [
            "version": 1, "kind": "step", "operation": .string(operation.rawValue),
            "name": .string(name),
            // The same for all that is asked about one attempt of a step.
            "id": .string("\(rollout.uid)/\(index)/\(Timestamp(begun).rfc3339)"),
            "execution": .int(Int64(execution)), "step": .int(Int64(index)),
            "rollout": [
                "namespace": .string(rollout.namespace), "name": .string(rollout.name),
                "uid": .string(rollout.uid),
                "revision": .int(Int64(scene.snapshot.rollout.revision ?? 0)),
                "stableHash": .string(status.stableHash),
                "canaryHash": .string(status.currentPodHash),
            ],
        ]
        if isSame { json["config"] = step?["config"] }
        json["state"] = StatusDocument.state(state)
        return json
    }
}

extension PluginAnswer {
    /// What the extension means by its answer; an error where it means nothing.
    init(_ json: JSON) {
        let message = json["message"]?.string ?? ""
        let again = json["again"]?.int.map { min(max($0, shortestWait), longestWait) }
        let state = json["state"].map(\.text)
        if let state, state.utf8.count > longestState {
            self.init(.error, "its state has more than \(longestState) bytes")
            return
        }
        switch json["phase"]?.string {
        case "Running": self.init(.running, message, againSeconds: again, state: state)
        case "Successful": self.init(.successful, message, state: state)
        case "Failed": self.init(.failed, message, state: state)
        case let other:
            let found = other.map { "\"\($0.prefix(40))\"" } ?? "none"
            self.init(.error, "the phase is Running, Successful or Failed, found \(found)")
        }
    }

    func redacted(by redactor: Redactor) -> PluginAnswer {
        var answer = self
        answer.message = cut(redactor.redact(message))
        answer.state = state.map(redactor.redact)
        return answer
    }
}

/// Routers of extensions.
extension RolloutTurn {
    /// What the extension says of itself. One that says nothing is no reason to leave the others
    /// where they are: its reading is unknown, and unknown is never zero.
    func look(
        at remote: RemoteRouter, of key: RolloutKey, for observed: inout Observed
    ) async {
        let answer = await answer(of: remote)
        await memory.heard(answer, from: remote.name, of: key)
        observed.take(answer, of: remote)
    }

    /// What the extension said to the last turn, for those who only look: no program of somebody
    /// else is asked for a picture. Where it never said anything, what was asked of it counts.
    func recall(
        _ remote: RemoteRouter, of rollout: Object, for observed: inout Observed
    ) async {
        let key = RolloutKey(namespace: rollout.namespace, name: rollout.name)
        let asked = rollout.status?["canary"]?["weights"]?["canary"]?["weight"] ?? 0
        let answer = await memory.answer(of: remote.name, of: key) ?? .said(["weight": asked])
        observed.take(answer, of: remote)
    }

    private func answer(of remote: RemoteRouter) async -> RemoteAnswer {
        // No other rollout waits as long for it once more.
        if await memory.isSilent(remote.name, at: now()) {
            return .silent("it gave no answer a moment ago")
        }
        do throws(ExtensionError) {
            let question = remote.question(["operation": "read"])
            return .said(try await remoteRouters.ask(remote.name, question).shortened)
        } catch {
            await memory.fellSilent(remote.name, at: now())
            return .silent(error.description)
        }
    }

    /// Tells an extension how traffic is to be divided. Whether it is so, the next look says.
    func order(
        _ change: Change, of remote: RemoteRouter, isBack: Bool, for key: RolloutKey,
        _ observed: Observed
    ) async throws(ClusterError) {
        guard case .patch(.merge(var order)) = change.act else { return }
        let taken = observed.objects[remote.reference]?.json["number"]?.int ?? 0
        guard
            let number = await memory.beginsOrder(
                to: remote.name, of: key, after: taken, isBack: isBack, at: now())
        else { throw .conflict("extension \(remote.name) has an order without an answer") }
        order["number"] = .int(Int64(number))
        do throws(ClusterError) {
            try await tell(remote, order)
        } catch {
            await memory.endsOrder(number, to: remote.name, of: key)
            throw error
        }
        await memory.endsOrder(number, to: remote.name, of: key)
    }

    private func tell(_ remote: RemoteRouter, _ order: JSON) async throws(ClusterError) {
        let said: JSON
        do throws(ExtensionError) {
            said = try await remoteRouters.ask(remote.name, remote.question(order))
        } catch {
            throw .unreachable("extension \(remote.name): \(error)")
        }
        if let error = said["error"]?.string {
            throw .refused("extension \(remote.name): \(cut(error))")
        }
    }
}

extension Observed {
    fileprivate mutating func take(_ answer: RemoteAnswer, of remote: RemoteRouter) {
        switch answer {
        case .said(let json): objects[remote.reference] = Object(json)
        case .silent(let why): denied[remote.reference] = why
        }
    }
}

extension JSON {
    /// An answer whose words are of a length that can be shown.
    fileprivate var shortened: JSON {
        var json = self
        for key in ["message", "error"] { json[key] = self[key].map { $0.string.map(short) ?? $0 } }
        return json
    }

    private func short(_ text: String) -> JSON { .string(cut(text)) }
}

/// Bounded in bytes, too, which characters are not.
private func cut(_ text: String) -> String { String(text.unicodeScalars.prefix(longestMessage)) }

extension RemoteRouter {
    fileprivate func question(_ order: JSON) -> JSON { question.merged(with: order) }
}

/// It is shown in the status and in an event, whose message has 1,024 bytes.
private let longestMessage = 500
/// All of a status has to fit into an object of etcd.
private let longestState = 4_096
/// Asked more often, an extension costs the API server a write each time.
private let shortestWait = 5
/// Nobody remembers a step that says nothing for longer.
private let longestWait = 3_600
