import ArgumentParser
import Controller

/// `sluice promote`: past a pause or a step, or to the end at once.
struct Promote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "End the pause of a rollout, or skip the step it works on.",
        usage: "sluice promote NAME [--full] [--reason TEXT] [options]",
        discussion: """
            Sent against exactly the moment that was looked at: of two promotions at once, one is \
            told that the rollout has moved on, and no second step is skipped.
            """)

    @OptionGroup var order: OrderOptions

    @Flag(help: "Skip all steps, pauses and analysis that are left.")
    var full = false

    func run() async throws {
        try await order.send([full ? .promoteFull : .promote])
    }
}
