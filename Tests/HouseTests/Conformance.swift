import Foundation

/// The rows of `Tests/Conformance/rows.txt`, and what tests say of them.
struct Conformance {
    static let rowsPath = "Tests/Conformance/rows.txt"
    static let pagePath = "docs/CONFORMANCE.md"

    var entries: [Entry]
    var claims: [Claim]

    enum Entry: Equatable {
        case chapter(String)
        case section(String)
        case row(Row)
    }

    /// One fact, under an id that stays: the number of its section and its name.
    struct Row: Equatable {
        let id: String
        let text: String
        let line: Int
    }

    /// What a test or a story says: that a row holds, or that documents with it are refused.
    struct Claim: Equatable {
        enum Verb: String, CaseIterable {
            case holds = "Holds: "
            case refuses = "Refuses: "
        }

        let verb: Verb
        let id: String
        let path: String
        let line: Int
        let test: TestName
    }

    /// Suite and function, without backticks: together a sentence.
    struct TestName: Hashable {
        let suite: String
        let function: String
    }

    var rows: [Row] {
        entries.compactMap { if case .row(let row) = $0 { row } else { nil } }
    }

    /// That of this working copy.
    static let here: Conformance = {
        var found: [Claim] = []
        for path in Repository.files where path.hasPrefix("Tests/") {
            let isStory = path.hasSuffix(".story")
            guard isStory || path.hasSuffix(".swift") else { continue }
            let text = Repository.text(path)
            // Nearly never so, and much faster than looking at each line.
            guard Claim.Verb.allCases.contains(where: { text.contains($0.rawValue) }) else {
                continue
            }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            found += isStory ? storyClaims(in: lines, of: path) : claims(in: lines, of: path)
        }
        return Conformance(entries: entries(of: Repository.text(rowsPath)), claims: found)
    }()

    /// `# 1 Title`, `## 1.1 Title`, and `name: fact` below; any other comment says nothing.
    static func entries(of text: String) -> [Entry] {
        var section = ""
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { offset, line in
            if line.hasPrefix("#") {
                guard let heading = line.wholeMatch(of: #/(#{1,2}) (\d+(?:\.\w+)?) (.+)/#)
                else { return nil }
                section = String(heading.2)
                let title = "\(heading.2) \(heading.3)"
                return heading.1.count == 1 ? .chapter(title) : .section(title)
            }
            guard let end = line.firstRange(of: ": ") else { return nil }
            let id = "\(section) \(line[..<end.lowerBound])"
            return .row(Row(id: id, text: String(line[end.upperBound...]), line: offset + 1))
        }
    }

    /// The claims above each test of a Swift file.
    static func claims(in lines: [Substring], of path: String) -> [Claim] {
        var found: [Claim] = []
        var waiting: [(verb: Claim.Verb, id: String, line: Int)] = []
        var suite = ""
        for (offset, line) in lines.enumerated() {
            let trimmed = Substring(line.utf8.drop { $0 == UInt8(ascii: " ") })
            waiting += said(trimmed, after: "/// ").map { ($0.verb, $0.id, offset + 1) }
            if let start = line.utf8.first, start != UInt8(ascii: " "),
                let type = line.firstMatch(of: #/struct `([^`]+)`/#)
            {
                suite = String(type.1)
            }
            guard !waiting.isEmpty, trimmed.hasPrefix("@Test") else { continue }
            let name = lines[offset...].lazy.compactMap { $0.firstMatch(of: #/func `([^`]+)`/#) }
                .first.map { String($0.1) }
            let test = TestName(suite: suite, function: name ?? "")
            found += waiting.map {
                Claim(verb: $0.verb, id: $0.id, path: path, line: $0.line, test: test)
            }
            waiting = []
        }
        // What stands above no test is told as such, by a name that no test has.
        let none = TestName(suite: "", function: "")
        found += waiting.map {
            Claim(verb: $0.verb, id: $0.id, path: path, line: $0.line, test: none)
        }
        return found
    }

    /// The claims of a story, which one test plays with all others.
    static func storyClaims(in lines: [Substring], of path: String) -> [Claim] {
        let test = TestName(suite: "A scenario", function: "is told as recorded")
        return lines.enumerated().flatMap { offset, line in
            said(line, after: "# ").map {
                Claim(verb: $0.verb, id: $0.id, path: path, line: offset + 1, test: test)
            }
        }
    }

    private static func said(
        _ line: Substring, after mark: String
    ) -> [(verb: Claim.Verb, id: String)] {
        Claim.Verb.allCases.flatMap { verb -> [(verb: Claim.Verb, id: String)] in
            guard line.hasPrefix(mark + verb.rawValue) else { return [] }
            let list = line.dropFirst(mark.count + verb.rawValue.count)
            let ids = (list.hasSuffix(".") ? list.dropLast() : list).split(separator: ", ")
            return ids.map { (verb, String($0)) }
        }
    }
}
