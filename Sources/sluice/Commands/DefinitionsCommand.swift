import ArgumentParser
import Documents
import Manifests

/// `sluice crds`: what an API server has to know.
struct DefinitionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crds",
        abstract: "Print the custom resource definitions: sluice crds | kubectl apply -f -")

    @Option(name: .shortAndLong, help: "How to print.")
    var output = DocumentFormat.yaml

    func run() throws {
        switch output {
        case .yaml: Terminal.output.write(Array(CustomResourceDefinitions.yaml.utf8))
        case .json:
            let list: JSON = [
                "apiVersion": "v1", "kind": "List", "items": .array(CustomResourceDefinitions.all),
            ]
            Terminal.output.say(list.indented)
        }
    }
}
