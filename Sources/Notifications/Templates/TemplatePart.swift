import Documents

/// A part of a parsed template.
indirect enum TemplatePart: Sendable {
    case text(String)
    case output(TemplatePipeline)
    case choice(TemplatePipeline, then: [TemplatePart], otherwise: [TemplatePart])
    /// A choice that makes its value the dot.
    case with(TemplatePipeline, then: [TemplatePart], otherwise: [TemplatePart])
    case range(TemplatePipeline, each: [TemplatePart], otherwise: [TemplatePart])
    /// Another template, with the value of the pipeline as its dot.
    case call(String, TemplatePipeline?, TemplateFault.Spot)
    /// Out of the innermost range, or on to its next element.
    case leave(goesOn: Bool)
}

/// A value that goes from command to command, and the variables that take it.
struct TemplatePipeline: Sendable {
    /// Two only in a range: index and element.
    var variables: [String] = []
    /// `:=` makes variables, `=` changes one.
    var declares = false
    var commands: [TemplateCommand] = []
    var spot: TemplateFault.Spot
}

/// A function with its arguments, or one operand alone.
struct TemplateCommand: Sendable {
    enum Head: Sendable {
        case function(String)
        /// Of the first argument.
        case method(String)
        case operand(TemplateOperand)
    }

    let head: Head
    var arguments: [TemplateOperand] = []
    let spot: TemplateFault.Spot
}

/// A value in a command, and the way from it to the one that is meant.
struct TemplateOperand: Sendable {
    indirect enum Root: Sendable {
        case dot
        case variable(String)
        case literal(JSON)
        /// A function that takes nothing.
        case function(String)
        case pipeline(TemplatePipeline)
    }

    let root: Root
    var fields: [String] = []
    let spot: TemplateFault.Spot
}
