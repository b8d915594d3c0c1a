import Testing

struct `What is written` {
    private static let lineLimit = 100
    private static let functionLimit = 60
    private static let sourceLimit = 400
    private static let testLimit = 600

    @Test func `fits on a screen's width`() {
        let limit = Self.lineLimit
        let offences = Repository.swiftFiles.flatMap { file in
            file.lines.enumerated()
                .filter { $0.element.utf8.count > limit && $0.element.count > limit }
                .map { Offence(file.path, line: $0.offset + 1, "\($0.element.count) characters") }
        }
        expectNone(
            offences, because: "Lines have at most \(limit) characters, comments included.")
    }

    @Test func `fits into one file that a reader keeps in mind`() {
        let offences = Repository.swiftFiles.compactMap { file -> Offence? in
            let limit = file.path.hasPrefix("Tests/") ? Self.testLimit : Self.sourceLimit
            let count = file.lines.last?.isEmpty == true ? file.lines.count - 1 : file.lines.count
            return count > limit ? Offence(file.path, "\(count) lines of \(limit)") : nil
        }
        expectNone(
            offences,
            because: "Split by aspect, Type+Aspect.swift; a file of this length has two subjects.")
    }

    @Test func `fits into one function that can be seen whole`() {
        let offences = Repository.swiftFiles.flatMap { file in
            file.functions.filter { $0.length > Self.functionLimit }
                .map { Offence(file.path, line: $0.line, "\($0.name) has \($0.length) lines") }
        }
        expectNone(
            offences,
            because:
                "At most \(Self.functionLimit) lines: the parent branches, helpers are straight.")
    }
}
