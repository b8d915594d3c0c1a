import Documents

extension RunSpec {
    /// One run of several templates (sections 5.3 and 5.4): metrics and rules one after the other,
    /// arguments by name. `given` are the arguments of the rollout; those that no template declares
    /// are ignored.
    ///
    /// - Throws: `RunError` for two metrics or rules of one name, for two values of one argument,
    /// and for an
    ///   argument that nobody gives a value.
    package init(
        merging templates: [TemplateSpec], given: [Argument] = [], dryRun: [String] = [],
        measurementRetention: [MeasurementRetention] = [], sources: ArgumentSources = .none
    ) throws(RunError) {
        let metrics = templates.flatMap(\.metrics)
        let rules = dryRun + templates.flatMap(\.dryRun)
        let retention = measurementRetention + templates.flatMap(\.measurementRetention)
        if let name = firstTwice(metrics.map(\.name)) {
            throw RunError("two metrics have the same name '\(name)'")
        }
        if let name = firstTwice(rules) {
            throw RunError("two Dry-Run metric rules have the same name '\(name)'")
        }
        if let name = firstTwice(retention.map(\.metricName)) {
            throw RunError("two Measurement Retention metric rules have the same name '\(name)'")
        }
        var arguments = try merged(templates.flatMap(\.arguments))
        for index in arguments.indices {
            if let own = given.last(where: { $0.name == arguments[index].name }),
                own.value != nil || own.source != nil
            {
                arguments[index] = own
            }
            arguments[index] = try sources.resolve(arguments[index])
        }
        self.init(
            metrics: metrics, arguments: arguments, dryRun: rules,
            measurementRetention: retention)
    }
}

private func firstTwice(_ names: [String]) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted }
}

private func merged(_ arguments: [Argument]) throws(RunError) -> [Argument] {
    var result: [Argument] = []
    for argument in arguments {
        guard let index = result.firstIndex(where: { $0.name == argument.name }) else {
            result.append(argument)
            continue
        }
        let known = result[index].value
        if let known, let own = argument.value, own != known {
            throw RunError(
                "Argument `\(argument.name)` specified multiple times with different values")
        }
        // A value counts before a source, and of two sources the later one.
        if argument.value != nil || (known == nil && argument.source != nil) {
            result[index] = argument
        }
    }
    return result
}

/// Where arguments of a rollout get their values when a run is created.
package struct ArgumentSources {
    package var stableHash: String
    package var latestHash: String
    /// The text of a field of the Rollout; nil where there is none or it is no single value.
    package var field: (String) -> String?

    package init(stableHash: String, latestHash: String, field: @escaping (String) -> String?) {
        self.stableHash = stableHash
        self.latestHash = latestHash
        self.field = field
    }

    /// For a run without a rollout.
    package static var none: ArgumentSources {
        ArgumentSources(stableHash: "", latestHash: "") { _ in nil }
    }

    /// The argument with its value; secrets stay references.
    package func resolve(_ argument: Argument) throws(RunError) -> Argument {
        switch argument.source {
        case .secret: return argument
        case .podTemplateHash(let which):
            return Argument(
                name: argument.name, value: which == .stable ? stableHash : latestHash)
        case .field(let path):
            guard let value = field(path) else {
                throw RunError(
                    "args.\(argument.name): the field \(path) of the rollout has no single value")
            }
            return Argument(name: argument.name, value: value)
        case nil:
            guard argument.value != nil else {
                throw RunError("args.\(argument.name) was not resolved")
            }
            return argument
        }
    }
}

extension TemplateSpec {
    /// The templates that `references` name, and those that they name in turn, each once.
    ///
    /// - Throws: `RunError` for a template that `find` does not know.
    package static func collected(
        _ references: [TemplateReference], find: (TemplateReference) -> TemplateSpec?
    ) throws(RunError) -> [TemplateSpec] {
        var seen: Set<TemplateReference> = []
        var pending = references
        var result: [TemplateSpec] = []
        while !pending.isEmpty {
            let reference = pending.removeFirst()
            guard seen.insert(reference).inserted else { continue }
            guard let template = find(reference) else {
                let kind =
                    reference.isClusterScoped ? "ClusterAnalysisTemplate" : "AnalysisTemplate"
                throw RunError("\(kind) '\(reference.name)' not found")
            }
            result.append(template)
            pending = template.templates + pending
        }
        return result
    }
}

/// The text of a field of an object by its path: `metadata.labels['app']`, `spec.steps[0].weight`.
/// Nil where there is none, or where it is an object or a list.
package func fieldText(_ path: String, of object: JSON) -> String? {
    var rest = Substring(path)
    var value: JSON? = object
    while !rest.isEmpty {
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            let inside = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            if let quote = inside.first, quote == "'" || quote == "\"" {
                value = value?[String(inside.dropFirst().dropLast())]
            } else {
                value = Int(inside).flatMap { value?[$0] }
            }
        } else {
            if rest.hasPrefix(".") { rest.removeFirst() }
            let key = rest.prefix { $0 != "." && $0 != "[" }
            guard !key.isEmpty else { return nil }
            value = value?[String(key)]
            rest = rest[key.endIndex...]
        }
    }
    switch value {
    case .string(let text): return text
    case .int, .number, .bool: return value?.text
    default: return nil
    }
}
