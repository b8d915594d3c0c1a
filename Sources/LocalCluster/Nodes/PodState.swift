import Documents
import KubernetesObjects

/// What a turn of a pod wants done. Outcomes come back as calls of `PodState`.
enum PodEffect: Hashable, Sendable {
    case start(container: String)
    case ask(container: String, ProbeKind)
    case run(container: String, HookKind, withinSeconds: Int)
    case terminate(container: String)
    case kill(container: String)
    /// Nothing of the pod runs any more: the object can go.
    case remove
}

/// A pod on the node: a value, changed only by what happened and by its turns.
struct PodState: Sendable {
    /// The wait before an ended container is started again, doubled each time. Kubernetes begins
    /// with ten seconds and ends with five minutes; a box has one user, who waits.
    static let firstRestartSeconds = 1
    static let longestRestartSeconds = 30
    /// After so long a run the next end counts as the first.
    static let quietSeconds = 600
    /// How long a pod that is to go may still be in use by the proxy before it is stopped all the
    /// same.
    static let drainSeconds = 30
    private static let drainPollMilliseconds: Int64 = 50
    /// What a container has after SIGTERM, however long its hook took.
    private static let leastGraceSeconds = 2

    let uid: String
    let address: String
    var containers: [ContainerState]
    private var isStopping = false

    init(_ pod: Object, address: String) {
        uid = pod.uid
        self.address = address
        containers =
            Self.containers(of: pod, "initContainers", "initContainerStatuses")
            + Self.containers(of: pod, "containers", "containerStatuses")
    }

    private static func containers(
        of pod: Object, _ list: String, _ statuses: String
    ) -> [ContainerState] {
        let policy = pod["spec", "restartPolicy"]?.string ?? "Always"
        return (pod["spec", list]?.array ?? []).map { container in
            let name = container["name"]?.string ?? ""
            let known = pod["status", statuses]?.array?.first { $0["name"]?.string == name }
            let isInit = list == "initContainers"
            var state = ContainerState(
                name: name, isInit: isInit,
                run: .waiting(reason: "ContainerCreating", message: "", until: nil))
            state.restarts = known?["restartCount"]?.int ?? 0
            // It ran before this node looked, and no process of it is left.
            if known?["state"]?["running"] != nil { state.restarts += 1 }
            if let ended = known?["state"]?["terminated"].flatMap(Ended.init),
                !isAgain(after: ended.exit, isInit: isInit, policy: policy)
            {
                state.run = .ended(ended)
            }
            return state
        }
    }

    /// Whether a container that has ended is started again.
    static func isAgain(after exit: Exit, isInit: Bool, policy: String) -> Bool {
        switch policy {
        case "Never": false
        case "OnFailure": exit != .code(0)
        default: !isInit || exit != .code(0)
        }
    }

    /// What to do now, and when to look again at the latest. A pod that is to go waits while
    /// `isRouted`: the proxy still sends requests to its address.
    mutating func turn(_ pod: Object, isRouted: Bool, at now: Timestamp) -> (
        effects: [PodEffect], wake: Timestamp?
    ) {
        if let since = pod.deletionTimestamp {
            return stop(pod, since: since, isRouted: isRouted, at: now)
        }
        var effects: [PodEffect] = []
        var wake: Timestamp?
        // Init containers one after the other, then all the others.
        let next = containers.firstIndex { $0.isInit && !$0.hasSucceeded }
        for index in next.map({ [$0] }) ?? containers.indices.filter({ !containers[$0].isInit }) {
            let step = step(index, pod, at: now)
            effects += step.effects
            if let next = step.wake { wake = min(wake ?? next, next) }
        }
        return (effects, wake)
    }

    private mutating func stop(
        _ pod: Object, since: Timestamp, isRouted: Bool, at now: Timestamp
    ) -> (effects: [PodEffect], wake: Timestamp?) {
        let running = containers.indices.filter { containers[$0].isRunning }
        guard !running.isEmpty else { return ([.remove], nil) }
        // `deletionTimestamp` is the time at which the pod should be gone; its grace begins when
        // the proxy lets go.
        let grace = graceSeconds(of: pod)
        if !isStopping, isRouted, now < since.advanced(bySeconds: Self.drainSeconds) {
            return ([], now.advanced(byMilliseconds: Self.drainPollMilliseconds))
        }
        isStopping = true
        return (running.flatMap { end($0, graceSeconds: grace, cause: nil, at: now) }, nextKill)
    }

    private func graceSeconds(of pod: Object) -> Int {
        max(
            0,
            pod.metadata["deletionGracePeriodSeconds"]?.int
                ?? pod["spec", "terminationGracePeriodSeconds"]?.int ?? 30)
    }

    private var nextKill: Timestamp? {
        containers.filter(\.isRunning).compactMap(\.ending?.due).min()
    }

    /// The preStop hook first, then SIGTERM, and SIGKILL when the grace is over.
    private mutating func end(
        _ index: Int, graceSeconds: Int, cause: String?, at now: Timestamp
    ) -> [PodEffect] {
        let name = containers[index].name
        let least = now.advanced(bySeconds: Self.leastGraceSeconds)
        switch containers[index].ending {
        case nil:
            let end = now.advanced(bySeconds: graceSeconds)
            containers[index].cause = cause
            guard containers[index].hasPreStop, graceSeconds > 0 else {
                containers[index].ending = .signalled(killAt: end)
                return [.terminate(container: name)]
            }
            containers[index].ending = .hook(until: end)
            return [.run(container: name, .preStop, withinSeconds: graceSeconds)]
        case .hook(let end):
            guard end <= now else { return [] }
            containers[index].ending = .signalled(killAt: least)
            return [.terminate(container: name)]
        case .signal(let end):
            containers[index].ending = .signalled(killAt: max(end, least))
            return [.terminate(container: name)]
        case .signalled(let end):
            return end <= now ? [.kill(container: name)] : []
        }
    }

    private mutating func step(_ index: Int, _ pod: Object, at now: Timestamp) -> (
        effects: [PodEffect], wake: Timestamp?
    ) {
        switch containers[index].run {
        case .ended:
            return ([], nil)
        case .waiting(_, _, let until):
            if let until, until > now { return ([], until) }
            return ([.start(container: containers[index].name)], nil)
        case .running:
            return ask(index, pod, at: now)
        }
    }

    private mutating func ask(_ index: Int, _ pod: Object, at now: Timestamp) -> (
        effects: [PodEffect], wake: Timestamp?
    ) {
        let failed = [ProbeKind.startup, .liveness].first {
            containers[index].probes[$0]?.verdict == false
        }
        if failed != nil || containers[index].ending != nil {
            let effects = end(
                index, graceSeconds: graceSeconds(of: pod),
                cause: failed.map { "\($0.rawValue) probe failed" },
                at: now)
            return (effects, containers[index].ending?.due)
        }
        if containers[index].isBeginning { return ([], nil) }
        var effects: [PodEffect] = []
        var wake: Timestamp?
        let kinds: [ProbeKind] =
            containers[index].hasStarted ? [.readiness, .liveness] : [.startup]
        for kind in kinds {
            guard let record = containers[index].probes[kind], !record.isAsking else { continue }
            if record.due <= now {
                containers[index].probes[kind]?.isAsking = true
                effects.append(.ask(container: containers[index].name, kind))
            } else {
                wake = min(wake ?? record.due, record.due)
            }
        }
        return (effects, wake)
    }
}
