import Documents
import KubernetesObjects

/// A column of `kubectl get` that a CustomResourceDefinition asks for.
struct CustomColumn: Sendable {
    let name: String
    /// `string`, `integer`, `number`, `boolean` or `date`.
    let type: String
    let format: String
    let description: String
    /// Columns above 0 show only in `-o wide`.
    let priority: Int
    let path: FieldPath

    init?(_ json: JSON) {
        guard let name = json["name"]?.string,
            let path = json["jsonPath"]?.string.flatMap(FieldPath.init)
        else { return nil }
        self.name = name
        self.path = path
        type = json["type"]?.string ?? "string"
        format = json["format"]?.string ?? ""
        description = json["description"]?.string ?? ""
        priority = json["priority"]?.int ?? 0
    }

    /// The cell for `object`: dates as ages, lists and objects as text, absent values as null.
    func cell(of object: Object, at now: Timestamp) -> JSON {
        guard let value = path.values(in: object.json).first else { return .null }
        if type == "date" {
            return .string(
                value.string.flatMap(Timestamp.init(rfc3339:)).map { age(of: $0, at: now) } ?? "")
        }
        switch (type, value) {
        case ("string", .string), ("integer", .int), ("number", .int), ("number", .number),
            ("boolean", .bool), (_, .null):
            return value
        default:
            return .string(value.string ?? value.text)
        }
    }
}

/// The part of JSONPath that CustomResourceDefinitions may use: `.a.b`, `[0]`, `[*]`, `['a.b']` and
/// `[?(@.type=="Ready")]`.
struct FieldPath: Sendable, Hashable {
    private enum Step: Sendable, Hashable {
        case member(String)
        case index(Int)
        case every
        case matching([String], String)
    }

    private let steps: [Step]

    /// Nil for what this part of JSONPath does not have.
    init?(_ text: String) {
        var rest = text[...]
        if rest.hasPrefix("{") && rest.hasSuffix("}") { rest = rest.dropFirst().dropLast() }
        if rest.hasPrefix("$") { rest.removeFirst() }
        var steps: [Step] = []
        while let first = rest.first {
            if first == "[" {
                guard let step = Self.bracket(&rest) else { return nil }
                steps.append(step)
            } else {
                if first == "." { rest.removeFirst() }
                let name = rest.prefix { $0 != "." && $0 != "[" }
                guard !name.isEmpty else { return nil }
                rest.removeFirst(name.count)
                steps.append(name == "*" ? .every : .member(String(name)))
            }
        }
        self.steps = steps
    }

    private static func bracket(_ rest: inout Substring) -> Step? {
        let body: Substring
        if rest.hasPrefix("[?(") {
            guard let end = rest.firstRange(of: ")]") else { return nil }
            body = rest[..<end.lowerBound].dropFirst(3)
            rest = rest[end.upperBound...]
            let parts = body.split(separator: "==", maxSplits: 1)
            guard parts.count == 2, parts[0].hasPrefix("@.") else { return nil }
            let path = trimmed(parts[0].dropFirst(2)).split(separator: ".").map(String.init)
            return .matching(path, unquoted(trimmed(parts[1])))
        }
        guard let end = rest.firstIndex(of: "]") else { return nil }
        body = rest[..<end].dropFirst()
        rest = rest[rest.index(after: end)...]
        if body == "*" { return .every }
        if let index = Int(body) { return .index(index) }
        return body.hasPrefix("'") || body.hasPrefix("\"") ? .member(unquoted(body)) : nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " }
        return start.last == " " ? trimmed(start.dropLast()) : start
    }

    private static func unquoted(_ text: Substring) -> String {
        guard let first = text.first, first == "'" || first == "\"", text.last == first else {
            return String(text)
        }
        return String(text.dropFirst().dropLast())
    }

    /// Every value that the path leads to.
    func values(in json: JSON) -> [JSON] {
        steps.reduce([json]) { found, step in
            found.flatMap { value -> [JSON] in
                switch step {
                case .member(let name): return value[name].map { [$0] } ?? []
                case .index(let index): return value[index].map { [$0] } ?? []
                case .every:
                    return value.array ?? value.object?.members.map(\.value) ?? []
                case .matching(let path, let wanted):
                    return (value.array ?? []).filter { element in
                        let found = path.reduce(Optional(element)) { $0?[$1] }
                        return (found?.string ?? found?.text) == wanted
                    }
                }
            }
        }
    }
}
