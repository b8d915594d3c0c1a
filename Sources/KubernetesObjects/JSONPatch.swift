import Documents

/// The operations of a JSON patch, RFC 6902. All are applied, or none.
struct JSONPatch {
    /// What an API server takes in one patch.
    static let operationLimit = 10_000

    private let operations: [JSON]

    init(_ operations: [JSON]) {
        self.operations = operations
    }

    func applied(to document: JSON) throws(PatchError) -> JSON {
        guard operations.count <= Self.operationLimit else {
            throw .malformed(
                "the patch has \(operations.count) operations, allowed are \(Self.operationLimit)")
        }
        var document = document
        for operation in operations { try apply(operation, to: &document) }
        return document
    }

    private func apply(_ operation: JSON, to document: inout JSON) throws(PatchError) {
        guard let name = operation["op"]?.string else {
            throw .malformed("an operation of the JSON patch has no \"op\"")
        }
        let path = try pointer("path", of: operation)
        switch name {
        case "add":
            try document.add(try value(of: operation), at: path[...], whole: path)
        case "remove":
            try document.remove(at: path[...], whole: path)
        case "replace":
            try document.replace(with: try value(of: operation), at: path[...], whole: path)
        case "move":
            let from = try pointer("from", of: operation)
            guard !(path.count > from.count && path.starts(with: from)) else {
                throw .refused("\(JSONPatch.text(from)) cannot be moved into itself")
            }
            let moved = try document.value(at: from)
            try document.remove(at: from[...], whole: from)
            try document.add(moved, at: path[...], whole: path)
        case "copy":
            let copied = try document.value(at: try pointer("from", of: operation))
            try document.add(copied, at: path[...], whole: path)
        case "test":
            let wanted = try value(of: operation)
            guard document.find(path) ?? .null == wanted else {
                throw .refused("testing value \(JSONPatch.text(path)) failed")
            }
        default:
            throw .malformed("unknown operation \"\(name)\" in the JSON patch")
        }
    }

    private func value(of operation: JSON) throws(PatchError) -> JSON {
        guard let value = operation["value"] else {
            throw .malformed("an operation of the JSON patch lacks its \"value\"")
        }
        return value
    }

    /// The steps of the JSON pointer (RFC 6901) that `operation` has under `member`.
    private func pointer(_ member: String, of operation: JSON) throws(PatchError) -> [String] {
        guard let text = operation[member]?.string else {
            throw .malformed("an operation of the JSON patch lacks its \"\(member)\"")
        }
        if text.isEmpty { return [] }
        guard text.hasPrefix("/") else {
            throw .malformed("the JSON pointer \"\(text)\" does not begin with \"/\"")
        }
        return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(
            unescaped)
    }

    private func unescaped(_ step: Substring) -> String {
        var result = ""
        var isEscape = false
        for character in step {
            if isEscape {
                result.append(character == "1" ? "/" : character == "0" ? "~" : character)
                isEscape = false
            } else if character == "~" {
                isEscape = true
            } else {
                result.append(character)
            }
        }
        return result
    }

    fileprivate static func text(_ path: [String]) -> String {
        path.map { step in
            "/" + step.reduce(into: "") { $0 += $1 == "~" ? "~0" : $1 == "/" ? "~1" : String($1) }
        }.joined()
    }
}

extension JSON {
    fileprivate func find(_ path: [String]) -> JSON? {
        path.reduce(Optional(self)) { value, step in
            switch value {
            case .object(let object): object[step]
            case .array(let values): Self.index(step, upTo: values.count - 1).map { values[$0] }
            default: nil
            }
        }
    }

    fileprivate func value(at path: [String]) throws(PatchError) -> JSON {
        guard let value = find(path) else { throw Self.missing(path) }
        return value
    }

    fileprivate mutating func add(
        _ value: JSON, at path: ArraySlice<String>, whole: [String]
    ) throws(PatchError) {
        guard let step = path.first else {
            self = value
            return
        }
        if path.count > 1 {
            try descend(step, whole: whole) { child throws(PatchError) in
                try child.add(value, at: path.dropFirst(), whole: whole)
            }
            return
        }
        switch self {
        case .object(var object):
            self = .null
            object[step] = value
            self = .object(object)
        case .array(var values):
            guard let index = step == "-" ? values.count : Self.index(step, upTo: values.count)
            else {
                throw Self.missing(whole)
            }
            values.insert(value, at: index)
            self = .array(values)
        default:
            throw Self.missing(whole)
        }
    }

    fileprivate mutating func remove(
        at path: ArraySlice<String>, whole: [String]
    ) throws(PatchError) {
        guard let step = path.first else { throw .refused("the whole document cannot be removed") }
        if path.count > 1 {
            try descend(step, whole: whole) { child throws(PatchError) in
                try child.remove(at: path.dropFirst(), whole: whole)
            }
            return
        }
        switch self {
        case .object(var object):
            guard object[step] != nil else { throw Self.missing(whole) }
            object[step] = nil
            self = .object(object)
        case .array(var values):
            guard let index = Self.index(step, upTo: values.count - 1) else {
                throw Self.missing(whole)
            }
            values.remove(at: index)
            self = .array(values)
        default:
            throw Self.missing(whole)
        }
    }

    fileprivate mutating func replace(
        with value: JSON, at path: ArraySlice<String>, whole: [String]
    ) throws(PatchError) {
        guard let step = path.first else {
            self = value
            return
        }
        try descend(step, whole: whole) { child throws(PatchError) in
            try child.replace(with: value, at: path.dropFirst(), whole: whole)
        }
    }

    /// Changes the existing child under `step`.
    private mutating func descend(
        _ step: String, whole: [String], _ change: (inout JSON) throws(PatchError) -> Void
    ) throws(PatchError) {
        switch self {
        case .object(var object):
            guard var child = object[step] else { throw Self.missing(whole) }
            try change(&child)
            object[step] = child
            self = .object(object)
        case .array(var values):
            guard let index = Self.index(step, upTo: values.count - 1) else {
                throw Self.missing(whole)
            }
            try change(&values[index])
            self = .array(values)
        default:
            throw Self.missing(whole)
        }
    }

    /// An array index as RFC 6901 writes it: digits without a leading zero, at most `last`.
    private static func index(_ step: String, upTo last: Int) -> Int? {
        guard step == "0" || !step.hasPrefix("0"), step.utf8.allSatisfy({ (48...57).contains($0) }),
            let index = Int(step), index <= last
        else { return nil }
        return index
    }

    private static func missing(_ path: [String]) -> PatchError {
        .refused("the document has no path \(JSONPatch.text(path))")
    }
}
