import ObjectStore

extension StoreError {
    /// A parameter of a request that cannot be as it is, whatever the request is about.
    static func invalidOption(_ name: String, _ problem: OptionProblem) -> StoreError {
        StoreError(
            code: 422, reason: "Invalid", message: "\(name): \(problem.message)",
            causes: [Cause(field: name, reason: problem.reason, message: problem.message)])
    }
}

/// What is wrong with a parameter, in the words of an API server.
enum OptionProblem {
    case missing(String)
    case forbidden(String)
    case unsupported(String, known: [String])

    var reason: String {
        switch self {
        case .missing: "FieldValueRequired"
        case .forbidden: "FieldValueForbidden"
        case .unsupported: "FieldValueNotSupported"
        }
    }

    var message: String {
        switch self {
        case .missing(let why): return "Required value: \(why)"
        case .forbidden(let why): return "Forbidden: \(why)"
        case .unsupported(let value, let known):
            let list = known.map { "\"\($0)\"" }.joined(separator: ", ")
            return "Unsupported value: \"\(value)\": supported values: \(list)"
        }
    }
}
