import Documents

/// Reads the compact tables that describe our custom resources, and makes structural schemas of
/// them.
///
/// A line is `name type Description.`, indented by two spaces for each level below an object or a
/// list. A name ending in `!` is required. Types: `string`, `int32`, `int64`, `bool`, `number`,
/// `time`, `amount` (a number or a text), `object`, `list` (of objects), `strings`, `map` (of
/// strings), `any` (an object that is kept as it is), `json` (anything), `anys` (a list of
/// anything), `string(a|b)` with its possible values, `@Name` and `[@Name]` for a shared part and a
/// list of it.
struct Schema {
    private struct Line {
        let depth: Int
        let name: String
        let isRequired: Bool
        let type: Substring
        let description: String
    }

    private let parts: [String: String]

    /// A reader of tables that may refer to `parts` by name.
    init(parts: [String: String]) {
        self.parts = parts
    }

    /// The schema of an object with the fields of `table`.
    func object(_ table: String, description: String = "") -> JSON {
        object(Self.lines(table)[...], depth: 0, description: description)
    }

    private static func lines(_ table: String) -> [Line] {
        table.split(separator: "\n").compactMap { text in
            let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            guard let name = words.first, words.count >= 2 else { return nil }
            return Line(
                depth: text.prefix { $0 == " " }.count / 2,
                name: String(name.last == "!" ? name.dropLast() : name),
                isRequired: name.last == "!",
                type: words[1], description: words.count > 2 ? String(words[2]) : "")
        }
    }

    private func object(_ lines: ArraySlice<Line>, depth: Int, description: String) -> JSON {
        var schema = Self.schema("object", description)
        var properties = JSONObject()
        var index = lines.startIndex
        while index < lines.endIndex {
            let line = lines[index]
            let end = lines[(index + 1)...].firstIndex { $0.depth <= depth } ?? lines.endIndex
            properties[line.name] = value(line, below: lines[(index + 1)..<end])
            index = end
        }
        let required = lines.filter { $0.depth == depth && $0.isRequired }.map {
            JSON.string($0.name)
        }
        if !properties.isEmpty { schema["properties"] = .object(properties) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return schema
    }

    private func value(_ line: Line, below: ArraySlice<Line>) -> JSON {
        let text = line.description
        switch line.type {
        case "object": return object(below, depth: line.depth + 1, description: text)
        case "list": return Self.list(object(below, depth: line.depth + 1, description: ""), text)
        case "int32", "int64":
            var schema = Self.schema("integer", text)
            schema["format"] = .string(String(line.type))
            return schema
        case "bool": return Self.schema("boolean", text)
        case "number": return Self.schema("number", text)
        case "time":
            var schema = Self.schema("string", text)
            schema["format"] = "date-time"
            return schema
        case "amount":
            var schema = Self.schema(nil, text)
            schema["anyOf"] = [["type": "integer"], ["type": "string"]]
            schema["x-kubernetes-int-or-string"] = true
            return schema
        case "strings": return Self.list(Self.schema("string", ""), text)
        case "map":
            var schema = Self.schema("object", text)
            schema["additionalProperties"] = Self.schema("string", "")
            return schema
        case "any": return Self.kept(Self.schema("object", text))
        case "json": return Self.kept(Self.schema(nil, text))
        case "anys": return Self.list(Self.kept(Self.schema("object", "")), text)
        default: return named(line.type, text)
        }
    }

    /// A shared part, a list of one, or a text with its possible values.
    private func named(_ type: Substring, _ description: String) -> JSON {
        if type.hasPrefix("[@") {
            let part = String(type.dropFirst(2).dropLast())
            return Self.list(object(parts[part] ?? ""), description)
        }
        if type.hasPrefix("@") {
            return object(parts[String(type.dropFirst())] ?? "", description: description)
        }
        var schema = Self.schema("string", description)
        if type.hasPrefix("string(") {
            let values = type.dropFirst("string(".count).dropLast().split(separator: "|")
            schema["enum"] = .array(values.map { .string(String($0)) })
        }
        return schema
    }

    private static func schema(_ type: String?, _ description: String) -> JSON {
        var members = JSONObject()
        if !description.isEmpty { members["description"] = .string(description) }
        if let type { members["type"] = .string(type) }
        return .object(members)
    }

    private static func list(_ items: JSON, _ description: String) -> JSON {
        var schema = schema("array", description)
        schema["items"] = items
        return schema
    }

    private static func kept(_ schema: JSON) -> JSON {
        var schema = schema
        schema["x-kubernetes-preserve-unknown-fields"] = true
        return schema
    }
}
