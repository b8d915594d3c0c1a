import Documents

extension JSON {
    /// What stands in place of a value that is not shown.
    package static let hidden: JSON = "(hidden)"

    /// The same document without the values of environment variables, wherever it holds pod
    /// templates: people put passwords there. What `kubectl apply` remembers of the document holds
    /// them once more.
    package var hidingEnvironment: JSON {
        switch self {
        case .null, .bool, .int, .number, .string: return self
        case .array(let values): return .array(values.map(\.hidingEnvironment))
        case .object(let object):
            return .object(
                JSONObject(
                    object.members.map { key, value in
                        switch (key, value) {
                        case ("env", .array(let variables)):
                            (key, .array(variables.map(\.withoutValue)))
                        case ("env", .object(let variables)):
                            // No API server takes it, but people write it.
                            (key, .object(variables.hidingValues))
                        case (Keys.lastApplied, _): (key, .hidden)
                        default: (key, value.hidingEnvironment)
                        }
                    }))
        }
    }

    /// An entry of `env` that keeps its name, and where its value comes from.
    private var withoutValue: JSON {
        guard var object else { return .hidden }
        if object["value"] != nil { object["value"] = .hidden }
        return .object(object)
    }
}

extension JSONObject {
    fileprivate var hidingValues: JSONObject {
        JSONObject(members.map { ($0.key, .hidden) })
    }
}
