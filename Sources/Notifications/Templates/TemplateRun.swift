import Documents

/// One rendering of a template: what is known, what was written, and the work done so far.
struct TemplateRun {
    private let named: [String: [TemplatePart]]
    private let now: Timestamp
    private var variables: [(name: String, value: JSON)]
    private var output = ""
    private var outputBytes = 0
    private var steps = 0
    private var depth = 0
    private var leaving: Leaving?
    private let data: JSON

    private enum Leaving {
        case element, range
    }

    init(named: [String: [TemplatePart]], data: JSON, now: Timestamp) {
        self.named = named
        self.now = now
        self.data = data
        variables = [("$", data)]
    }

    /// All that the parts write.
    mutating func text(of parts: [TemplatePart]) throws(TemplateFault) -> String {
        try write(parts, dot: data)
        return output
    }

    private mutating func write(_ parts: [TemplatePart], dot: JSON) throws(TemplateFault) {
        let outer = variables.count
        defer { variables.removeLast(variables.count - outer) }
        for part in parts {
            try write(part, dot: dot)
            if leaving != nil { return }
        }
    }

    private mutating func write(_ part: TemplatePart, dot: JSON) throws(TemplateFault) {
        try spend(1)
        switch part {
        case .text(let text): try append(text)
        case .output(let pipeline):
            let value = try value(of: pipeline, dot: dot)
            if pipeline.variables.isEmpty { try append(try shown(value, at: pipeline.spot)) }
        case .choice(let pipeline, let then, let otherwise):
            let outer = variables.count
            defer { variables.removeLast(variables.count - outer) }
            let holds = try value(of: pipeline, dot: dot).isTrue
            try write(holds ? then : otherwise, dot: dot)
        case .with(let pipeline, let then, let otherwise):
            let outer = variables.count
            defer { variables.removeLast(variables.count - outer) }
            let value = try value(of: pipeline, dot: dot)
            try write(value.isTrue ? then : otherwise, dot: value.isTrue ? value : dot)
        case .range(let pipeline, let each, let otherwise):
            try range(pipeline, each, otherwise, dot: dot)
        case .call(let name, let pipeline, let spot):
            let value = if let pipeline { try value(of: pipeline, dot: dot) } else { JSON.null }
            try call(name, value, spot)
        case .leave(let goesOn): leaving = goesOn ? .element : .range
        }
    }

    private mutating func call(
        _ name: String, _ dot: JSON, _ spot: TemplateFault.Spot
    ) throws(TemplateFault) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= GoTemplate.Limit.depth else {
            throw TemplateFault("templates call each other without end", at: spot)
        }
        let outer = variables
        variables = [("$", dot)]
        defer { variables = outer }
        try write(named[name] ?? [], dot: dot)
    }

    private mutating func range(
        _ pipeline: TemplatePipeline, _ each: [TemplatePart], _ otherwise: [TemplatePart], dot: JSON
    ) throws(TemplateFault) {
        var plain = pipeline
        plain.variables = []
        let elements = try elements(of: try value(of: plain, dot: dot), at: pipeline.spot)
        if elements.isEmpty { return try write(otherwise, dot: dot) }
        let outer = variables.count
        defer { variables.removeLast(variables.count - outer) }
        for element in elements {
            try spend(1)
            variables.removeLast(variables.count - outer)
            let values =
                pipeline.variables.count == 2 ? [element.key, element.value] : [element.value]
            for (name, value) in zip(pipeline.variables, values) {
                set(name, value, declares: pipeline.declares)
            }
            try write(each, dot: element.value)
            let way = leaving
            leaving = nil
            if way == .range { break }
        }
    }

    private func elements(
        of value: JSON, at spot: TemplateFault.Spot
    ) throws(TemplateFault) -> [(key: JSON, value: JSON)] {
        switch value {
        case .null: return []
        case .array(let values):
            return values.enumerated().map { (.int(Int64($0.offset)), $0.element) }
        case .object(let object):
            return object.members.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }
        case .bool, .int, .number, .string:
            throw TemplateFault("range can't go over \(value.kindName)", at: spot)
        }
    }

    private mutating func set(_ name: String, _ value: JSON, declares: Bool) {
        if !declares, let place = variables.lastIndex(where: { $0.name == name }) {
            variables[place].value = value
        } else {
            variables.append((name, value))
        }
    }

    private mutating func append(_ text: String) throws(TemplateFault) {
        outputBytes += text.utf8.count
        guard outputBytes <= GoTemplate.Limit.textBytes else {
            throw TemplateFault("the text is longer than \(GoTemplate.Limit.textBytes) bytes")
        }
        try spend(text.utf8.count / 256)
        output += text
    }

    private mutating func spend(_ work: Int) throws(TemplateFault) {
        steps += work
        guard steps <= GoTemplate.Limit.steps else {
            throw TemplateFault("the template takes more than \(GoTemplate.Limit.steps) steps")
        }
    }

    /// What a value is printed as; nothing longer than a text may be.
    private mutating func shown(
        _ value: JSON, at spot: TemplateFault.Spot
    ) throws(TemplateFault) -> String {
        try weigh(value, at: spot)
        return value.goPrinted
    }

    /// Charges a walk over a whole value, and refuses one that is too large.
    private mutating func weigh(
        _ value: JSON, at spot: TemplateFault.Spot
    ) throws(TemplateFault) {
        var room = GoTemplate.Limit.textBytes
        let work = value.weight(within: &room)
        guard room >= 0 else {
            throw TemplateFault(
                "a value is larger than \(GoTemplate.Limit.textBytes) bytes", at: spot)
        }
        try spend(work)
    }
}

