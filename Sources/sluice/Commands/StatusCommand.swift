import ArgumentParser
import Controller
import Documents
import KubernetesObjects
import Manifests

/// `sluice status`: the gate of a pipeline.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how a rollout stands, by the exit code too: the gate of a pipeline.",
        usage: "sluice status NAME [--watch] [--timeout DURATION] [options]",
        discussion: """
            Never tells the state before the last edit or the last command: until the controller \
            has seen it, the rollout is under way.

            Exit codes:
              0  healthy: all traffic is on the current revision
              1  degraded, with the cause on standard error
              2  wrong usage, no such rollout, or no access
              3  timed out; without --watch: still under way
              4  waiting for a person: an open pause, an inconclusive analysis, spec.paused
            """)

    @OptionGroup(title: "Cluster Options") var cluster: ClusterOptions

    @Argument(help: "The rollout.")
    var name: RolloutName

    @Flag(
        name: [.customShort("w"), .long], help: "Wait until it is decided, and tell every change.")
    var watch = false

    @Option(help: ArgumentHelp("How long to wait with --watch; 0 for ever.", valueName: "duration"))
    var timeout = TimeLimit(seconds: 300)

    @Option(name: .shortAndLong, help: "How to print the verdict.")
    var output = ReportFormat.text

    func run() async throws {
        let connected = try cluster.connect()
        let follower = RolloutFollower(connected: connected, name: name)
        var outcome: RolloutFollower.Outcome
        do throws(CommandFailure) {
            outcome =
                watch
                ? try await follower.follow(upTo: timeout) { tell($0) }
                : try await follower.look()
        } catch {
            // 1 means degraded: whoever could not ask must not say so.
            throw CommandFailure(
                error.message, remedy: error.remedy,
                code: error.code == Verdict.degraded("").code ? Sluice.usageCode : error.code)
        }
        let report = StatusReport(outcome, of: name.text, in: connected.namespace, after: timeout)
        if let format = output.document {
            Terminal.output.say(format.text(of: report.json))
        } else if !watch {
            tell(outcome)
        }
        if let complaint = report.complaint { Terminal.error.say(complaint) }
        if report.code != 0 { throw ExitCode(report.code) }
    }

    private func tell(_ outcome: RolloutFollower.Outcome) {
        guard output == .text else { return }
        let terminal = Terminal.output
        terminal.say(StatusReport.line(outcome, terminal.palette))
    }
}

/// The last word of `sluice status`.
struct StatusReport: Hashable, Sendable {
    var outcome: RolloutFollower.Outcome
    var name: String
    var namespace: String
    var limit: TimeLimit

    init(
        _ outcome: RolloutFollower.Outcome, of name: String, in namespace: String,
        after limit: TimeLimit
    ) {
        self.outcome = outcome
        self.name = name
        self.namespace = namespace
        self.limit = limit
    }

    var code: Int32 { outcome.verdict.code }

    /// What standard error shows; nil where all is well.
    var complaint: String? {
        let subject = "rollout \(namespace)/\(name)"
        switch outcome.verdict {
        case .healthy: return nil
        case .degraded(let why): return "\(subject) is degraded: \(shown(why))"
        case .waiting(let why, let remedy):
            return "\(subject) waits for a person: \(shown(why)); \(remedy)"
        case .underWay(let why) where outcome.isTimedOut:
            return "timed out after \(limit): \(subject) is still under way: \(shown(why))"
        case .underWay: return nil
        }
    }

    var json: JSON {
        var json: JSON = [
            "namespace": .string(namespace), "name": .string(name),
            "verdict": .string(outcome.verdict.word), "why": .string(outcome.verdict.why),
            "phase": .string(outcome.phase), "generation": .int(Int64(outcome.generation)),
            "timedOut": .bool(outcome.isTimedOut), "exitCode": .int(Int64(code)),
        ]
        json["revision"] = outcome.revision.map { .int(Int64($0)) }
        json["weight"] = outcome.weight.map { .int(Int64($0)) }
        return json
    }

    /// One line for one state.
    static func line(_ outcome: RolloutFollower.Outcome, _ palette: Palette) -> String {
        let verdict = outcome.verdict
        let facts = [
            outcome.revision.map { "revision \($0)" }, outcome.place,
            outcome.weight.map { "canary weight \($0)" },
        ].compactMap(\.self)
        let why = verdict.why.isEmpty ? "" : ": \(shown(verdict.why))"
        return palette.paint(verdict.word, verdict.tone) + why
            + (facts.isEmpty ? "" : palette.paint("  (\(facts.joined(separator: ", ")))", .faint))
    }
}
