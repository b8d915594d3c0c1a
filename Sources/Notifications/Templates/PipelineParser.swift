import Documents

/// Reads the words of one action.
struct PipelineParser {
    private let tokens: [TemplateToken]
    private let spot: TemplateFault.Spot
    private let variables: [String]
    private var depth: Int
    private var position = 0

    /// - Parameter variables: those that may be used.
    init(
        _ tokens: [TemplateToken], _ spot: TemplateFault.Spot, variables: [String], depth: Int
    ) {
        self.tokens = tokens
        self.spot = spot
        self.variables = variables
        self.depth = depth
    }

    private var current: TemplateToken? { position < tokens.count ? tokens[position] : nil }
    private var here: TemplateFault.Spot { current?.spot ?? spot }

    private mutating func take(_ symbol: String) -> Bool {
        guard current?.kind == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    /// The pipeline that all of the words make.
    mutating func whole(isRange: Bool) throws(TemplateFault) -> TemplatePipeline {
        var pipeline = try heading(isRange: isRange)
        pipeline.commands = try commands()
        if let left = current { throw TemplateFault("unexpected \(left.kind.text)", at: left.spot) }
        return pipeline
    }

    /// `$x :=`, `$x =`, and in a range `$i, $x :=`.
    private mutating func heading(isRange: Bool) throws(TemplateFault) -> TemplatePipeline {
        var pipeline = TemplatePipeline(spot: spot)
        let start = position
        var names: [String] = []
        while case .variable(let name) = current?.kind, names.count < 2 {
            position += 1
            names.append(name)
            guard isRange, names.count == 1, take(",") else { break }
        }
        pipeline.declares = take(":=")
        guard pipeline.declares || take("=") else {
            position = start
            return pipeline
        }
        guard !names.isEmpty, !names.contains("$") else {
            throw TemplateFault("a variable has a name, as $x", at: spot)
        }
        for name in names where !pipeline.declares { try know(name, at: spot) }
        pipeline.variables = names
        return pipeline
    }

    private func know(_ name: String, at spot: TemplateFault.Spot) throws(TemplateFault) {
        guard variables.contains(name) else {
            throw TemplateFault("the variable \(name) is not known here", at: spot)
        }
    }

    private mutating func commands() throws(TemplateFault) -> [TemplateCommand] {
        var commands: [TemplateCommand] = []
        repeat {
            commands.append(try command(isFirst: commands.isEmpty))
        } while take("|")
        return commands
    }

    private mutating func command(isFirst: Bool) throws(TemplateFault) -> TemplateCommand {
        let spot = here
        guard case .word(let name) = current?.kind else {
            let operand = try operand()
            guard isFirst else {
                throw TemplateFault("only a function can stand behind |", at: spot)
            }
            if !isAtEnd { return try method(of: operand, at: spot) }
            return TemplateCommand(head: .operand(operand), spot: spot)
        }
        position += 1
        var arguments: [TemplateOperand] = []
        while !isAtEnd { arguments.append(try operand()) }
        try check(name, arguments.count + (isFirst ? 0 : 1), first: arguments.first, at: spot)
        return TemplateCommand(head: .function(name), arguments: arguments, spot: spot)
    }

    /// A method with arguments: `(call .time.Now).Format "15:04"`.
    private mutating func method(
        of operand: TemplateOperand, at spot: TemplateFault.Spot
    ) throws(TemplateFault) -> TemplateCommand {
        guard let name = operand.fields.last, let method = TemplateFunction.methods[name],
            method.arity.upperBound > 1
        else { throw TemplateFault("only a function takes arguments", at: spot) }
        var subject = operand
        subject.fields.removeLast()
        var arguments = [subject]
        while !isAtEnd { arguments.append(try self.operand()) }
        guard method.arity.contains(arguments.count) else {
            throw TemplateFault(".\(name) takes 1 value, found \(arguments.count - 1)", at: spot)
        }
        return TemplateCommand(head: .method(name), arguments: arguments, spot: spot)
    }

    private var isAtEnd: Bool {
        switch current?.kind {
        case nil, .symbol("|"), .symbol(")"): true
        default: false
        }
    }

    private func check(
        _ name: String, _ count: Int, first: TemplateOperand?, at spot: TemplateFault.Spot
    ) throws(TemplateFault) {
        guard let function = TemplateFunction.all[name] else {
            throw TemplateFault("the function \"\(name)\" is not supported", at: spot)
        }
        guard function.arity.contains(count) else {
            throw TemplateFault(
                "\(name) takes \(function.arityText), found \(count)", at: spot)
        }
        if name == "printf", case .literal(.string(let format)) = first?.root {
            do throws(FunctionFault) {
                _ = try PrintFormat(parsing: format)
            } catch {
                throw TemplateFault(error.message, at: spot)
            }
        }
    }

    private mutating func operand() throws(TemplateFault) -> TemplateOperand {
        guard let token = current else {
            throw TemplateFault("a value is missing", at: spot)
        }
        position += 1
        var operand: TemplateOperand
        switch token.kind {
        case .dot: operand = TemplateOperand(root: .dot, spot: token.spot)
        case .field(let name):
            operand = TemplateOperand(root: .dot, fields: [name], spot: token.spot)
        case .variable(let name):
            try know(name, at: token.spot)
            operand = TemplateOperand(root: .variable(name), spot: token.spot)
        case .literal(let value):
            return TemplateOperand(root: .literal(value), spot: token.spot)
        case .word(let name):
            try check(name, 0, first: nil, at: token.spot)
            operand = TemplateOperand(root: .function(name), spot: token.spot)
        case .symbol("("): operand = try parenthesis(token.spot)
        case .symbol: throw TemplateFault("unexpected \(token.kind.text)", at: token.spot)
        }
        while let next = current, next.isAttached, case .field(let name) = next.kind {
            position += 1
            operand.fields.append(name)
        }
        return operand
    }

    private mutating func parenthesis(
        _ spot: TemplateFault.Spot
    ) throws(TemplateFault) -> TemplateOperand {
        depth += 1
        defer { depth -= 1 }
        guard depth <= GoTemplate.Limit.depth else {
            throw TemplateFault("nested deeper than \(GoTemplate.Limit.depth)", at: spot)
        }
        var inner = TemplatePipeline(spot: spot)
        inner.commands = try commands()
        guard take(")") else { throw TemplateFault("( is not closed; add )", at: spot) }
        return TemplateOperand(root: .pipeline(inner), spot: spot)
    }
}
