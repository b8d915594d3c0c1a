import ArgumentParser

extension Sluice {
    /// The commands about rollouts, in the order in which help shows them.
    static let commands = [
        CommandGroup(
            name: "Look",
            subcommands: [
                Get.self, StatusCommand.self, HistoryCommand.self, LogsCommand.self,
            ]),
        CommandGroup(
            name: "Operate",
            subcommands: [
                Promote.self, Abort.self, Retry.self, Undo.self, Pause.self, Resume.self,
                Restart.self, SetCommand.self,
            ]),
        CommandGroup(
            name: "Prepare",
            subcommands: [Simulate.self, LintCommand.self, DefinitionsCommand.self]),
        CommandGroup(name: "About", subcommands: [VersionCommand.self]),
    ]
}
