/// What a command line says beyond the flags that `ControllerCommand` reads: flags of Argo
/// Rollouts' controller, and mistakes. A Deployment of that controller keeps its arguments, or is
/// told all that has to change at once.
struct FieldArguments: Sendable {
    /// Flags that change nothing, each with the reason.
    private(set) var idle: [(flag: String, reason: String)] = []
    /// Flags that stand alone or with a value, in all the ways of Go. The parser of options would
    /// take the word behind such a flag for its value.
    private var switches: [String: Bool] = [:]
    /// Why the command cannot be followed, a sentence for each word.
    private(set) var problems: [String] = []

    init(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() { read(word, &rest) }
    }

    /// What such a flag says; `usually` where it is not there.
    func says(_ flag: String, usually: Bool = false) -> Bool { switches[flag] ?? usually }

    private mutating func read(_ word: String, _ rest: inout ArraySlice<String>) {
        guard word.hasPrefix("-") else {
            problems.append("\(word): this command takes flags only")
            return
        }
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let flag = FieldFlag.all.first { $0.name == name }
        var value = parts.count > 1 ? String(parts[1]) : nil
        if value == nil, rest.first?.hasPrefix("-") == false {
            value = rest.popFirst()
            if let value, flag?.isSwitch == true {
                problems.append("\(name) takes its value behind a =, as in \(name)=\(value)")
                return
            }
        }
        guard let flag else {
            problems.append("\(name) is unknown; sluice controller --help lists what there is")
            return
        }
        guard let value = value ?? (flag.isSwitch ? "true" : nil) else {
            problems.append("\(name) needs a value")
            return
        }
        take(flag, value)
    }

    private mutating func take(_ flag: FieldFlag, _ value: String) {
        switch flag.fate {
        case .taken where flag.isSwitch: turn(flag.name, value)
        case .taken: problems.append("\(flag.name) cannot be read: \(value)")
        case .idle(let reason): idle.append((flag.name, reason))
        case .refused(_, let harmless) where harmless.contains(value):
            idle.append((flag.name, "It asks for what happens here anyway."))
        case .refused(let reason, _): problems.append("\(flag.name): \(reason)")
        }
    }
}

extension FieldArguments {
    private mutating func turn(_ flag: String, _ value: String) {
        switch value {
        case "1", "t", "T", "true", "TRUE", "True": switches[flag] = true
        case "0", "f", "F", "false", "FALSE", "False": switches[flag] = false
        default: problems.append("\(flag) takes true or false, and not \"\(value)\"")
        }
    }
}

extension FieldFlag {
    /// A row of docs/FLAGS.md.
    var row: String {
        switch fate {
        case .taken(let text): "| `\(name)` | as there | \(text) |"
        case .idle(let reason): "| `\(name)` | no effect | \(reason) |"
        case .refused(let reason, let harmless):
            "| `\(name)` | refused\(Self.exception(harmless)) | "
                + "\(reason.prefix(1).uppercased() + reason.dropFirst()). |"
        }
    }

    private static func exception(_ harmless: [String]) -> String {
        let values = harmless.map { $0.isEmpty ? "nothing" : "`\($0)`" }
        return values.isEmpty ? "" : ", but for \(values.joined(separator: ", "))"
    }
}
