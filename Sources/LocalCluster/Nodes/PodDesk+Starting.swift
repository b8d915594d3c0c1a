import Documents
import KubernetesObjects

extension PodDesk {
    func plan(_ container: String, of entry: Entry) throws(PodFault) -> ContainerPlan {
        let spec = entry.pod["spec", "containers"]?.array?.first { $0["name"]?.string == container }
        guard entry.pod["spec", "initContainers"]?.array?.isEmpty ?? true else {
            throw PodFault(
                "initContainers are not run in the box; do their work in the container's command")
        }
        return try ContainerPlan(
            of: spec ?? [:], in: entry.pod, address: entry.state.address,
            home: PodRecords(node.directory).home(uid: entry.state.uid), surroundings: surroundings)
    }

    mutating func start(
        _ container: String, _ uid: String, in group: inout DiscardingTaskGroup
    ) {
        guard let entry = entries[uid], entry.processes[container] == nil else { return }
        let now = node.edges.now()
        do throws(PodFault) {
            let plan = try plan(container, of: entry)
            let process = try launch(plan, entry, at: now)
            entries[uid]?.plans[container] = plan
            entries[uid]?.processes[container] = process
            entries[uid]?.state.started(container, plan, at: now)
            watch(process, uid, container, in: &group)
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
                directory: plan.directory, log: log, account: node.account)
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
