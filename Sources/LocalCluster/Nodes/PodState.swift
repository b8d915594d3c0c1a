import Documents
import KubernetesObjects

/// How one run of a container ended.
struct Ended: Hashable, Sendable {
    let exit: Exit
    let started: Timestamp
    let finished: Timestamp
    /// Why we ended it, where it was us.
    let cause: String?

    var reason: String {
        switch exit {
        case .code(0): "Completed"
        case .unknown: "ContainerStatusUnknown"
        default: "Error"
        }
    }
}

/// One container of a pod and where it stands.
struct ContainerState: Sendable {
    enum Run: Hashable, Sendable {
        /// Not running; to be started at `until`, or (nil) when something it needs has changed.
        case waiting(reason: String, message: String, until: Timestamp?)
        case running(since: Timestamp)
        /// Ended for good.
        case ended(Ended)
    }

    let name: String
    var run: Run
    var restarts = 0
    var last: Ended?
    /// Ends in a row, none of which came after a long quiet run.
    var crashes = 0
    var probes: [ProbeKind: ProbeRecord] = [:]
    /// When the process is killed because it has not heeded SIGTERM.
    var killAt: Timestamp?
    /// Why we are ending it.
    var cause: String?

    var isRunning: Bool {
        if case .running = run { true } else { false }
    }

    /// Has no startup probe, or has passed it.
    var hasStarted: Bool { isRunning && probes[.startup]?.verdict ?? true }

    /// Has no readiness probe, or passes it.
    var isReady: Bool {
        guard hasStarted, killAt == nil else { return false }
        guard let record = probes[.readiness] else { return true }
        return record.verdict ?? false
    }
}

/// What a turn of a pod wants done. Outcomes come back as calls of `PodState`.
enum PodEffect: Hashable, Sendable {
    case start(container: String)
    case ask(container: String, ProbeKind)
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

    let uid: String
    let address: String
    var containers: [ContainerState]
    private var isStopping = false

    init(_ pod: Object, address: String) {
        uid = pod.uid
        self.address = address
        let before = pod["status", "containerStatuses"]?.array ?? []
        containers = (pod["spec", "containers"]?.array ?? []).map { container in
            let name = container["name"]?.string ?? ""
            let known = before.first { $0["name"]?.string == name }
            var state = ContainerState(
                name: name, run: .waiting(reason: "ContainerCreating", message: "", until: nil))
            state.restarts = known?["restartCount"]?.int ?? 0
            // It ran before this node looked, and no process of it is left.
            if known?["state"]?["running"] != nil { state.restarts += 1 }
            return state
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
        for index in containers.indices {
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

    private var nextKill: Timestamp? { containers.filter(\.isRunning).compactMap(\.killAt).min() }

    /// SIGTERM first, SIGKILL when the grace is over.
    private mutating func end(
        _ index: Int, graceSeconds: Int, cause: String?, at now: Timestamp
    ) -> [PodEffect] {
        let name = containers[index].name
        guard let killAt = containers[index].killAt else {
            containers[index].killAt = now.advanced(bySeconds: graceSeconds)
            containers[index].cause = cause
            return [.terminate(container: name)]
        }
        return killAt <= now ? [.kill(container: name)] : []
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
        if failed != nil || containers[index].killAt != nil {
            let effects = end(
                index, graceSeconds: graceSeconds(of: pod),
                cause: failed.map { "\($0.rawValue) probe failed" },
                at: now)
            return (effects, containers[index].killAt)
        }
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
