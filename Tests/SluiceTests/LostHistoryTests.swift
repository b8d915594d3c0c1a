import Analysis
import Controller
import Documents
import Foundation
import History
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Logging
import MetricProviders
import ObjectStore
import ServiceLifecycle
import Serving
import Synchronization
import Testing

@testable import sluice

struct `A history that is deleted under a running controller` {
    @Test(.timeLimit(.minutes(1)))
    func `is filled again with what the cluster still knows`() async throws {
        try await Recorded.run { recorded in
            try await recorded.release()
            let before = await recorded.keys()
            try FileManager.default.removeItem(atPath: recorded.path)
            while !FileManager.default.fileExists(atPath: recorded.path) {
                try Task.checkCancellation()
                await Task.yield()
            }
            while !(await recorded.keys().isSuperset(of: before)) {
                try Task.checkCancellation()
                await Task.yield()
            }
            let kinds = await recorded.records().map(\.kind)
            #expect(Set(kinds).isSuperset(of: [.revision, .measurement, .run, .step, .promotion]))
            #expect(kinds.filter { $0 == .revision }.count == 2)
        }
    }
}

/// A controller with a history, on an API server in this process, with pods that run nothing and
/// a provider that is content.
private struct Recorded: Sendable {
    let server: ObjectServer
    let history: RecordStore
    let path: String

    static func run(_ act: @escaping @Sendable (Recorded) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lost-\(UUID())")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let server = try ObjectServer(
            database: nil, clock: { wallClock() }, newUID: { UUID().uuidString.lowercased() })
        let path = folder.appending(path: "history.sqlite").path
        let recorded = Recorded(
            server: server, history: try RecordStore(path: path), path: path)
        let socket = folder.appending(path: "api.sock").path
        try await recorded.serve(socket) { try await act(recorded) }
    }

    private func serve(
        _ socket: String, _ act: @escaping @Sendable () async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let handler = APIHandler(server: server)
        let workloads = WorkloadControllers(server.access, now: { wallClock() }, logger: quiet)
        let node = HollowNode(server.access, now: { wallClock() })
        let controller = controller(socket, quiet)
        let failure = Mutex<(any Error)?>(nil)
        let play = BoxPart {
            do { try await act() } catch { failure.withLock { $0 = error } }
        }
        let parts: [any Service] = [
            Listener(at: .unix(path: socket), logger: quiet) { await handler.respond(to: $0) },
            BoxPart { await workloads.run() }, BoxPart { await node.run() },
            BoxPart { await controller.run() },
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: parts.map { .init(service: $0) } + [
                    .init(service: play, successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: quiet))
        try await group.run()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func controller(_ socket: String, _ log: Logger) -> ControllerLoop {
        var settings = ControllerLoop.Settings()
        settings.historyPause = .milliseconds(10)
        let source = MetricSource { _ throws(ProviderError) in Answer(value: .list([.float(0)])) }
        return ControllerLoop(
            client: APIClient(Connection(server: "http://localhost", unixSocketPath: socket)),
            settings: settings, source: source, secrets: .none, history: history, log: log,
            now: { wallClock() })
    }

    /// A first version, and another one that passes its analysis; all of it written down.
    func release() async throws {
        let documents = CanaryDocuments(canaries: Canaries(seed: 1))
        try await documents.create(documents.good, on: server)
        try await wait { $0.status?["phase"] == "Healthy" }
        let body: JSON = ["spec": documents.rollout(tag: "v2")["spec"] ?? .null]
        try await server.patch(shop, with: .merge(body))
        // The history is written beside everything else; both versions were completed.
        while !isComplete(await records().map(\.kind)) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    private func isComplete(_ kinds: [Record.Kind]) -> Bool {
        kinds.filter { $0 == .promotion }.count == 2 && kinds.contains(.run)
            && kinds.contains(.step)
    }

    private func wait(until condition: (Object) -> Bool) async throws {
        for await _ in server.access.changes([.rollouts]) {
            if condition(try await server.get(shop)) { return }
        }
        throw CancellationError()
    }

    func keys() async -> Set<String> { Set(await records().map(\.key)) }

    /// What is written down; nothing in the moment in which one file takes the place of another.
    func records() async -> [Record] {
        do {
            return try await history.records(namespace: "web", rollout: "shop")
        } catch {
            return []
        }
    }
}

private let shop = Reference(.rollouts, namespace: "web", name: "shop")