// Values.
extension TemplateRun {
    private mutating func value(
        of pipeline: TemplatePipeline, dot: JSON
    ) throws(TemplateFault) -> JSON {
        var value: JSON?
        for command in pipeline.commands { value = try self.value(of: command, value, dot: dot) }
        let result = value ?? .null
        for name in pipeline.variables { set(name, result, declares: pipeline.declares) }
        return result
    }

    private mutating func value(
        of command: TemplateCommand, _ previous: JSON?, dot: JSON
    ) throws(TemplateFault) -> JSON {
        try spend(1)
        switch command.head {
        case .operand(let operand): return try value(of: operand, dot: dot)
        case .function(let name):
            if name == "and" || name == "or" {
                return try first(of: command.arguments, until: name == "or", previous, dot: dot)
            }
            var arguments = try values(of: command.arguments, dot: dot)
            if let previous { arguments.append(previous) }
            return try apply(name, TemplateFunction.all[name], arguments, at: command.spot)
        case .method(let name):
            let arguments = try values(of: command.arguments, dot: dot)
            return try apply(name, TemplateFunction.methods[name], arguments, at: command.spot)
        }
    }

    private mutating func values(
        of operands: [TemplateOperand], dot: JSON
    ) throws(TemplateFault) -> [JSON] {
        var values: [JSON] = []
        for operand in operands { values.append(try value(of: operand, dot: dot)) }
        return values
    }

    /// `and` and `or` look at no more arguments than they need.
    private mutating func first(
        of operands: [TemplateOperand], until truth: Bool, _ previous: JSON?, dot: JSON
    ) throws(TemplateFault) -> JSON {
        var value = JSON.null
        for operand in operands {
            value = try self.value(of: operand, dot: dot)
            if value.isTrue == truth { return value }
        }
        return previous ?? value
    }

    private mutating func apply(
        _ name: String, _ function: TemplateFunction?, _ arguments: [JSON],
        at spot: TemplateFault.Spot
    ) throws(TemplateFault) -> JSON {
        guard let function else {
            throw TemplateFault("the function \"\(name)\" is not supported", at: spot)
        }
        do throws(FunctionFault) {
            if function.readsWhole {
                for argument in arguments {
                    var room = GoTemplate.Limit.textBytes
                    steps += argument.weight(within: &room)
                    if room < 0 { throw FunctionFault("a value is too large") }
                }
                try spendChecked()
            }
            let value = try function.apply(arguments, now)
            var room = GoTemplate.Limit.textBytes
            steps += value.weight(within: &room)
            if room < 0 { throw FunctionFault("the result is too large") }
            try spendChecked()
            return value
        } catch {
            throw TemplateFault("\(name): \(error.message)", at: spot)
        }
    }

    private func spendChecked() throws(FunctionFault) {
        guard steps <= GoTemplate.Limit.steps else {
            throw FunctionFault("the template takes more than \(GoTemplate.Limit.steps) steps")
        }
    }

    private mutating func value(
        of operand: TemplateOperand, dot: JSON
    ) throws(TemplateFault) -> JSON {
        try spend(1)
        var value: JSON
        switch operand.root {
        case .dot: value = dot
        case .variable(let name):
            value = variables.last { $0.name == name }?.value ?? .null
        case .literal(let literal): value = literal
        case .function(let name):
            value = try apply(name, TemplateFunction.all[name], [], at: operand.spot)
        case .pipeline(let pipeline): value = try self.value(of: pipeline, dot: dot)
        }
        for (index, field) in operand.fields.enumerated() {
            switch value {
            case .object(let object):
                // What is taken from something missing is missing, too.
                guard let member = object[field] else { return .null }
                value = member
            case .null where index == 0: return .null
            case .null:
                let whole = operand.fields[..<index].map { ".\($0)" }.joined()
                throw TemplateFault(
                    "there is no \(whole.isEmpty ? "value" : whole) to take .\(field) from",
                    at: operand.spot)
            case .string where TemplateFunction.methods[field]?.arity == 1...1:
                value = try apply(
                    field, TemplateFunction.methods[field], [value], at: operand.spot)
            case .bool, .int, .number, .string, .array:
                throw TemplateFault("\(value.kindName) has no field .\(field)", at: operand.spot)
            }
        }
        return value
    }
}
