import Documents

/// A path into a JSON document, in the dialect of Kubernetes: names, indices, slices, wildcards,
/// unions, recursive descent and filters, between braces.
package struct JSONPath: Hashable, Sendable {
    indirect enum Step: Hashable, Sendable {
        case names([String])
        case indices([Int])
        case slice(from: Int?, to: Int?, step: Int)
        case everything
        /// The value itself and all that is below it.
        case descent
        case filter(Filter)
    }

    /// Keeps the elements for which the comparison holds; without one, those that have the path.
    struct Filter: Hashable, Sendable {
        let left: Operand
        let test: Test?
    }

    struct Test: Hashable, Sendable {
        let by: Comparison
        let right: Operand
    }

    enum Operand: Hashable, Sendable {
        case path([Step])
        case value(JSON)
    }

    enum Comparison: String, CaseIterable, Sendable {
        case equal = "==", unequal = "!=", atMost = "<=", atLeast = ">=", below = "<", above = ">"
    }

    let steps: [Step]

    /// Whether this is the whole document.
    package var isWhole: Bool { steps.isEmpty }

    /// The first value that the path leads to.
    ///
    /// - Throws: `JSONPathError` where it leads nowhere.
    package func first(in json: JSON) throws(JSONPathError) -> JSON {
        guard let first = try selected(by: steps, from: [json], isStrict: true).first else {
            throw JSONPathError("nothing matches")
        }
        return first
    }
}

/// Why a path cannot be read or followed.
package struct JSONPathError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// A path that selects more than this is a mistake; two descents in a row would grow without end.
private let maximumValues = 100_000

/// A strict path misses where any value lacks what it names. Below a descent, and in filters, most
/// values do.
private func selected(
    by steps: [JSONPath.Step], from start: [JSON], isStrict: Bool
) throws(JSONPathError) -> [JSON] {
    var values = start
    var mayMiss = !isStrict
    for step in steps {
        var next: [JSON] = []
        for value in values {
            next += try selected(by: step, from: value, mayMiss: mayMiss)
            guard next.count <= maximumValues else {
                throw JSONPathError("more than \(maximumValues) values match")
            }
        }
        values = next
        if case .descent = step { mayMiss = true } else { mayMiss = !isStrict }
    }
    return values
}

private func selected(
    by step: JSONPath.Step, from value: JSON, mayMiss: Bool
) throws(JSONPathError) -> [JSON] {
    switch step {
    case .names(let names):
        var result: [JSON] = []
        for name in names {
            if let member = value[name] {
                result.append(member)
            } else if !mayMiss {
                throw JSONPathError("\(name) is not found")
            }
        }
        return result
    case .indices(let indices):
        var result: [JSON] = []
        for index in indices {
            let count = value.array?.count ?? 0
            if let element = value[index < 0 ? count + index : index] {
                result.append(element)
            } else if !mayMiss {
                throw JSONPathError(
                    value.array == nil
                        ? "\(value.kindName) has no element \(index)"
                        : "array index out of bounds: index \(index), length \(count)")
            }
        }
        return result
    case .slice(let from, let to, let step):
        let elements = value.array ?? []
        func place(_ index: Int) -> Int {
            min(max(index < 0 ? elements.count + index : index, 0), elements.count)
        }
        let range = stride(from: place(from ?? 0), to: place(to ?? elements.count), by: step)
        return range.map { elements[$0] }
    case .everything: return children(of: value)
    case .descent: return try descendants(of: value)
    case .filter(let filter):
        var result: [JSON] = []
        for element in children(of: value) where try filter.keeps(element) {
            result.append(element)
        }
        return result
    }
}

private func children(of value: JSON) -> [JSON] {
    value.array ?? value.object?.members.map(\.value) ?? []
}

private func descendants(of value: JSON) throws(JSONPathError) -> [JSON] {
    var result = [value]
    for child in children(of: value) {
        result += try descendants(of: child)
        guard result.count <= maximumValues else {
            throw JSONPathError("more than \(maximumValues) values match")
        }
    }
    return result
}

extension JSONPath.Filter {
    fileprivate func keeps(_ element: JSON) throws(JSONPathError) -> Bool {
        guard let left = try left.value(in: element) else { return false }
        guard let test else { return true }
        guard let right = try test.right.value(in: element) else { return false }
        switch test.by {
        case .equal: return left == right
        case .unequal: return left != right
        case .below: return try ordered(left, right, <, <)
        case .above: return try ordered(left, right, >, >)
        case .atMost: return try ordered(left, right, <=, <=)
        case .atLeast: return try ordered(left, right, >=, >=)
        }
    }
}

extension JSONPath.Operand {
    fileprivate func value(in element: JSON) throws(JSONPathError) -> JSON? {
        switch self {
        case .value(let value): value
        case .path(let steps): try selected(by: steps, from: [element], isStrict: false).first
        }
    }
}

private func ordered(
    _ left: JSON, _ right: JSON, _ numbers: (Double, Double) -> Bool,
    _ texts: (String, String) -> Bool
) throws(JSONPathError) -> Bool {
    if let left = left.double, let right = right.double { return numbers(left, right) }
    if let left = left.string, let right = right.string { return texts(left, right) }
    throw JSONPathError("\(left.kindName) and \(right.kindName) cannot be compared")
}
