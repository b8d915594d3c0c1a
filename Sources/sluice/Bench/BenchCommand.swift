import ArgumentParser
import Foundation
import Logging

/// `sluice bench`: measures this very program on this machine, and prints a table in Markdown. No
/// part of what the product does, therefore help does not show it.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this program on this machine.",
        shouldDisplay: false,
        subcommands: [BenchController.self, KubernetesBench.self])

    /// What can be measured.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case small, large, huge, rollback, pure, endurance

        /// Without what takes many minutes.
        static let usual: [Part] = [.small, .large, .rollback, .pure]
    }

    @Option(help: "Measure this part; without it: small, large, rollback, pure. Repeatable.")
    var only: [Part] = []

    func run() async throws {
        Self.logErrorsOnly()
        var report = BenchReport(machine: Machine.description)
        for part in only.isEmpty ? Part.usual : only {
            Terminal.error.say("Measuring: \(part.rawValue) …")
            do {
                report.sections += try await measure(part)
            } catch is CancellationError {
                throw ExitCode(130)
            }
        }
        Terminal.output.say(report.markdown)
    }

    static func logErrorsOnly() {
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
    }

    private func measure(_ part: Part) async throws -> [BenchReport.Section] {
        switch part {
        case .small: try await ReleaseMeasure(rollouts: 25).sections()
        case .large: [try await IdleMeasure(rollouts: 1_000).section()]
        case .huge: [try await IdleMeasure(rollouts: 10_000, pods: 1).section()]
        case .rollback: try await RollbackMeasure().sections()
        case .pure: [StoryMeasure().section()]
        case .endurance: [try await EnduranceMeasure().section()]
        }
    }
}
