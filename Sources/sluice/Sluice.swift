import ArgumentParser

/// The main: one file for each command, and the only place that builds live things.
@main struct Sluice: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: """
            Delivers software progressively: moves traffic step by step, judges every step, gives \
            it back.
            """,
        version: Version.text,
        subcommands: [StandIn.self, BenchCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Run",
                subcommands: [Up.self, ControllerCommand.self, WebhookCommand.self, Demo.self])
        ] + commands)
}

/// What this program calls itself.
enum Version {
    static let text = "0.1.0"
}
