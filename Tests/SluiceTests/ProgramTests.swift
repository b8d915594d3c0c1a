import Documents
import Foundation
import KubernetesObjects
import Testing

/// The program itself, as a shell runs it.
struct `The program` {
    private struct Outcome {
        var code: Int32
        var output: String
        var error: String
    }

    private func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

    private func run(_ arguments: [String]) throws -> Outcome {
        // SwiftPM builds the program beside the tests that depend on it.
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = tests.deletingLastPathComponent().appending(path: "sluice")
        let process = Process()
        let output = Pipe(), error = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ["HOME": "/nowhere", "COLUMNS": "100", "PATH": "/usr/bin"]
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        let complained = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(
            code: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
            error: String(decoding: complained, as: UTF8.self))
    }

    @Test(arguments: [
        "get", "status", "history", "logs", "promote", "abort", "retry", "undo", "pause", "resume",
        "restart", "set image", "simulate", "lint", "crds", "version",
    ])
    func `explains each command as it was written`(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let help =
            words.count == 1
            ? try run("help", words[0]) : try run("help", words[0], words[1])
        #expect(help.code == 0)
        let name = command.replacing(" ", with: "-")
        #expect(help.output == (try golden("help-\(name).txt", help.output)))
    }

    @Test func `ends wrong usage with 2 and says what is right`() throws {
        let wrong = try run("status", "shop", "--timeout", "soon")
        #expect(wrong.code == 2)
        #expect(wrong.error.contains("Usage: sluice status NAME"))
        #expect(try run("nonsense").code == 2)
        #expect(try run("promote").code == 2)
    }

    @Test func `says where it looked for a kubeconfig`() throws {
        let lost = try run("status", "shop")
        #expect(lost.code == 2)
        #expect(lost.error.contains("/nowhere/.kube/config"))
        #expect(lost.error.contains("pass --kubeconfig FILE, or set KUBECONFIG"))
    }

    @Test func `prints what an API server has to know`() throws {
        let printed = try run("crds")
        #expect(printed.code == 0)
        #expect(
            try parsed(printed.output).compactMap { $0["metadata"]?["name"]?.string }.count == 5)
        #expect(try parsed(try run("crds", "-o", "json").output)[0]["items"]?.array?.count == 5)
    }

    @Test func `writes completions for shells`() throws {
        #expect(try run("--generate-completion-script", "bash").output.contains("complete"))
    }

    @Test func `plays documents on a virtual clock`() throws {
        let example = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../manifests/examples/model-api").standardized.path
        let metrics = ["--metric", "error-rate=0", "--metric", "latency-p95-seconds=0.1"]
        let played = try run(["simulate", example] + metrics)
        #expect(played.code == 0)
        #expect(played.error == "")
        #expect(played.output.contains("end  default/model-api: Healthy"))
        let json = try parsed(try run(["simulate", example, "-o", "json"] + metrics).output)[0]
        #expect(json["weights"]?.array?.contains(10) == true)
    }

    @Test func `says everything that is wrong with documents it cannot play`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "play-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        var rollout = try rollout(["status": .null])
        rollout["spec", "strategy", "canary", "steps"] = [["setWeight": 200], ["setWait": 1]]
        let file = folder.appending(path: "rollout.json")
        try rollout.json.indented.write(to: file, atomically: true, encoding: .utf8)
        let refused = try run(["simulate", file.path])
        #expect(refused.code == 1)
        #expect(refused.error.contains("steps[0].setWeight"))
        #expect(refused.error.contains("steps[1]"))
        #expect(try run(["lint", file.path]).code == 1)
        #expect(try run(["lint", folder.path, "-o", "json"]).output.contains("\"line\""))
    }
}
