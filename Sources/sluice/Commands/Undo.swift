import ArgumentParser
import Controller

/// `sluice undo`: the template of an earlier revision.
struct Undo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go back to the template of an earlier revision, through all steps.",
        usage: "sluice undo NAME [--to-revision N] [--reason TEXT] [options]",
        discussion: """
            A document in Git still asks for the newer one: whoever applies it next brings that \
            back.
            """)

    @OptionGroup var order: OrderOptions

    @Option(help: ArgumentHelp("Default: the one before the present.", valueName: "revision"))
    var toRevision: Int?

    func validate() throws {
        guard (toRevision ?? 0) >= 0 else {
            throw ValidationError("--to-revision takes the number of a revision")
        }
    }

    func run() async throws {
        try await order.send([.undo(toRevision: toRevision == 0 ? nil : toRevision)])
    }
}
