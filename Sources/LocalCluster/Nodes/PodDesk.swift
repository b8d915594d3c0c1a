import Documents
import Glibc
import KubernetesObjects
import Logging

/// What the node knows of its pods while it runs: one entry for each, changed by events and turns.
struct PodDesk {
    struct Entry {
        var pod: Object
        var state: PodState
        var processes: [String: RunningProcess] = [:]
        var plans: [String: ContainerPlan] = [:]
        /// The volumes as they were last written.
        var volumes: [String: VolumeContent] = [:]
        /// The status as it was last written or read.
        var status: JSON?
        var wake: Timestamp?
        /// The object is gone from the cluster: nothing more is written.
        var isGone = false
    }

    let node: Node
    var entries: [String: Entry] = [:]
    /// How far the block's addresses have been used.
    private var lastAddress = 0
    private(set) var surroundings = PodSurroundings()
    /// How long all pods together may take to stop at the end.
    static let endSeconds = 10
    /// The wait before a write that the cluster did not take is tried again.
    private static let retryMilliseconds: Int64 = 200

    init(_ node: Node) { self.node = node }

    /// When the next pod wants a turn.
    var wake: Timestamp? { entries.values.compactMap(\.wake).min() }

    mutating func take(_ event: Node.Event, in group: inout DiscardingTaskGroup) async {
        let now = node.edges.now()
        switch event {
        case .changed:
            await look()
            for uid in entries.keys.sorted() { await turn(uid, in: &group) }
        case .tick:
            for uid in entries.keys.sorted() {
                guard let due = entries[uid]?.wake, due <= now else { continue }
                await turn(uid, in: &group)
            }
        case .exited(let uid, let container, let exit):
            ended(uid, container, exit, at: now)
            await turn(uid, in: &group)
        case .answered(let uid, let container, let kind, let succeeded, let probe):
            entries[uid]?.state.answered(container, kind, succeeded, probe, at: now)
            await turn(uid, in: &group)
        case .hooked(let uid, let container, let kind, let succeeded):
            await hooked(uid, container, kind, succeeded, at: now)
            await turn(uid, in: &group)
        case .end:
            break
        }
    }

    private mutating func ended(_ uid: String, _ container: String, _ exit: Exit, at now: Timestamp)
    {
        guard let entry = entries[uid], entry.processes[container] != nil else { return }
        let policy = entry.pod["spec", "restartPolicy"]?.string ?? "Always"
        entries[uid]?.processes[container] = nil
        entries[uid]?.state.ended(container, exit, policy: policy, at: now)
        PodRecords(node.directory).remove(uid: uid, container: container)
    }

    /// Takes in what the cluster says now.
    mutating func look() async {
        let cluster = node.edges.cluster
        await giveAddresses(to: await cluster.list(.services))
        surroundings = PodSurroundings(
            configMaps: await cluster.list(.configMaps), secrets: await cluster.list(.secrets),
            services: await cluster.list(.services), programs: node.programs)
        let pods = await cluster.list(.pods)
        for pod in pods {
            if entries[pod.uid] != nil {
                entries[pod.uid]?.pod = pod
            } else if pod.deletionTimestamp != nil || pod.isActivePod {
                admit(pod, among: pods)
                await tellUnenforced(pod)
            }
        }
        let present = Set(pods.map(\.uid))
        for uid in entries.keys where !present.contains(uid) { entries[uid]?.isGone = true }
        for uid in entries.keys { refreshVolumes(uid) }
    }

    /// Every Service has its address before a pod is started that may want to know it.
    private func giveAddresses(to services: [Object]) async {
        for write in ClusterAddresses.turn(services, block: node.block) {
            do throws(WriteFailure) {
                try await node.edges.cluster.write(write)
            } catch {
                // Whatever was in the way is a change, and with it comes the next look.
                node.logger.debug("A Service got no address", metadata: ["why": "\(error)"])
            }
        }
    }

