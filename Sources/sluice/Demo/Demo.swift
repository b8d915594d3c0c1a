import ArgumentParser
import Assets
import Controller
import Curl
import Documents
import Foundation
import KubernetesObjects
import Logging
import ServiceLifecycle
import UnixSignals

/// `sluice demo`: a good release, three kinds of trouble, an operator, and a gateway, all of it
/// real: processes, nginx, Prometheus, requests. Exits 0 only if every share that was observed and
/// every end is what was asked.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Play a good and several bad releases here, and check them with real requests."
    )

    @Flag(help: "Leave everything running at the end, and say how to look at it.")
    var keep = false

    @Option(help: ArgumentHelp("Play only this act; may be given several times.", valueName: "act"))
    var only: [Act] = []

    @Option(
        help:
            "Where the cluster keeps its state. Default: a directory that is removed at the end."
    )
    var state: String?

    @Option(help: .hidden)
    var falseName: String?

    func run() async throws {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .critical
            return handler
        }
        let place = try DemoPlace(state: state)
        let isKept = keep
        defer { place.remove() }
        let narrator = Narrator()
        narrator.say("Starting nginx, Prometheus and an API server on 127.0.0.1 …")
        let secrets = SecretsInUse.live()
        let box = try await Box(
            .init(state: place.state, secrets: secrets, log: Logger(label: "sluice")))
        defer { box.removeSockets() }
        let workspace = Workspace(
            directory: place.workspace, client: box.client, log: Logger(label: "sluice"))
        let page = try BoxPage(
            controller: box.controller, history: box.history, secrets: secrets,
            problems: { workspace.problems }, log: Logger(label: "sluice"), port: 0)
        let outcome = Lock<(any Error)?>(nil)
        let play = Play(
            box: box, place: place, workspace: workspace, narrator: narrator, falseName: falseName)
        let acts = only.isEmpty ? Act.allCases : only
        let story = BoxPart {
            do {
                try await play.run(acts)
                if isKept {
                    narrator.say("\nEverything keeps running; Ctrl-C ends it.\n")
                    narrator.say(Up.guide(box, page: try await page.address()))
                    try await gracefulShutdown()
                }
            } catch is CancellationError {
                outcome.withLock { $0 = CancellationError() }
            } catch {
                outcome.withLock { $0 = error }
            }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: (box.services + [page.service]).map { .init(service: $0) }
                    + [
                        .init(
                            service: story,
                            successTerminationBehavior: .gracefullyShutdownGroup)
                    ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "sluice")))
        try await group.run()
        if let failure = outcome.withLock({ $0 }) {
            if failure is CancellationError { throw ExitCode(130) }
            FileHandle.standardError.write(Data("\nThe demo failed: \(failure)\n".utf8))
            throw ExitCode(1)
        }
    }
}

/// A part of the story. `operator` takes back what `good` released, and brings it along.
enum Act: String, CaseIterable, ExpressibleByArgument {
    case good, errors, slow, `operator`, gateway
}

/// The directories of one demo.
struct DemoPlace: Sendable {
    let root: String
    let state: String
    let workspace: String

    init(state: String?) throws {
        let parent = geteuid() == 0 ? "/var/lib/sluice" : NSTemporaryDirectory()
        root = "\(parent)/demo-\(getpid())"
        workspace = root + "/workspace"
        self.state = state ?? root + "/state"
        // Pods pass through as somebody without rights; nobody else may write here.
        for directory in [parent, root] {
            if FileManager.default.fileExists(atPath: directory) { continue }
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o711])
        }
        try FileManager.default.createDirectory(
            atPath: workspace, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
    }

    /// Puts a file of the example into the workspace, changed as told.
    func write(_ asset: String, as name: String? = nil, changing edits: [(String, String)] = [])
        throws
    {
        guard let file = Asset.named(asset) else { throw DemoFailure("\(asset) is not built in") }
        var text = file.text
        for (old, new) in edits {
            guard text.contains(old) else { throw DemoFailure("\(asset) does not say \(old)") }
            text = text.replacingOccurrences(of: old, with: new)
        }
        try write(text: text, as: name ?? URL(filePath: asset).lastPathComponent)
    }

    func write(text: String, as name: String) throws {
        try text.write(toFile: workspace + "/" + name, atomically: true, encoding: .utf8)
    }

    func remove() {
        do {
            try FileManager.default.removeItem(atPath: root)
        } catch {
            FileHandle.standardError.write(Data("\(root) could not be removed: \(error)\n".utf8))
        }
    }
}
