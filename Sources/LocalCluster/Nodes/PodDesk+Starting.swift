import Documents
import KubernetesObjects

extension PodDesk {
    /// - Throws: `PodFault` where the container cannot be run as it is described.
    mutating func plan(_ container: String, of uid: String) throws(PodFault) -> ContainerPlan {
        guard let entry = entries[uid] else { throw PodFault("the pod is gone") }
        let specs = ["initContainers", "containers"].flatMap { entry.pod["spec", $0]?.array ?? [] }
        let spec = specs.first { $0["name"]?.string == container } ?? [:]
        guard spec["restartPolicy"]?.string == nil else {
            throw PodFault(
                "an init container with a restartPolicy of its own is not run in the box; "
                    + "make it one of the containers")
        }
        var plan = try ContainerPlan(
            of: spec, in: entry.pod, address: entry.state.address,
            home: PodRecords(node.directory).home(uid: uid), surroundings: surroundings)
        plan.root = try root(for: plan.mounts, uid)
        return plan
    }

    mutating func start(
        _ container: String, _ uid: String, in group: inout DiscardingTaskGroup
    ) {
        guard let entry = entries[uid], entry.processes[container] == nil else { return }
        let now = node.edges.now()
        do throws(PodFault) {
            let plan = try plan(container, of: uid)
            let process = try launch(plan, entry, at: now)
            entries[uid]?.plans[container] = plan
            entries[uid]?.processes[container] = process
            entries[uid]?.state.started(container, plan, at: now)
            watch(process, uid, container, in: &group)
            if plan.postStart != nil {
                run(.postStart, of: container, uid, within: Hook.longestStartSeconds, in: &group)
            }
            entries[uid]?.wake = now
        } catch {
            let retry = now.advanced(bySeconds: PodState.firstRestartSeconds)
            entries[uid]?.state.refused(container, error, retry: retry)
            entries[uid]?.wake = retry
        }
    }

    private func launch(
        _ plan: ContainerPlan, _ entry: Entry, at now: Timestamp
    ) throws(PodFault) -> RunningProcess {
        let records = PodRecords(node.directory)
        let restarts = entry.state.container(plan.name)?.restarts ?? 0
        do throws(SystemFailure) {
            let log = try records.prepare(
                entry.pod, container: plan.name, restarts: restarts, owner: node.account)
            let launch = Launch(
                command: plan.command, environment: plan.environment,
                directory: plan.directory, log: log, account: node.account, root: plan.root)
            return try launch.start { identity throws(SystemFailure) in
                let record = PodRecord(
                    process: identity, uid: entry.pod.uid, container: plan.name, restarts: restarts,
                    started: now)
                try records.keep(record)
            }
        } catch {
            throw PodFault("\(error)", reason: "RunContainerError")
        }
    }

    func watch(
        _ process: RunningProcess, _ uid: String, _ container: String,
        in group: inout DiscardingTaskGroup
    ) {
        let sink = node.sink
        group.addTask {
            guard let exit = await process.exit() else { return }
            sink.yield(.exited(uid: uid, container: container, exit))
        }
    }
}
