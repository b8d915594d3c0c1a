import ArgumentParser
import Documents
import KubernetesObjects

/// `sluice version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version.")

    @Option(name: .shortAndLong, help: "How to print.")
    var output = ReportFormat.text

    func run() throws {
        if let format = output.document {
            Terminal.output.say(format.text(of: Self.document))
        } else {
            Terminal.output.say("sluice \(Version.text)")
        }
    }

    static let document: JSON = [
        "version": .string(Version.text), "platform": .string(platform),
        "api": .string(Resource.rollouts.apiVersion),
    ]

    private static var platform: String {
        #if arch(x86_64)
            "linux/amd64"
        #elseif arch(arm64)
            "linux/arm64"
        #else
            "linux"
        #endif
    }
}