    private mutating func admit(_ pod: Object, among pods: [Object]) {
        let others = pods.filter { $0.uid != pod.uid }.compactMap(\.podAddress)
        let taken = Set(entries.values.map(\.state.address) + others)
        var address: String?
        if let old = pod.podAddress, node.block.contains(old), !taken.contains(old) {
            address = old
        }
        if address == nil, let next = node.block.podAddress(after: lastAddress, notIn: taken) {
            address = next.address
            lastAddress = next.index
        }
        guard let address else {
            node.logger.error("No address is left for a pod", metadata: ["pod": "\(pod.name)"])
            return
        }
        entries[pod.uid] = Entry(
            pod: pod, state: PodState(pod, address: address), status: pod.status)
    }

    mutating func turn(_ uid: String, in group: inout DiscardingTaskGroup) async {
        guard var entry = entries[uid] else { return }
        if entry.isGone {
            // Deleted without grace: whatever still runs has lost its right to.
            entry.processes.values.forEach { $0.killAll() }
            if entry.processes.isEmpty { forget(uid) }
            return
        }
        let address = entry.state.address
        let isLeaving = entry.pod.deletionTimestamp != nil
        let isRouted = isLeaving ? await node.edges.isRouted(address) : false
        let (effects, wake) = entry.state.turn(entry.pod, isRouted: isRouted, at: node.edges.now())
        entry.wake = wake
        entries[uid] = entry
        for effect in effects { await carryOut(effect, uid, in: &group) }
        await writeStatus(uid)
    }

    private mutating func carryOut(
        _ effect: PodEffect, _ uid: String, in group: inout DiscardingTaskGroup
    ) async {
        switch effect {
        case .start(let container): start(container, uid, in: &group)
        case .ask(let container, let kind): ask(container, kind, uid, in: &group)
        case .run(let container, let kind, let seconds):
            run(kind, of: container, uid, within: seconds, in: &group)
        case .terminate(let container): entries[uid]?.processes[container]?.signal(SIGTERM)
        case .kill(let container): entries[uid]?.processes[container]?.killAll()
        case .remove: await remove(uid)
        }
    }

    private func ask(
        _ container: String, _ kind: ProbeKind, _ uid: String, in group: inout DiscardingTaskGroup
    ) {
        guard let plan = entries[uid]?.plans[container], let probe = plan.probe(kind) else {
            return
        }
        let node = node
        group.addTask {
            let answer = await node.ask(probe, plan)
            node.sink.yield(.answered(uid: uid, container: container, kind, answer, probe))
        }
    }

    private mutating func writeStatus(_ uid: String) async {
        guard let entry = entries[uid], !entry.isGone else { return }
        let status = PodStatus.json(
            entry.pod, entry.state, before: entry.status, at: node.edges.now())
        guard let patch = statusPatch(from: entry.status, to: status) else { return }
        let reference = Reference(.pods, namespace: entry.pod.namespace, name: entry.pod.name)
        do throws(WriteFailure) {
            try await node.edges.cluster.write(.patchStatus(reference, patch))
            entries[uid]?.status = status
        } catch {
            retry(uid)
        }
    }

    /// Nothing running: the object is really deleted.
    private mutating func remove(_ uid: String) async {
        guard let entry = entries[uid] else { return }
        let reference = Reference(.pods, namespace: entry.pod.namespace, name: entry.pod.name)
        do throws(WriteFailure) {
            try await node.edges.cluster.write(.delete(reference, uid: uid, graceSeconds: 0))
            forget(uid)
        } catch .missing {
            forget(uid)
        } catch {
            retry(uid)
        }
    }

    private mutating func retry(_ uid: String) {
        let soon = node.edges.now().advanced(byMilliseconds: Self.retryMilliseconds)
        entries[uid]?.wake = soon
    }

    private mutating func forget(_ uid: String) {
        entries[uid] = nil
        PodRecords(node.directory).forget(uid: uid)
    }
}
