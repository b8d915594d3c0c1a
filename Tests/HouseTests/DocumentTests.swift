import Foundation
import Testing

struct `A page of the documentation` {
    @Test func `names only what exists`() {
        let words = Self.words
        let path = "docs/ARCHITECTURE.md"
        let offences = Self.spans(in: path).flatMap { span, line -> [Offence] in
            if span.contains("/"), !span.contains(" "), !span.hasPrefix("sluice/"),
                !span.hasPrefix("argoproj")
            {
                let candidates = [span, "Sources/\(span)", "Sources/\(span).swift"]
                return candidates.contains(where: Repository.exists)
                    ? [] : [Offence(path, line: line, "there is no \(span)")]
            }
            return Self.identifiers(in: span).filter { !words.contains($0) }
                .map { Offence(path, line: line, "`\(span)`: nothing is called \($0)") }
        }
        expectNone(
            offences,
            because:
                "The map leads by names that a reader searches for; what is renamed, is here, too."
        )
    }

    @Test func `leads to pages that are there`() {
        let offences = Repository.documents.flatMap { page -> [Offence] in
            let folder = Repository.url(page).deletingLastPathComponent()
            return Self.links(in: Repository.text(page)).filter { link, _ in
                !FileManager.default.fileExists(atPath: folder.appending(path: link).path)
            }.map { Offence(page, line: $0.line, "there is no \($0.target)") }
        }
        expectNone(offences, because: "A link that leads nowhere sends a reader away.")
    }

    @Test func `has a width that a terminal shows`() {
        let offences = Repository.documents.flatMap { page in
            Repository.text(page).split(separator: "\n", omittingEmptySubsequences: false)
                .enumerated().filter { $0.element.count > 120 && !$0.element.hasPrefix("|") }
                .map { Offence(page, line: $0.offset + 1, "\($0.element.count) characters") }
        }
        expectNone(offences, because: "Pages are read in terminals and in reviews, too.")
    }

    /// All words of the sources and the manifest, and the names of files and directories.
    private static let words: Set<String> = {
        var words: Set<String> = []
        let texts = Repository.swiftFiles.map(\.path) + ["Package.swift", "Makefile"]
        for path in texts { words.formUnion(identifiers(in: Repository.text(path))) }
        for path in Repository.files {
            for part in path.split(separator: "/") {
                words.formUnion(identifiers(in: String(part)))
            }
        }
        return words
    }()

    private static func identifiers(in text: String) -> Set<String> {
        Set(
            text.utf8.split { !isWord($0) }.map { String(decoding: $0, as: UTF8.self) }
                .filter { $0.contains(where: \.isLetter) })
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }

    /// What stands between backticks, outside of fenced blocks.
    private static func spans(in page: String) -> [(text: String, line: Int)] {
        var isFenced = false
        var spans: [(String, Int)] = []
        let lines = Repository.text(page).split(separator: "\n", omittingEmptySubsequences: false)
        for (offset, line) in lines.enumerated() {
            if line.hasPrefix("```") { isFenced.toggle() }
            guard !isFenced else { continue }
            let parts = line.split(separator: "`", omittingEmptySubsequences: false)
            for index in parts.indices where !index.isMultiple(of: 2) {
                spans.append((String(parts[index]), offset + 1))
            }
        }
        return spans
    }

    /// The targets of relative links, `[text](target)`.
    private static func links(in text: String) -> [(target: String, line: Int)] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().flatMap { offset, line in
            line.split(separator: "](").dropFirst().compactMap { part -> (String, Int)? in
                let target = part.prefix { $0 != ")" && $0 != "#" }
                guard !target.isEmpty, !target.contains("://") else { return nil }
                return (String(target), offset + 1)
            }
        }
    }
}

struct `A decision record` {
    private let records = Repository.files.filter { $0.hasPrefix("docs/decisions/") }

    @Test func `has a number of its own, without gaps`() {
        let numbers = records.compactMap { path in
            path.split(separator: "/").last.flatMap { Int($0.prefix(4)) }
        }
        #expect(
            numbers == Array(1..<(numbers.count + 1)) && numbers.count == records.count,
            "docs/decisions/NNNN-title.md, counted from 0001; found \(records)")
    }

    @Test func `says situation, decision, cost and what would change our mind, on one page`() {
        let parts = [
            "# ", "## Situation", "## Decision", "## Cost", "## What would change our mind",
        ]
        let offences = records.flatMap { path -> [Offence] in
            let lines = Repository.text(path).split(
                separator: "\n", omittingEmptySubsequences: false)
            let headings = lines.filter { $0.hasPrefix("#") }
            let isComplete =
                headings.count == parts.count
                && zip(headings, parts).allSatisfy { $0.hasPrefix($1) }
            return (isComplete ? [] : [Offence(path, "its headings are \(headings)")])
                + (lines.count > 45 ? [Offence(path, "\(lines.count) lines of 40")] : [])
        }
        expectNone(offences, because: "Who comes later must see what was weighed, in a minute.")
    }

    @Test func `is found from the list of decisions in the map`() {
        let map = Repository.text("docs/ARCHITECTURE.md")
        let offences = records.filter { path in
            !map.contains(path.split(separator: "/").suffix(2).joined(separator: "/"))
        }.map { Offence($0, "docs/ARCHITECTURE.md does not lead to it") }
        expectNone(offences, because: "A record that nobody finds decides nothing.")
    }
}
