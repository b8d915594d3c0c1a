import Testing

/// A place where a rule is broken.
struct Offence: Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let what: String

    init(_ path: String, line: Int = 1, _ what: String) {
        self.path = path
        self.line = line
        self.what = what
    }

    var description: String { "\(path):\(line): \(what)" }
}

/// Fails with every offence and the reason for the rule.
func expectNone(
    _ offences: [Offence], because reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let list = offences.map { "  \($0)" }.joined(separator: "\n")
    #expect(offences.isEmpty, "\(reason)\n\(list)", sourceLocation: sourceLocation)
}

/// Paths that may break a rule, each with its reason. One that no longer breaks it must go.
struct Excuses {
    private let reasons: [String: String]

    init(_ reasons: [String: String]) {
        self.reasons = reasons
    }

    /// The offences without the excused ones, and every excuse that nothing needs any more.
    func applied(to offences: [Offence]) -> [Offence] {
        let idle = reasons.keys.filter { path in !offences.contains { $0.path == path } }
        return offences.filter { reasons[$0.path] == nil }
            + idle.sorted().map { Offence($0, "this excuse is not needed any more; remove it") }
    }
}
