import Documents
import Glibc
import KubernetesObjects
import Logging

extension PodDesk {
    /// Lets a container do what it has for a moment of its life.
    func run(
        _ kind: HookKind, of container: String, _ uid: String, within seconds: Int,
        in group: inout DiscardingTaskGroup
    ) {
        guard let plan = entries[uid]?.plans[container], let hook = plan.hook(kind) else {
            // Adopted from what is no longer there: nothing is left to be done.
            node.sink.yield(.hooked(uid: uid, container: container, kind, true))
            return
        }
        let node = node
        group.addTask {
            let succeeded = await node.run(hook, plan, within: seconds)
            node.sink.yield(.hooked(uid: uid, container: container, kind, succeeded))
        }
    }

    mutating func hooked(
        _ uid: String, _ container: String, _ kind: HookKind, _ succeeded: Bool, at now: Timestamp
    ) async {
        entries[uid]?.state.hooked(container, kind, succeeded, at: now)
        guard !succeeded, let pod = entries[uid]?.pod else { return }
        let reason = kind == .preStop ? "FailedPreStopHook" : "FailedPostStartHook"
        await tell(pod, reason, "the \(kind.rawValue) hook of container \(container) failed")
    }

    /// Stores an event about an object. Named by what it says, it is stored once.
    func tell(_ subject: Object, _ reason: String, _ message: String) async {
        let tag = String(fnv1a(Array((subject.uid + reason + message).utf8)), radix: 16)
        let event = Object.event(
            named: "\(subject.name).\(tag)", about: subject, reason: reason, message: message,
            type: .warning, at: node.edges.now(), component: "sluice-node")
        do throws(WriteFailure) {
            try await node.edges.cluster.write(.create(.events, event))
        } catch .conflict {
            return
        } catch {
            node.logger.debug("An event is not stored", metadata: ["why": "\(error)"])
        }
    }

    /// Says once, of those that a controller makes at the controller, what of a pod has no effect.
    func tellUnenforced(_ pod: Object) async {
        guard let text = pod.unenforced(account: node.account) else { return }
        var subject = pod
        if let owner = pod.controllerOwner {
            subject = Object([
                "apiVersion": .string(owner.apiVersion), "kind": .string(owner.kind),
                "metadata": [
                    "name": .string(owner.name), "namespace": .string(pod.namespace),
                    "uid": .string(owner.uid),
                ],
            ])
        }
        await tell(subject, "NotEnforced", text)
    }
}

extension Object {
    /// What of a pod the box takes without doing it; nil where it does all.
    fileprivate func unenforced(account: Account?) -> String? {
        let containers = ["initContainers", "containers"].flatMap { self["spec", $0]?.array ?? [] }
        func isSaid(_ json: JSON?) -> Bool { json?.object.map { !$0.keys.isEmpty } ?? false }
        let who = account.map(\.name) ?? "the user who started sluice"
        var parts: [String] = []
        if containers.contains(where: {
            isSaid($0["resources"]?["limits"]) || isSaid($0["resources"]?["requests"])
        }) {
            parts.append("resources (processes share the machine)")
        }
        if isSaid(self["spec", "securityContext"])
            || containers.contains(where: { isSaid($0["securityContext"]) })
        {
            parts.append("securityContext (processes run as \(who))")
        }
        return parts.isEmpty
            ? nil : "no effect in the box: " + parts.joined(separator: "; ")
    }
}
