import ArgumentParser
import Controller

/// `sluice pause`: sets `spec.paused`.
struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pause a rollout where it stands: traffic and analysis go on, steps do not.",
        usage: "sluice pause NAME [--reason TEXT] [options]")

    @OptionGroup var order: OrderOptions

    func run() async throws {
        try await order.send([.pause])
    }
}
