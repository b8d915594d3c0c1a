import ArgumentParser
import Controller

/// `sluice retry`: an aborted update from its first step.
struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Start an aborted update again at its first step.",
        usage: "sluice retry NAME [--reason TEXT] [options]")

    @OptionGroup var order: OrderOptions

    func run() async throws {
        try await order.send([.retry])
    }
}
