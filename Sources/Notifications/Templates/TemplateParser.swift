import Documents

/// Builds the tree of a template.
struct TemplateParser {
    private let items: [TemplateItem]
    private var position = 0
    private var depth = 0
    private var loops = 0
    /// Those that are known here; `$` is the whole of the data.
    private var variables = ["$"]
    private(set) var named: [String: [TemplatePart]] = [:]
    /// Templates that are called, and where first.
    private(set) var called: [String: TemplateFault.Spot] = [:]

    init(_ items: [TemplateItem]) {
        self.items = items
    }

    /// How a list of parts ended.
    private enum Ending {
        case file
        case end
        /// `else`, and what follows it in its action.
        case otherwise([TemplateToken], TemplateFault.Spot)
    }

    mutating func parse() throws(TemplateFault) -> [TemplatePart] {
        let (parts, ending, spot) = try list()
        switch ending {
        case .file: return parts
        case .end: throw TemplateFault("{{end}} without a block that it ends", at: spot)
        case .otherwise: throw TemplateFault("{{else}} without an {{if}}", at: spot)
        }
    }

    /// Parts up to the end of the block around them.
    private mutating func list() throws(TemplateFault) -> (
        [TemplatePart], Ending, TemplateFault.Spot?
    ) {
        depth += 1
        defer { depth -= 1 }
        let outer = variables.count
        defer { variables.removeLast(variables.count - outer) }
        var parts: [TemplatePart] = []
        while position < items.count {
            let item = items[position]
            position += 1
            switch item {
            case .text(let text): parts.append(.text(text))
            case .action(let tokens, let spot):
                guard depth <= GoTemplate.Limit.depth else {
                    throw TemplateFault("nested deeper than \(GoTemplate.Limit.depth)", at: spot)
                }
                guard case .word(let word) = tokens.first?.kind else {
                    parts.append(try output(tokens, spot))
                    continue
                }
                let rest = Array(tokens.dropFirst())
                switch word {
                case "end":
                    try expectNothing(rest)
                    return (parts, .end, spot)
                case "else": return (parts, .otherwise(rest, spot), spot)
                case "define": try define(rest, spot)
                default:
                    let part = try keyword(word, rest, spot)
                    let printed = part == nil ? try output(tokens, spot) : nil
                    parts += [part, printed].compactMap { $0 }
                }
            }
        }
        return (parts, .file, nil)
    }

    private mutating func output(
        _ tokens: [TemplateToken], _ spot: TemplateFault.Spot
    ) throws(TemplateFault) -> TemplatePart {
        .output(try pipeline(tokens, spot))
    }

    /// A part that begins with a word of the language; nil where `word` is none.
    private mutating func keyword(
        _ word: String, _ rest: [TemplateToken], _ spot: TemplateFault.Spot
    ) throws(TemplateFault) -> TemplatePart? {
        switch word {
        case "if", "with", "range": return try block(word, rest, spot)
        case "block":
            let (name, after) = try templateName(rest, spot)
            let pipeline = try pipeline(after, spot)
            named[name] = try body(of: "block", spot)
            return .call(name, pipeline, spot)
        case "template":
            let (name, after) = try templateName(rest, spot)
            if called[name] == nil { called[name] = spot }
            return .call(name, after.isEmpty ? nil : try pipeline(after, spot), spot)
        case "break", "continue":
            guard loops > 0 else {
                throw TemplateFault("{{\(word)}} outside of a {{range}}", at: spot)
            }
            try expectNothing(rest)
            return .leave(goesOn: word == "continue")
        default: return nil
        }
    }

    private mutating func block(
        _ word: String, _ rest: [TemplateToken], _ spot: TemplateFault.Spot
    ) throws(TemplateFault) -> TemplatePart {
        let outer = variables.count
        defer { variables.removeLast(variables.count - outer) }
        let pipeline = try pipeline(rest, spot, isRange: word == "range")
        if word == "range" { loops += 1 }
        let (then, ending, _) = try list()
        if word == "range" { loops -= 1 }
        let otherwise = try self.otherwise(after: ending, of: word, spot)
        switch word {
        case "if": return .choice(pipeline, then: then, otherwise: otherwise)
        case "with": return .with(pipeline, then: then, otherwise: otherwise)
        default: return .range(pipeline, each: then, otherwise: otherwise)
        }
    }

    private mutating func otherwise(
        after ending: Ending, of word: String, _ spot: TemplateFault.Spot
    ) throws(TemplateFault) -> [TemplatePart] {
        switch ending {
        case .file: throw TemplateFault("{{\(word)}} is not closed; add {{end}}", at: spot)
        case .end: return []
        case .otherwise(let tokens, let elseSpot):
            guard let first = tokens.first else {
                let (parts, ending, _) = try list()
                guard case .end = ending else {
                    throw TemplateFault("{{else}} is not closed; add {{end}}", at: elseSpot)
                }
                return parts
            }
            guard case .word(let next) = first.kind, next == "if" || next == "with", next == word
            else { throw TemplateFault("{{else}} takes nothing, or if", at: elseSpot) }
            depth += 1
            defer { depth -= 1 }
            return [try block(next, Array(tokens.dropFirst()), elseSpot)]
        }
    }

    private mutating func define(
        _ rest: [TemplateToken], _ spot: TemplateFault.Spot
    ) throws(TemplateFault) {
        let (name, after) = try templateName(rest, spot)
        try expectNothing(after)
        named[name] = try body(of: "define", spot)
    }

    /// The parts of a template of its own, which sees no variables of others.
    private mutating func body(
        of word: String, _ spot: TemplateFault.Spot
    ) throws(TemplateFault) -> [TemplatePart] {
        let outer = (variables, loops)
        (variables, loops) = (["$"], 0)
        defer { (variables, loops) = outer }
        let (parts, ending, _) = try list()
        guard case .end = ending else {
            throw TemplateFault("{{\(word)}} is not closed; add {{end}}", at: spot)
        }
        return parts
    }

    private func templateName(
        _ tokens: [TemplateToken], _ spot: TemplateFault.Spot
    ) throws(TemplateFault) -> (String, [TemplateToken]) {
        guard case .literal(.string(let name)) = tokens.first?.kind else {
            throw TemplateFault("the name of a template is missing; write it in quotes", at: spot)
        }
        return (name, Array(tokens.dropFirst()))
    }

    private func expectNothing(_ tokens: [TemplateToken]) throws(TemplateFault) {
        guard let first = tokens.first else { return }
        throw TemplateFault("unexpected \(first.kind.text)", at: first.spot)
    }

    /// Parses an action, and takes note of the variables it makes.
    private mutating func pipeline(
        _ tokens: [TemplateToken], _ spot: TemplateFault.Spot, isRange: Bool = false
    ) throws(TemplateFault) -> TemplatePipeline {
        var parser = PipelineParser(tokens, spot, variables: variables, depth: depth)
        let pipeline = try parser.whole(isRange: isRange)
        if pipeline.declares { variables += pipeline.variables }
        return pipeline
    }
}

extension TemplateToken.Kind {
    /// As it is written.
    var text: String {
        switch self {
        case .word(let text), .variable(let text), .symbol(let text): "\"\(text)\""
        case .field(let name): "\".\(name)\""
        case .dot: "\".\""
        case .literal(let value): value.text
        }
    }
}
