import ArgumentParser
import Documents
import Foundation
import KubernetesObjects
import Simulation

/// `sluice simulate`: what would happen, on a virtual clock.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Play an update of your own YAML on a virtual clock, and say what happens and why.",
        discussion: """
            Without --story a new image comes after ten seconds. Services and Ingresses that the \
            files leave out altogether are made up, the routers of extensions follow at once, and \
            their steps are passed. A story has a line for each thing that happens:

                10s   image model-api:v2
                40s   metric error-rate 0.09
                60s   promote
                5m    end

            Besides these it knows promote full, abort, retry, pause, resume, undo [REVISION], \
            scale N, autoscale N, edit {spec: …}, metric NAME VALUE|JSON|none|error, \
            new-pods N|all, stable-pods N|all, version-pods N|all, crash.
            """)

    @Argument(
        help: "Files, directories, or - for standard input: rollouts and what belongs to them.")
    var paths: [String]

    @Option(help: ArgumentHelp("What happens, line by line.", valueName: "file"))
    var story: String?

    @Option(
        name: .customLong("metric"),
        help: ArgumentHelp("What a metric answers from the start.", valueName: "name=value"))
    var metrics: [MetricAnswer] = []

    @Option(name: .shortAndLong, help: "How to print.")
    var output = ReportFormat.text

    func run() throws {
        let files = try ManifestFiles(paths)
        let play = try play(files)
        if !play.unansweredMetrics.isEmpty {
            let names = play.unansweredMetrics.joined(separator: ", ")
            Terminal.error.say("No data for \(names); --metric NAME=VALUE gives some.")
        }
        let transcript = play.play()
        if let format = output.document {
            Terminal.output.say(format.text(of: transcript.json))
        } else {
            Terminal.output.write(Array(transcript.text.utf8))
        }
        guard transcript.broken.isEmpty else {
            throw CommandFailure(
                "a promise was broken, which is a bug of sluice: "
                    + transcript.broken.joined(separator: "; "))
        }
    }

    private func play(_ files: ManifestFiles) throws(CommandFailure) -> Player {
        let story = try readStory()
        let answers = Dictionary(
            metrics.map { ($0.name, $0.answering) }, uniquingKeysWith: { $1 })
        var findings = files.broken.map(\.description)
        if findings.isEmpty {
            do throws(PlayRefusal) {
                return try Player(documents: files.documents, story: story, metrics: answers)
            } catch {
                guard !error.findings.isEmpty else {
                    throw CommandFailure(error.message, code: Sluice.usageCode)
                }
                findings = error.findings.map(\.description)
            }
        }
        for line in findings { Terminal.error.say(shown(line)) }
        throw CommandFailure(
            "the documents cannot be played: \(counted(findings.count, "error"))",
            remedy: "correct what is named above")
    }

    private func readStory() throws(CommandFailure) -> Story? {
        guard let story else { return nil }
        guard let content = FileManager.default.contents(atPath: story) else {
            throw CommandFailure(
                "\(story) cannot be read", remedy: "name a file of lines like: 10s image NAME",
                code: Sluice.usageCode)
        }
        do {
            return try Story(parsing: String(decoding: content, as: UTF8.self))
        } catch {
            throw CommandFailure("\(story): \(error)", code: Sluice.usageCode)
        }
    }
}

/// `NAME=VALUE`: a number, JSON, `none` for no data, or `error`.
struct MetricAnswer: ExpressibleByArgument, Hashable, Sendable {
    let name: String
    let answering: Story.Answering

    init?(argument: String) {
        // Either may have the sign in it: a name, or the JSON.
        let cuts = [argument.lastIndex(of: "="), argument.firstIndex(of: "=")].compactMap(\.self)
        for cut in cuts where cut != argument.startIndex {
            let value = String(argument[argument.index(after: cut)...])
            guard let answering = Story.Answering(value) else { continue }
            self.name = String(argument[..<cut])
            self.answering = answering
            return
        }
        return nil
    }
}
