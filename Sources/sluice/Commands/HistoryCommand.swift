import ArgumentParser
import Controller
import Documents
import Foundation
import History
import KubernetesClient
import KubernetesObjects

/// `sluice history`: what happened to a rollout, and why.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract:
            "Tell what happened to a rollout: revisions, steps, weights, measurements, commands.",
        usage: "sluice history NAME [--limit N] [-o FORMAT] [--db PATH] [options]",
        discussion: """
            Reads the SQLite file of the controller: --db, else $SLUICE_HISTORY, else \
            history.sqlite beside the kubeconfig, where sluice up keeps it. Without one it tells \
            what the cluster still knows.
            """)

    @OptionGroup(title: "Cluster Options") var cluster: ClusterOptions

    @Argument(help: "The rollout.")
    var name: RolloutName

    @Option(
        name: .customLong("db"),
        help: ArgumentHelp("The history file of the controller.", valueName: "path"))
    var file: String?

    @Option(help: "Tell the last so many records.")
    var limit = 100

    @Option(name: .shortAndLong, help: "How to print.")
    var output = ReportFormat.text

    /// The history keeps no more for one answer.
    private static let longest = 100_000

    func validate() throws {
        guard (1...Self.longest).contains(limit) else {
            throw ValidationError("--limit takes a number from 1 to \(Self.longest)")
        }
    }

    func run() async throws {
        let records = try await records()
        if let format = output.document {
            Terminal.output.say(format.text(of: .array(records.map(\.json))))
        } else if records.isEmpty {
            Terminal.error.say("Nothing is known of rollout \(name.text).")
        } else {
            let table = HistoryTable(records: records)
            Terminal.output.say(
                table.columns.lines(Terminal.output.palette).joined(separator: "\n"))
        }
    }

    private func records() async throws -> [Record] {
        guard let path = try path() else {
            let connected = try cluster.connect()
            Terminal.error.say("No history file: this is what the cluster still knows.")
            return try await ClusterHistory(connected).records(of: name, limit: limit)
        }
        let namespace = try cluster.namespace ?? cluster.connect().namespace
        return try await RecordStore(reading: path).records(
            namespace: namespace, rollout: name.text, limit: limit)
    }

    /// Nil where there is no file and none was named.
    private func path() throws(CommandFailure) -> String? {
        let environment = ProcessInfo.processInfo.environment
        if let named = file ?? environment["SLUICE_HISTORY"].flatMap({ $0.isEmpty ? nil : $0 }) {
            guard FileManager.default.fileExists(atPath: named) else {
                throw CommandFailure(
                    "there is no history at \(named)",
                    remedy: "name the file that the controller writes with --db",
                    code: Sluice.usageCode)
            }
            guard FileManager.default.isReadableFile(atPath: named) else {
                throw CommandFailure(
                    "the history at \(named) is closed to you",
                    remedy: "ask as the user that runs the controller", code: Sluice.usageCode)
            }
            return named
        }
        let kubeconfigs = Kubeconfig.paths(named: cluster.api.kubeconfig, environment: environment)
        return kubeconfigs.map { URL(filePath: $0.path).deletingLastPathComponent() }
            .map { $0.appending(path: "history.sqlite").path }
            .first { FileManager.default.isReadableFile(atPath: $0) }
    }
}

/// What the cluster itself still knows of a rollout's past, as the controller would record it.
struct ClusterHistory: Sendable {
    let connected: Connected

    init(_ connected: Connected) {
        self.connected = connected
    }

    func records(of name: RolloutName, limit: Int) async throws(CommandFailure) -> [Record] {
        let rollout = try await connected.rollout(name)
        var records = Projection.records(ofRollout: rollout)
        let projections: [(Resource, (Object) -> [Record])] = [
            (.replicaSets, Projection.records(ofReplicaSet:)),
            (.analysisRuns, Projection.records(ofRun:)),
            (.events, Projection.records(ofEvent:)),
        ]
        for (resource, projected) in projections {
            do throws(APIError) {
                records += try await connected.client.list(
                    resource, Selection(namespace: connected.namespace)
                ).objects.flatMap(projected)
            } catch {
                throw CommandFailure(
                    error, asking: "the list of \(resource.plural)", of: connected)
            }
        }
        return records.filter { $0.rollout == name.text }
            .sorted { ($0.at, $0.key) < ($1.at, $1.key) }.suffix(limit)
    }
}

/// The records, one line each.
struct HistoryTable {
    var records: [Record]

    var columns: Columns {
        Columns(
            head: ["AT", "REVISION", "KIND", "WHAT"],
            rows: records.map { record in
                [
                    Columns.Cell(record.at.rfc3339, .faint),
                    Columns.Cell(record.revision.map(String.init) ?? "-"),
                    Columns.Cell(record.kind.rawValue, record.tone), Columns.Cell(record.told),
                ]
            })
    }
}

extension Record {
    /// The summary, and who asked for it and why.
    fileprivate var told: String {
        let who = actor.map { " by \($0) (\(details["actorIs"]?.string ?? "claimed"))" } ?? ""
        let why = reason.map { ": \($0)" } ?? ""
        return summary + who + why
    }

    fileprivate var tone: Palette.Tone? {
        switch kind {
        case .abort: .bad
        case .promotion: .good
        case .command: .waiting
        case .revision: .strong
        case .measurement, .run:
            details["verdict"] == "Failed" || details["phase"] == "Failed" ? .bad : nil
        case .step, .weight, .observedWeight, .event: nil
        }
    }
}
