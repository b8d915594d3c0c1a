import CProcess
import Documents
import Glibc
import KubernetesObjects
import Logging

/// The nginx of the box: keeps its configuration at what the Ingresses say, and says what it has
/// really applied.
package actor IngressProxy {
    /// Where and how nginx runs.
    package struct Place: Sendable {
        /// The nginx binary.
        package var program: String
        /// Its own directory: configuration, log, record.
        package var directory: String
        package var settings: NginxSettings

        package init(
            program: String = "/usr/sbin/nginx", directory: String, settings: NginxSettings
        ) {
            self.program = program
            self.directory = directory
            self.settings = settings
        }
    }

    /// What nginx serves now.
    package struct Applied: Hashable, Sendable {
        package let generation: Int
        package let table: RouteTable
    }

    let place: Place
    let cluster: ClusterAccess
    let now: @Sendable () -> Timestamp
    let logger: Logger
    private let nginx: Supervised
    private var process: RunningProcess?
    package private(set) var applied: Applied?
    /// Why the last configuration was not taken; nil where it was.
    package private(set) var problem: String?
    /// What of the Ingresses has been said to have no effect, and still has none.
    var told: Set<RouteTable.Note> = []
    /// What users wrote that nginx did not take, with what it said.
    var refused: [Doubt: String] = [:]
    /// Addresses that a configuration on its way names.
    private var pending: Set<String> = []
    private var isReading = false
    private var generation = 0
    /// Workers of earlier configurations that still serve what they have begun.
    private var leaving = Workers([])
    private let nudges: AsyncStream<Void>
    private let nudge: AsyncStream<Void>.Continuation
    private let started: AsyncStream<RunningProcess>
    private let starts: AsyncStream<RunningProcess>.Continuation
    private var isEnding = false
    private var listeners: [AsyncStream<Applied>.Continuation] = []

    private static let kinds: [Resource] = [
        .ingresses, .httpRoutes, .services, .endpointSlices, .secrets,
    ]
    /// The longest that nginx may take to read a configuration, and to bring its workers up.
    static let checkSeconds = 10
    private static let reloadMilliseconds: Int64 = 10_000
    private static let pollMilliseconds = 10
    private static let retrySeconds = 1

    package init(
        _ place: Place, cluster: ClusterAccess, now: @escaping @Sendable () -> Timestamp,
        logger: Logger = Logger(label: "sluice.proxy")
    ) {
        self.place = place
        self.cluster = cluster
        self.now = now
        self.logger = logger
        nginx = Supervised(name: "nginx", directory: place.directory)
        (nudges, nudge) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (started, starts) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether an nginx of an earlier run still serves, whose ports therefore are ours.
    package nonisolated static func isRunning(in directory: String) -> Bool {
        Supervised(name: "nginx", directory: directory).found() != nil
    }

    /// Serves until `end()` or a cancellation, and stops nginx before it returns.
    /// - Throws: `SystemFailure` where the directory cannot be used.
    package func run() async throws(SystemFailure) {
        try Files.makeDirectory("\(place.directory)/temp", mode: 0o711)
        try Files.makeDirectory("\(place.directory)/\(KeyPair.directory)")
        process = nginx.found()
        // Above all that nginx was ever told: it may still be reading what an earlier run wrote.
        generation =
            Files.glance("\(place.directory)/nginx.conf")
            .flatMap(NginxConfiguration.generation) ?? 0
        if let process { starts.yield(process) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [cluster, nudge] in
                for await _ in cluster.changes(Self.kinds) { nudge.yield() }
            }
            // The end of nginx is a reason to look again.
            group.addTask { [started, nudge] in
                for await process in started where await process.exit() != nil { nudge.yield() }
            }
            group.addTask { [nudges, now] in
                await turns(after: nudges, now: now) { await self.turn() }
            }
            for await _ in group where isEnding || Task.isCancelled { group.cancelAll() }
        }
        if let process { await nginx.stop(process) }
        process = nil
    }

    /// Asks to stop nginx and return from `run`.
    package func end() {
        isEnding = true
        nudge.finish()
        starts.finish()
    }

    /// Whether a request may still be sent to an address: it is in a configuration that is applied
    /// or on its way, or a worker that was replaced is still waiting for its answer. The workers of
    /// the present configuration never knew another address.
    package func isRouted(_ address: String) -> Bool {
        if isReading || pending.contains(address) { return true }
        // An nginx of an earlier run may still serve whatever that run told it.
        guard let applied else { return true }
        if applied.table.addresses.contains(address) { return true }
        leaving = leaving.leaving
        return leaving.areConnected(to: address)
    }

    /// What nginx serves: now, where it serves already, and after every change. Only the newest is
    /// kept for a slow reader.
    package func updates() -> AsyncStream<Applied> {
        let (stream, listener) = AsyncStream.makeStream(
            of: Applied.self, bufferingPolicy: .bufferingNewest(1))
        listeners.append(listener)
        if let applied { listener.yield(applied) }
        return stream
    }

    /// Brings nginx to what the cluster says now. Returns when to try again, where that failed.
    private func turn() async -> Timestamp? {
        guard !isEnding else { return nil }
        // From here to the end of the look nobody knows yet which addresses the next configuration
        // names.
        isReading = true
        let routes = await cluster.list(.httpRoutes).map(GatewayRoute.init)
        var table = RouteTable(
            ingresses: await cluster.list(.ingresses) + routes.flatMap(\.ingresses),
            services: await cluster.list(.services),
            slices: await cluster.list(.endpointSlices), secrets: await cluster.list(.secrets))
        table.notes += routes.flatMap(\.notes)
        let known = Set(applied?.table.serviceAddresses ?? [])
        // What an nginx of an earlier run holds cannot be told from what somebody else does: then
        // it is ours.
        let isAdopted = applied == nil && process != nil
        table.keepServiceAddresses {
            known.contains($0) || isAdopted || Ports.isFree($0.port, of: $0.address)
        }
        // What was tried before and not confirmed may have reached nginx all the same.
        pending.formUnion(table.addresses)
        isReading = false
        do throws(SystemFailure) {
            if let process, process.hasEnded(within: 0) {
                logger.warning(
                    "nginx has ended by itself", metadata: ["log": "\(nginx.lastWords())"])
                process.reap()
                self.process = nil
                applied = nil
            }
            if applied?.table.sameRoutes(as: table) != true { try await apply(table) }
            await tell(of: table)
            pending = []
            problem = nil
            return nil
        } catch {
            if problem != error.description {
                logger.error("nginx does not take the routes", metadata: ["why": "\(error)"])
            }
            problem = error.description
            return now().advanced(bySeconds: Self.retrySeconds)
        }
    }

    private func apply(_ table: RouteTable) async throws(SystemFailure) {
        generation += 1
        let configuration = NginxConfiguration(
            settings: place.settings, table: table, generation: generation)
        try keepCertificates(of: table)
        try await checkWithoutDoubts(configuration)
        let path = "\(place.directory)/nginx.conf"
        if rename("\(path).next", path) != 0 { throw SystemFailure("cannot replace \(path)") }
        if let process { process.signal(SIGHUP) } else { try start() }
        leaving = try await serving(generation)
        let now = Applied(generation: generation, table: table)
        applied = now
        listeners.removeAll {
            if case .terminated = $0.yield(now) { true } else { false }
        }
        forgetCertificates(but: table)
        LogFile.bound(nginx.log, keep: PodLogs.keptBytes, slack: PodLogs.slackBytes)
    }

    func command(_ file: String, _ more: [String] = []) -> [String] {
        [place.program, "-p", place.directory + "/", "-c", "\(place.directory)/\(file)"] + more
    }

    private func start() throws(SystemFailure) {
        // Left by an nginx that was killed; it would not bind over it.
        Files.remove(place.settings.statusSocket)
        let started = try nginx.start(command("nginx.conf"))
        process = started
        starts.yield(started)
    }

    /// Waits until workers of this generation answer and no others take connections any more. All
    /// count that there are: a reload that an earlier run asked for may still be under way.
    /// - Returns: the workers that were replaced and have not ended.
    private func serving(_ generation: Int) async throws(SystemFailure) -> Workers {
        let deadline = now().advanced(byMilliseconds: Self.reloadMilliseconds)
        while now() < deadline {
            guard let process, !process.hasEnded(within: 0) else { break }
            if answered() == generation {
                let workers = Workers(of: process.identity.pid)
                if workers.accepting.pids.count <= NginxConfiguration.workers {
                    return workers.leaving
                }
            }
            do { try await Task.sleep(for: .milliseconds(Self.pollMilliseconds)) } catch { break }
        }
        throw SystemFailure(
            "nginx does not serve its configuration: \(nginx.lastWords())", code: ETIMEDOUT)
    }

    /// The generation that nginx answers with; nil where it answers none.
    func answered() -> Int? {
        var answer = [CChar](repeating: 0, count: 1024)
        let request = "GET /generation HTTP/1.0\r\n\r\n"
        let count = cprocess_ask(place.settings.statusSocket, request, &answer, answer.count, 200)
        guard count > 0 else { return nil }
        let text = String(decoding: answer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 200") else { return nil }
        return text.split(whereSeparator: \.isNewline).last.flatMap { Int($0) }
    }
}
