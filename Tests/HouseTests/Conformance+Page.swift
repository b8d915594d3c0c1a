import Foundation

extension Conformance {
    /// How a test ended in a run; one that was skipped is none.
    enum Ending: String {
        case passed
        case failed
    }

    /// The page, with what is known of results. A row that says what it said on the page before
    /// keeps its result where no test of it has run.
    func page(_ endings: [TestName: Ending], after before: String = "") -> String {
        let former = Self.results(on: before)
        let said = Dictionary(grouping: claims, by: \.id)
        func count(_ standing: Standing) -> Int {
            rows.count { Standing(said[$0.id] ?? []) == standing }
        }
        var lines = [
            "# Conformance", "",
            "What clients of Argo Rollouts v1.9 can rely on, row by row, and which tests hold it"
                + " here. A row that says",
            "\"Safer\" is where this program differs on purpose. A row that is refused is one"
                + " whose documents are refused by",
            "name. `Scripts/conformance` writes this page from"
                + " [the rows](../\(Self.rowsPath)), from what the tests say of",
            "themselves, and from a run of them. The rows are a selection, which grows.", "",
            "| rows | held | refused | missing |", "|---|---|---|---|",
            "| \(rows.count) | \(count(.held)) | \(count(.refused)) | \(count(.missing)) |",
        ]
        var isInTable = false
        for entry in entries {
            switch entry {
            case .chapter(let title):
                lines += ["", "## \(title)"]
                isInTable = false
            case .section(let title):
                lines += ["", "### \(title)"]
                isInTable = false
            case .row(let row):
                if !isInTable {
                    lines += ["", "| row | what holds | held by | result |", "|---|---|---|---|"]
                    isInTable = true
                }
                let (text, result) = line(of: row, said[row.id] ?? [], endings)
                lines.append("\(text)\(result ?? former[text] ?? "not run") |")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The page without what a run adds to it.
    static func withoutResults(_ page: String) -> [Substring] {
        page.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            resultStart(in: line).map { line[..<$0] } ?? line
        }
    }

    /// The results on a page, by the lines they stand on.
    private static func results(on page: String) -> [String: String] {
        let found = page.split(separator: "\n").compactMap { line in
            resultStart(in: line).map { start in
                (String(line[..<start]), String(line[start...].dropLast(2)))
            }
        }
        return Dictionary(found) { first, _ in first }
    }

    /// Where the result stands in the line of a row; nil for any other line.
    private static func resultStart(in line: Substring) -> Substring.Index? {
        guard line.hasPrefix("| "), line.hasSuffix(" |"),
            line.contains("](") || line.contains("| missing |")
        else { return nil }
        return line.dropLast(2).lastIndex(of: "|").map { line.index($0, offsetBy: 2) }
    }

    /// What tests make of a row.
    private enum Standing: String {
        case held
        case refused
        case missing

        init(_ claims: [Claim]) {
            self =
                claims.contains { $0.verb == .holds } ? .held : claims.isEmpty ? .missing : .refused
        }
    }

    /// The line of a row up to its result, and the result where it is known.
    private func line(
        of row: Row, _ claims: [Claim], _ endings: [TestName: Ending]
    ) -> (text: String, result: String?) {
        let name = row.id.drop { $0 != " " }.dropFirst()
        let tests = claims.map { "[\(Self.title(of: $0))](../\($0.path))" }
        let standing = Standing(claims)
        let cells = [
            String(name), row.text,
            standing == .missing ? standing.rawValue : tests.joined(separator: "<br>"),
        ]
        let text = cells.map { $0.replacing("|", with: "\\|") + " | " }.joined()
        return ("| \(text)", result(of: standing, claims.map { endings[$0.test] }))
    }

    private func result(of standing: Standing, _ known: [Ending?]) -> String? {
        if standing == .missing { return "" }
        if known.contains(.failed) { return "failed" }
        return known.contains(.passed) ? standing.rawValue : nil
    }

    private static func title(of claim: Claim) -> String {
        guard claim.path.hasSuffix(".story") else {
            return "\(claim.test.suite) \(claim.test.function)"
        }
        return "story " + (claim.path.split(separator: "/").last ?? "").dropLast(6)
    }

    /// How tests ended, as the files of `--xunit-output` in a directory say.
    static func endings(in directory: URL) throws -> [TestName: Ending] {
        let files = try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil)
        var endings: [TestName: Ending] = [:]
        for file in files where file.pathExtension == "xml" {
            endings.merge(Self.endings(of: try String(contentsOf: file, encoding: .utf8))) {
                $0 == .failed ? $0 : $1
            }
        }
        return endings
    }

    static func endings(of text: String) -> [TestName: Ending] {
        var endings: [TestName: Ending] = [:]
        for part in text.components(separatedBy: "<testcase ").dropFirst() {
            guard let name = part.firstMatch(of: #/classname="([^"]*)" name="([^"]*)"/#),
                !part.contains("<skipped")
            else { continue }
            // `Target.A suite` and `a function(argument:)`, with or without backticks.
            let suite = plain(name.1).split(separator: ".", maxSplits: 1).last ?? ""
            let function = plain(name.2).replacing(#/\([^()]*\)$/#, with: "")
            let test = TestName(suite: String(suite), function: function)
            endings[test] = part.contains("<failure") ? .failed : .passed
        }
        return endings
    }

    private static func plain(_ text: Substring) -> String {
        let entities = [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#39;", "'"),
            ("&amp;", "&"), ("`", ""),
        ]
        return entities.reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
    }
}
