import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Logging
import Manifests
import ObjectStore
import ServiceLifecycle
import Serving
import Testing

@testable import sluice

/// An API server on a socket file, and a directory that is applied to it.
private struct Applying {
    let directory: String
    let server: ObjectServer
    let workspace: Workspace

    static func with(_ act: (Applying) async throws -> Void) async throws {
        let root = "/tmp/sluice-applying-\(UUID().uuidString)"
        let files = FileManager.default
        try files.createDirectory(
            atPath: root + "/files", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        chmod(root, 0o700)
        defer { #expect(throws: Never.self) { try files.removeItem(atPath: root) } }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = try ObjectServer(
            database: nil, definitions: CustomResourceDefinitions.all + [GatewayRoute.definition],
            clock: { .now },
            newUID: { UUID().uuidString.lowercased() })
        let (bound, didBind) = AsyncStream<Void>.makeStream()
        let handler = APIHandler(server: server)
        let listener = Listener(
            at: .unix(path: root + "/api.sock"), logger: quiet, onBound: { _ in didBind.yield() },
            handler: { await handler.respond(to: $0) })
        let group = ServiceGroup(configuration: .init(services: [listener], logger: quiet))
        let serving = Task { try await group.run() }
        for await _ in bound { break }
        let client = APIClient(
            Connection(server: "http://localhost", unixSocketPath: root + "/api.sock"))
        let directory = root + "/files"
        try await act(
            Applying(
                directory: directory, server: server,
                workspace: Workspace(directory: directory, client: client, log: quiet)))
        await group.triggerGracefulShutdown()
        try await serving.value
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(directory)/\(name)"))
        chmod("\(directory)/\(name)", 0o644)
    }

    func copy(example name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../manifests/examples/\(name)").standardized
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
            try write(text, to: file)
        }
    }

    func names(_ resource: Resource) async throws -> [String] {
        try await server.list(resource).items.map(\.name)
    }
}

struct `A directory that is applied` {
    private func settings(_ value: String) -> String {
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {port: \(value)}
        """
    }

    private let service = """
        apiVersion: v1
        kind: Service
        metadata: {name: shop}
        spec: {selector: {app: shop}, ports: [{port: 80}]}
        """

    @Test func `is there whole`() async throws {
        try await Applying.with { applying in
            try applying.write(settings("'8080'"), to: "settings.yaml")
            try applying.write(service, to: "service.yaml")
            #expect(await applying.workspace.look())
            #expect(try await applying.names(.configMaps).contains("settings"))
            #expect(try await applying.names(.services).contains("shop"))
        }
    }

    @Test func `changes nothing where the server refuses a part of it`() async throws {
        try await Applying.with { applying in
            try applying.write(service, to: "service.yaml")
            try applying.write(settings("8080"), to: "settings.yaml")
            #expect(await applying.workspace.look() == false)
            #expect(applying.workspace.problems.count == 1)
            #expect(applying.workspace.problems[0].contains("settings"))
            #expect(try await applying.names(.services).contains("shop") == false)
            try applying.write(settings("'8080'"), to: "settings.yaml")
            #expect(await applying.workspace.look())
            #expect(try await applying.names(.services).contains("shop"))
        }
    }

    @Test(arguments: ["model-api", "llm-gateway", "gateway-api"])
    func `may be an example for this machine`(name: String) async throws {
        try await Applying.with { applying in
            try applying.copy(example: name)
            #expect(await applying.workspace.look())
            #expect(applying.workspace.problems == [])
            #expect(try await applying.names(.rollouts).count == 1)
        }
    }

    @Test(arguments: [
        ("autoscaling", ["HorizontalPodAutoscaler", "ScaledObject"]),
        ("kserve", ["InferenceService", "InferenceService"]),
    ])
    func `changes nothing where it needs kinds of a larger cluster`(
        name: String, kinds: [String]
    ) async throws {
        try await Applying.with { applying in
            try applying.copy(example: name)
            #expect(await applying.workspace.look() == false)
            let problems = applying.workspace.problems
            #expect(problems.count == kinds.count)
            #expect(
                zip(problems, kinds).allSatisfy {
                    $0.contains("\($1) is no kind of this box, which")
                }, "\(problems)")
            #expect(try await applying.names(.rollouts) == [])
            #expect(try await applying.names(.deployments) == [])
        }
    }
}
