import ArgumentParser
import Controller
import Documents

/// `sluice restart`: new pods of the same template.
struct Restart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replace the pods of a rollout, as fast as its availability allows.",
        usage: "sluice restart NAME [--in DURATION] [--reason TEXT] [options]",
        discussion: """
            Each older pod is evicted, so that disruption budgets are respected. Steps and \
            analysis stay as they are; a canary's weight follows its pods while one is missing.
            """)

    @OptionGroup var order: OrderOptions

    @Option(
        name: .customLong("in"),
        help: ArgumentHelp("When: 30s, 5m, 1h from now. Default: now.", valueName: "duration"))
    var delay: String?

    func validate() throws {
        guard let delay else { return }
        guard let time = GoDuration.parse(delay), time >= 0 else {
            throw ValidationError("--in takes a duration like 5m")
        }
    }

    func run() async throws {
        let wait = delay.flatMap { GoDuration.parse($0) } ?? 0
        try await order.send([.restart(at: Timestamp.now.advanced(byMilliseconds: wait))])
    }
}
