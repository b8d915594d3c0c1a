import ArgumentParser
import Controller

/// `sluice resume`: takes back one pause.
struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take back one pause: that of spec.paused, else that of the step.",
        usage: "sluice resume NAME [--reason TEXT] [options]")

    @OptionGroup var order: OrderOptions

    func run() async throws {
        try await order.send([.resume])
    }
}
