import Documents
import Glibc
import KubernetesObjects
import Logging

extension PodDesk {
    /// Finds the processes of an earlier run again; those that no pod wants any more are killed.
    mutating func adopt() async {
        let pods = await node.edges.cluster.list(.pods)
        let wanted = Dictionary(pods.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
        let records = PodRecords(node.directory)
        Errands(directory: "\(node.directory)/errands").end()
        await look()
        for record in records.all() {
            let process = RunningProcess.found(record.process)
            guard let process, let pod = wanted[record.uid], var entry = entries[record.uid],
                entry.state.address == pod.podAddress
            else {
                process?.killAll()
                ProcessTable.killSession(of: record.process)
                records.remove(uid: record.uid, container: record.container)
                continue
            }
            let line = pod["status", "containerStatuses"]?.array?.first {
                $0["name"]?.string == record.container
            }
            let plan = surviving(record.container, of: record.uid)
            // The plan has brought the volumes up to date.
            entry.volumes = entries[record.uid]?.volumes ?? [:]
            entry.state.adopted(
                record, plan, wasReady: line?["ready"]?.bool ?? false, at: node.edges.now())
            entry.processes[record.container] = process
            entry.plans[record.container] = plan
            entries[record.uid] = entry
        }
        // What a killed run had no time to remove; Secrets may be among it.
        records.forgetAll(but: Set(wanted.keys))
    }

    /// How to go on asking an adopted container. What it was started from may be gone; then it is
    /// asked no more.
    private mutating func surviving(_ container: String, of uid: String) -> ContainerPlan? {
        do throws(PodFault) {
            return try plan(container, of: uid)
        } catch {
            node.logger.warning(
                "A running container has lost what it was started from",
                metadata: [
                    "pod": "\(entries[uid]?.pod.name ?? uid)", "why": "\(error.message)",
                ])
            return nil
        }
    }

    func watchAdopted(in group: inout DiscardingTaskGroup) {
        for (uid, entry) in entries {
            for (container, process) in entry.processes {
                watch(process, uid, container, in: &group)
            }
        }
    }

    /// preStop hooks, then SIGTERM, and SIGKILL to those that take too long; returns when no
    /// process is left.
    mutating func stopAll(
        from events: AsyncStream<Node.Event>, in group: inout DiscardingTaskGroup
    ) async {
        for (uid, entry) in entries {
            for (container, process) in entry.processes {
                if entry.plans[container]?.preStop == nil {
                    process.signal(SIGTERM)
                } else {
                    run(.preStop, of: container, uid, within: Self.endSeconds, in: &group)
                }
            }
        }
        let alarm = Alarm { [node] in node.sink.yield(.end) }
        alarm.set(inMilliseconds: Int64(Self.endSeconds) * 1000)
        if Task.isCancelled { left.forEach { $0.killAll() } }
        guard !left.isEmpty else { return }
        for await event in events {
            switch event {
            case .exited(let uid, let container, _):
                entries[uid]?.processes[container] = nil
                PodRecords(node.directory).remove(uid: uid, container: container)
            case .hooked(let uid, let container, .preStop, _):
                entries[uid]?.processes[container]?.signal(SIGTERM)
            case .end: left.forEach { $0.killAll() }
            case .changed, .tick, .answered, .hooked: break
            }
            if left.isEmpty { break }
        }
        left.forEach { $0.killAll() }
    }

    private var left: [RunningProcess] { entries.values.flatMap(\.processes.values) }
}
