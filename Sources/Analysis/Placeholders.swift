import Documents

extension JSON {
    /// The value with every `{{args.name}}` in its texts and keys replaced from `arguments`.
    ///
    /// Any other tag, and a tag without its end, is an error: sent to a provider unresolved it
    /// would ask something nobody meant.
    func resolving(_ arguments: [String: String]) throws(RunError) -> JSON {
        switch self {
        case .string(let text): return .string(try resolved(text, arguments))
        case .array(let values):
            var result: [JSON] = []
            for value in values { result.append(try value.resolving(arguments)) }
            return .array(result)
        case .object(let object):
            var result = JSONObject()
            for (key, value) in object.members {
                result.members.append(
                    (try resolved(key, arguments), try value.resolving(arguments)))
            }
            return .object(result)
        default: return self
        }
    }
}

/// `text` with its tags replaced; arguments are not searched for tags again.
func resolved(_ text: String, _ arguments: [String: String]) throws(RunError) -> String {
    try resolved(text) { tag in
        tag.hasPrefix("args.") ? arguments[String(tag.dropFirst(5))] : nil
    }
}

/// `text` with its tags, which stand between double braces, replaced by what `value` knows of them.
package func resolved(
    _ text: String, by value: (String) -> String?
) throws(RunError) -> String {
    // Nearly all texts have none, and bytes are faster to search than characters.
    guard text.utf8.contains(UInt8(ascii: "{")) else { return text }
    var result = ""
    var rest = Substring(text)
    while let (before, inside) = rest.cut(at: "{") {
        guard let (tag, after) = inside.cut(at: "}") else {
            throw RunError("cannot find end tag \"}}\" in \(quoted(text))")
        }
        let name = tag.filter { !$0.isWhitespace }
        guard let known = value(name) else { throw RunError("failed to resolve {{\(name)}}") }
        result += before + known
        rest = after
    }
    return result + rest
}

/// Whether a tag may begin in `text`: then it is no value yet.
func hasTag(_ text: String) -> Bool { Substring(text).cut(at: "{") != nil }

extension Substring {
    /// What is before and after the first place where this brace stands twice.
    fileprivate func cut(at brace: Unicode.Scalar) -> (before: Substring, after: Substring)? {
        let brace = UInt8(ascii: brace)
        var last: Index?
        for index in utf8.indices {
            guard utf8[index] == brace else {
                last = nil
                continue
            }
            if let last { return (self[..<last], self[utf8.index(after: index)...]) }
            last = index
        }
        return nil
    }
}
