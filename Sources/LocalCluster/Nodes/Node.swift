import CProcess
import Dispatch
import Documents
import KubernetesObjects
import Logging

/// Runs the pods of the box as processes of this machine, until it is told to end.
///
/// Killed itself, it leaves the pods running and finds them again by process number, start time and
/// boot.
package struct Node: Sendable {
    /// How the node reaches what lies outside of it.
    package struct Edges: Sendable {
        package var cluster: ClusterAccess
        /// The status of an HTTP GET; nil where none came in time.
        package var httpGet: @Sendable (HTTPProbe) async -> Int?
        /// Whether the proxy may still send a request to an address.
        package var isRouted: @Sendable (String) async -> Bool
        package var now: @Sendable () -> Timestamp

        package init(
            cluster: ClusterAccess, httpGet: @escaping @Sendable (HTTPProbe) async -> Int?,
            isRouted: @escaping @Sendable (String) async -> Bool,
            now: @escaping @Sendable () -> Timestamp
        ) {
            self.cluster = cluster
            self.httpGet = httpGet
            self.isRouted = isRouted
            self.now = now
        }
    }

    enum Event: Sendable {
        case changed
        case tick
        case exited(uid: String, container: String, Exit)
        case answered(uid: String, container: String, ProbeKind, Bool, Probe)
        case hooked(uid: String, container: String, HookKind, Bool)
        case end
    }

    private static let kinds: [Resource] = [.pods, .configMaps, .secrets, .services]

    let edges: Edges
    let directory: String
    let block: AddressBlock
    let account: Account?
    let programs: String?
    let logger: Logger
    private let events: AsyncStream<Event>
    let sink: AsyncStream<Event>.Continuation

    /// - Parameters:
    ///   - directory: where records, logs and working directories live; made where it is missing.
    ///   - programs: a directory of programs that pods find before all others.
    ///   - account: who the pods run as; nil for whoever we are.
    package init(
        _ edges: Edges, directory: String, block: AddressBlock, account: Account?,
        programs: String? = nil,
        logger: Logger = Logger(label: "sluice.node")
    ) {
        self.edges = edges
        self.directory = directory
        self.block = block
        self.account = account
        self.programs = programs
        self.logger = logger
        (events, sink) = AsyncStream.makeStream()
    }

    /// Runs pods until `end()`, then stops them all; a cancellation kills them at once.
    /// - Throws: `SystemFailure` where the directory cannot be used.
    package func run() async throws(SystemFailure) {
        for name in ["records", "errands", "logs", "volumes"] {
            try Files.makeDirectory("\(directory)/\(name)")
        }
        // Each pod walks to its own directory by its path, and can look into no other.
        try Files.makeDirectory("\(directory)/pods", mode: 0o711)
        try Files.makeDirectory(root, mode: 0o755)
        var desk = PodDesk(self)
        await desk.adopt()
        let (looks, didLook) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withDiscardingTaskGroup { group in
            // The next look is asked for when the last one begins, and what changes meanwhile is
            // told in one: a queue of looks would keep the end of a process waiting.
            group.addTask {
                var looked = looks.makeAsyncIterator()
                for await _ in edges.cluster.changes(Self.kinds) {
                    sink.yield(.changed)
                    await looked.next()
                }
            }
            group.addTask { await boundLogs() }
            let alarm = Alarm { sink.yield(.tick) }
            desk.watchAdopted(in: &group)
            for await event in events {
                if case .end = event { break }
                if case .changed = event { didLook.yield() }
                await desk.take(event, in: &group)
                alarm.set(inMilliseconds: desk.wake.map { $0.milliseconds(since: edges.now()) })
            }
            await desk.stopAll(from: events, in: &group)
            group.cancelAll()
        }
    }

    /// An empty directory on which a process mounts what it sees, where no other process sees it.
    var root: String { "\(directory)/root" }

    /// Asks the node to stop all pods and return from `run`.
    package func end() { sink.yield(.end) }
}

/// A GET that asks a container how it is.
package struct HTTPProbe: Hashable, Sendable {
    /// Over TLS, whatever certificate is shown.
    package let isSecure: Bool
    package let host: String
    package let port: Int
    package let path: String
    package let headers: [HTTPHeader]
    package let timeoutSeconds: Int

    package init(
        isSecure: Bool = false, host: String, port: Int, path: String, headers: [HTTPHeader],
        timeoutSeconds: Int
    ) {
        self.isSecure = isSecure
        self.host = host
        self.port = port
        self.path = path
        self.headers = headers
        self.timeoutSeconds = timeoutSeconds
    }
}

extension Node {
    /// Asks once. Whatever goes wrong is a failed answer.
    func ask(_ probe: Probe, _ plan: ContainerPlan) async -> Bool {
        switch probe.action {
        case .httpGet(let target): return await get(target, seconds: probe.timeoutSeconds)
        case .connect(let host, let port):
            return await connects(host: host, port: port, seconds: probe.timeoutSeconds)
        case .execute(let command):
            return await execute(command, plan, seconds: probe.timeoutSeconds)
        }
    }

    /// Runs a hook to its end, or for so long.
    func run(_ hook: Hook, _ plan: ContainerPlan, within seconds: Int) async -> Bool {
        switch hook {
        case .execute(let command): return await execute(command, plan, seconds: seconds)
        case .httpGet(let target): return await get(target, seconds: seconds)
        case .sleep(let wanted):
            do { try await Task.sleep(for: .seconds(min(wanted, seconds))) } catch { return false }
            return true
        }
    }

    private func get(_ target: HTTPTarget, seconds: Int) async -> Bool {
        guard let status = await edges.httpGet(target.probe(timeoutSeconds: seconds)) else {
            return false
        }
        return (200..<400).contains(status)
    }

    private func connects(host: String, port: Int, seconds: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            // Blocks for at most the probe's time, which no thread of Swift's own pool should.
            DispatchQueue.global().async {
                let answer = cprocess_connects(
                    host, Int32(clamping: port), Int32(min(seconds, longestProbeSeconds) * 1000))
                continuation.resume(returning: answer == 1)
            }
        }
    }

    private func execute(
        _ command: [String], _ plan: ContainerPlan, seconds: Int
    ) async -> Bool {
        let launch = Launch(
            command: command, environment: plan.environment, directory: plan.directory,
            log: "/dev/null", account: account, root: plan.root)
        do throws(SystemFailure) {
            let errands = Errands(directory: "\(directory)/errands")
            let process = try launch.start { identity throws(SystemFailure) in
                try errands.keep(identity)
            }
            let exit = await process.exit(within: .seconds(seconds))
            errands.remove(process.identity)
            return exit == .code(0)
        } catch {
            return false
        }
    }
}

extension RunningProcess {
    /// Waits for the end, and kills the process where it takes longer. Only one caller waits.
    func exit(within limit: Duration) async -> Exit? {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await Task.sleep(for: limit)
                    self.killAll()
                } catch {
                    // It ended in time.
                }
            }
            let exit = await self.exit()
            if exit == nil { killAll() }
            group.cancelAll()
            return exit
        }
    }
}

/// Longer than anybody waits for one answer; numbers of documents may be anything.
private let longestProbeSeconds = 3_600
