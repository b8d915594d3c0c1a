import ArgumentParser
import Controller

/// `sluice set`: fields of a rollout.
struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change a field of a rollout.", subcommands: [Image.self])

    /// `sluice set image`: a new version.
    struct Image: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change the images of a rollout, which starts an update.",
            usage: "sluice set image NAME CONTAINER=IMAGE... [--reason TEXT] [options]")

        @OptionGroup var order: OrderOptions

        @Argument(help: "The container and its image; * for all containers.")
        var images: [ContainerImage]

        func run() async throws {
            try await order.send(
                images.map { .setImage(container: $0.container, image: $0.image) })
        }
    }
}

/// `CONTAINER=IMAGE`.
struct ContainerImage: ExpressibleByArgument, Hashable, Sendable {
    let container: String
    let image: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, !parts[1].contains(where: \.isWhitespace) else { return nil }
        container = parts[0]
        image = parts[1]
    }
}
