import Documents

/// A function of the template language: its name is its key in the table.
struct TemplateFunction: Sendable {
    typealias Body = @Sendable ([JSON], Timestamp) throws(FunctionFault) -> JSON

    /// How many values it takes, that of the pipe included, which comes last.
    let arity: ClosedRange<Int>
    /// Whether it walks over all of its arguments, so that their size is its work.
    var readsWhole = true
    let apply: Body

    init(_ arity: ClosedRange<Int>, readsWhole: Bool = true, _ apply: @escaping Body) {
        self.arity = arity
        self.readsWhole = readsWhole
        self.apply = apply
    }

    var arityText: String {
        let count =
            arity.upperBound == many
            ? "\(arity.lowerBound) or more"
            : arity.count == 1
                ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
        return "\(count) value\(count == "1" ? "" : "s")"
    }

    /// Every function that there is, by name.
    static let all: [String: TemplateFunction] = {
        var all: [String: TemplateFunction] = [:]
        for table in [logic, texts, encodings, lists, dictionaries, numbers, times] {
            all.merge(table) { $1 }
        }
        return all
    }()

    /// No bound of its own: a template has one.
    static let many = Int.max
    private var many: Int { Self.many }
}

/// Why a function gives no result.
struct FunctionFault: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

extension TemplateFunction {
    /// What compares and chooses.
    static let logic: [String: TemplateFunction] = [
        // Evaluated where they stand, since they look at no more values than they need.
        "and": .init(1...many) { values, _ in values.first { !$0.isTrue } ?? values[0] },
        "or": .init(1...many) { values, _ in values.first { $0.isTrue } ?? values[0] },
        "not": .init(1...1, readsWhole: false) { values, _ in .bool(!values[0].isTrue) },
        "eq": .init(2...many) { values, _ throws(FunctionFault) in
            for other in values.dropFirst() where try areEqual(values[0], other) { return true }
            return false
        },
        "ne": .init(2...2) { values, _ throws(FunctionFault) in
            .bool(!(try areEqual(values[0], values[1])))
        },
        "lt": ordered { $0 < 0 }, "le": ordered { $0 <= 0 },
        "gt": ordered { $0 > 0 }, "ge": ordered { $0 >= 0 },
        "default": .init(1...2, readsWhole: false) { values, _ in
            values.last.map { $0.isTrue ? $0 : values[0] } ?? .null
        },
        "empty": .init(1...1, readsWhole: false) { values, _ in .bool(!values[0].isTrue) },
        "coalesce": .init(1...many, readsWhole: false) { values, _ in
            values.first { $0.isTrue } ?? .null
        },
        "ternary": .init(3...3, readsWhole: false) { values, _ in
            values[2].isTrue ? values[0] : values[1]
        },
        "fail": .init(1...1) { values, _ throws(FunctionFault) in
            throw FunctionFault(values[0].goPrinted)
        },
    ]

    private static func ordered(_ holds: @escaping @Sendable (Int) -> Bool) -> TemplateFunction {
        .init(2...2) { values, _ throws(FunctionFault) in
            .bool(holds(try order(values[0], values[1])))
        }
    }
}

private func areEqual(_ left: JSON, _ right: JSON) throws(FunctionFault) -> Bool {
    switch (left, right) {
    case (.null, _), (_, .null): return left.isNull && right.isNull
    case (.bool(let a), .bool(let b)): return a == b
    case (.string(let a), .string(let b)): return a == b
    case (.int, .int), (.int, .number), (.number, .int), (.number, .number):
        return left.double == right.double
    default:
        throw FunctionFault("cannot compare \(left.kindName) with \(right.kindName)")
    }
}

/// Below zero where the left one comes first.
private func order(_ left: JSON, _ right: JSON) throws(FunctionFault) -> Int {
    if case .string(let a) = left, case .string(let b) = right {
        return a == b ? 0 : a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
    }
    guard let a = left.double, let b = right.double else {
        throw FunctionFault("cannot order \(left.kindName) and \(right.kindName)")
    }
    return a == b ? 0 : a < b ? -1 : 1
}

// Arguments as what a function takes them for.
extension JSON {
    func asText() throws(FunctionFault) -> String {
        switch self {
        case .string(let text): return text
        case .bool, .int, .number: return goPrinted
        case .null: return ""
        case .array, .object: throw FunctionFault("expected a text, found \(kindName)")
        }
    }

    /// Also of a text that is a number, as the functions that convert do.
    func asInt() throws(FunctionFault) -> Int64 {
        switch self {
        case .int(let value): return value
        case .null: return 0
        case .bool(let value): return value ? 1 : 0
        case .number, .string:
            let text = try asText()
            if let int = Int64(text) { return int }
            guard let value = Double(text), let int = Int64(exactly: value.rounded(.towardZero))
            else { throw FunctionFault("a text is no whole number") }
            return int
        case .array, .object: throw FunctionFault("expected a number, found \(kindName)")
        }
    }

    func asDouble() throws(FunctionFault) -> Double {
        switch self {
        case .string(let text):
            guard let value = Double(text), value.isFinite else {
                throw FunctionFault("a text is no number")
            }
            return value
        case .null: return 0
        case .int, .number:
            guard let value = double, value.isFinite else {
                throw FunctionFault("the number is too large")
            }
            return value
        case .bool, .array, .object:
            throw FunctionFault("expected a number, found \(kindName)")
        }
    }

    func asList() throws(FunctionFault) -> [JSON] {
        switch self {
        case .array(let values): return values
        case .null: return []
        default: throw FunctionFault("expected a list, found \(kindName)")
        }
    }

    func asObject() throws(FunctionFault) -> JSONObject {
        switch self {
        case .object(let object): return object
        case .null: return JSONObject()
        default: throw FunctionFault("expected an object, found \(kindName)")
        }
    }
}
