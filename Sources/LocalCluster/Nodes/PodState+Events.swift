import Documents
import KubernetesObjects

/// What happened to a pod's containers.
extension PodState {
    /// Before its first success a readiness probe is asked this often, whatever its period: a pod
    /// that is ready should not wait for ten seconds to be told so. Its failures have no other
    /// effect.
    static let firstReadinessMilliseconds: Int64 = 250

    /// The process of a container runs. `wasReady` keeps an adopted one ready until it is asked
    /// again.
    mutating func started(
        _ name: String, _ plan: ContainerPlan?, at now: Timestamp, wasReady: Bool = false
    ) {
        update(name) { container in
            container.run = .running(since: now)
            container.ending = nil
            container.cause = nil
            container.isBeginning = plan?.postStart != nil
            container.hasPreStop = plan?.preStop != nil
            container.probes = [:]
            for kind in ProbeKind.allCases {
                guard let probe = plan?.probe(kind) else { continue }
                let due = now.advanced(bySeconds: wasReady ? 0 : probe.initialDelaySeconds)
                let verdict: Bool? = wasReady && kind != .liveness ? true : nil
                container.probes[kind] = ProbeRecord(due: due, verdict: verdict)
            }
        }
    }

    /// A container cannot be started as it is described: it waits for its pod, or what that refers
    /// to, to change.
    mutating func refused(_ name: String, _ fault: PodFault, retry: Timestamp) {
        update(name) {
            $0.run = .waiting(reason: fault.reason, message: fault.message, until: retry)
        }
    }

    /// A probe was answered.
    mutating func answered(
        _ name: String, _ kind: ProbeKind, _ succeeded: Bool, _ probe: Probe, at now: Timestamp
    ) {
        update(name) { container in
            container.probes[kind]?.take(succeeded, probe, at: now)
            if kind == .readiness, container.probes[kind]?.verdict != true, !succeeded {
                let soon = now.advanced(byMilliseconds: Self.firstReadinessMilliseconds)
                let due = container.probes[kind]?.due ?? soon
                container.probes[kind]?.due = min(due, soon)
            }
        }
    }

    /// A hook has come back. A container whose postStart hook failed is ended.
    mutating func hooked(
        _ name: String, _ kind: HookKind, _ succeeded: Bool, at now: Timestamp
    ) {
        update(name) { container in
            guard container.isRunning else { return }
            switch kind {
            case .preStop:
                guard case .hook(let end) = container.ending else { return }
                container.ending = .signal(killAt: end)
            case .postStart:
                container.isBeginning = false
                guard !succeeded, container.ending == nil else { return }
                container.cause = "its postStart hook failed"
                container.ending = .signal(killAt: now)
            }
        }
    }

    /// The process of a container has ended; `policy` is the pod's `restartPolicy`.
    mutating func ended(_ name: String, _ exit: Exit, policy: String, at now: Timestamp) {
        update(name) { container in
            guard case .running(let since) = container.run else { return }
            let ended = Ended(exit: exit, started: since, finished: now, cause: container.cause)
            container.probes = [:]
            container.ending = nil
            container.isBeginning = false
            guard Self.isAgain(after: exit, isInit: container.isInit, policy: policy) else {
                container.run = .ended(ended)
                return
            }
            container.last = ended
            container.restarts += 1
            let ran = now.milliseconds(since: since)
            container.crashes = ran >= Int64(Self.quietSeconds) * 1000 ? 1 : container.crashes + 1
            let doubled = Self.firstRestartSeconds << min(container.crashes - 1, 10)
            let wait = min(doubled, Self.longestRestartSeconds)
            container.run = .waiting(
                reason: "CrashLoopBackOff",
                message: "back-off \(wait)s restarting failed container=\(name)",
                until: now.advanced(bySeconds: wait))
        }
    }

    private mutating func update(_ name: String, _ change: (inout ContainerState) -> Void) {
        guard let index = containers.firstIndex(where: { $0.name == name }) else { return }
        change(&containers[index])
    }

    func container(_ name: String) -> ContainerState? { containers.first { $0.name == name } }
}
