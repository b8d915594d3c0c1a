import Foundation
import Testing

struct `The repository` {
    @Test func `knows no machine`() {
        // In two parts, so that this file does not break its own rule.
        let machines = ["/ro" + "ot/", "/wo" + "rk/", "/Use" + "rs/", "/home/" + "runner"]
        let hosts = ["py" + "pi.org", "python" + "hosted.org", "deb." + "debian.org", "npm" + "js"]
        let offences = Repository.files.flatMap { path -> [Offence] in
            let text = Repository.text(path)
            // Nearly always so, and much faster than looking at each line.
            if !(machines + hosts).contains(where: text.contains) { return [] }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.enumerated().flatMap { offset, line in
                (machines + hosts).filter { line.contains($0) }
                    .map { Offence(path, line: offset + 1, $0) }
            }
        }
        expectNone(
            offences,
            because: "It builds wherever it is cloned; packages come from where the machine's own"
                + " configuration says.")
    }

    @Test func `has scripts that can be run`() throws {
        var offences: [Offence] = []
        for path in Repository.files where path.hasPrefix("Scripts/") || path.hasPrefix(".ci/") {
            let text = Repository.text(path)
            if !FileManager.default.isExecutableFile(atPath: Repository.url(path).path) {
                offences.append(Offence(path, "is not executable"))
            }
            let first = text.prefix { $0 != "\n" }
            guard first.hasPrefix("#!") else {
                offences.append(Offence(path, "says nowhere what runs it"))
                continue
            }
            guard first.contains("bash") else { continue }
            if !text.contains("set -euo pipefail") {
                offences.append(Offence(path, "goes on after a command that failed"))
            }
            if let complaint = try bash(["-n", Repository.url(path).path]) {
                offences.append(Offence(path, complaint))
            }
        }
        expectNone(offences, because: "A script that fails halfway must say so at once.")
    }

    @Test func `holds files of text`() {
        let suffixes = [".swift", ".yaml", ".md", ".mustache", ".css", ".c", ".h"]
        let offences = Repository.files.flatMap { path -> [Offence] in
            guard suffixes.contains(where: path.hasSuffix) else { return [] }
            let text = Repository.text(path)
            if !text.isEmpty && !text.hasSuffix("\n") {
                return [Offence(path, "does not end with a line break")]
            }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.enumerated()
                .filter { [0x20, 0x09, 0x0D].contains($0.element.utf8.last) }
                .map { Offence(path, line: $0.offset + 1, "ends with white space") }
        }
        expectNone(
            offences, because: "White space that nobody sees makes differences nobody meant.")
    }

    /// What bash says about it; nil where it is content.
    private func bash(_ arguments: [String]) throws -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["bash"] + arguments
        process.standardError = pipe
        try process.run()
        let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus != 0 else { return nil }
        return String(decoding: said, as: UTF8.self).replacing("\n", with: " ")
    }
}
