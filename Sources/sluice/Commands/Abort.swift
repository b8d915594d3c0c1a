import ArgumentParser
import Controller

/// `sluice abort`: everything back to stable.
struct Abort: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give all traffic of an update back to stable.",
        usage: "sluice abort NAME [--reason TEXT] [options]",
        discussion: """
            The document keeps asking for the new version; the rollout is degraded until sluice \
            retry, another image, or sluice undo.
            """)

    @OptionGroup var order: OrderOptions

    func run() async throws {
        try await order.send([.abort])
    }
}
