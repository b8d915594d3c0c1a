import ArgumentParser
import Documents
import Manifests
import Notifications
import Traffic

/// `sluice lint`: what is wrong with manifests, all of it at once.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Say what is wrong with manifests: file, line, column, path, and what to do.",
        discussion: """
            Exit codes: 0 nothing is wrong, 1 something is, 2 a file cannot be read.
            """)

    @Argument(help: "Files, directories, or - for standard input.")
    var paths: [String]

    @Flag(help: "The files are all there is: a reference to anything else is an error.")
    var complete = false

    @OptionGroup(title: "Extension Options") var extensions: ExtensionOptions

    @Option(name: .shortAndLong, help: "How to print.")
    var output = ReportFormat.text

    func run() throws {
        let files = try ManifestFiles(paths)
        let report = LintReport(
            files, plugins: try extensions.registered().plugins, isComplete: complete)
        if let format = output.document {
            Terminal.output.say(format.text(of: report.json))
        } else {
            for line in report.lines { Terminal.output.say(line) }
            Terminal.error.say(report.summary)
        }
        if !report.findings.isEmpty { throw ExitCode.failure }
    }
}

/// What lint found, for people and for programs.
struct LintReport: Sendable {
    let findings: [Finding]
    private let counts: (documents: Int, files: Int)

    init(_ files: ManifestFiles, plugins: Plugins = .none, isComplete: Bool = false) {
        let broken = files.broken.map { error in
            Finding(path: .root, place: error.place, message: error.message, remedy: error.remedy)
        }
        findings =
            broken
            + Lint.findings(
                in: files.documents, routers: plugins.kinds, plugins: plugins,
                isComplete: isComplete)
            + files.documents.flatMap(notificationFindings)
        counts = (files.documents.count, files.fileCount)
    }

    var lines: [String] { findings.map { shown($0.description) } }

    var summary: String {
        let documents = counted(counts.documents, "document")
        let looked = "\(documents) in \(counted(counts.files, "file"))"
        return findings.isEmpty
            ? "\(looked): nothing is wrong" : "\(looked): \(counted(findings.count, "error"))"
    }

    var json: JSON {
        .array(
            findings.map { finding in
                var json: JSON = [
                    "path": .string(finding.path.description),
                    "message": .string(finding.message), "remedy": .string(finding.remedy),
                ]
                if let place = finding.place {
                    json["file"] = .string(place.file)
                    json["line"] = .int(Int64(place.line))
                    json["column"] = .int(Int64(place.column))
                }
                return json
            })
    }
}

/// What is wrong with rules of notifications; nothing for any other document.
private func notificationFindings(_ document: Document) -> [Finding] {
    guard document.value["kind"] == "ConfigMap",
        document.value["metadata"]?["name"]?.string == NotificationKeys.configMap
    else { return [] }
    return document.placing(
        NotificationRules(configMap: document.value, secret: nil).findings)
}

/// `1 file`, `2 files`.
func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
