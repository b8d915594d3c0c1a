import Documents
import KubernetesObjects
import ObjectStore
import Serving

/// What a client wants to hear of fields that no schema knows and of keys that stand twice.
enum Strictness: String, Sendable {
    case strict = "Strict"
    case warn = "Warn"
    case ignore = "Ignore"
}

extension Request {
    /// The parameter `fieldValidation`; where it is not given, the client is warned.
    func strictness() throws(StoreError) -> Strictness {
        guard let word = query["fieldValidation"], !word.isEmpty else { return .warn }
        guard let strictness = Strictness(rawValue: word) else {
            throw .badRequest("fieldValidation: \"\(word)\" is none of Strict, Warn, Ignore")
        }
        return strictness
    }

    /// Looks for fields of a new object that its kind does not have.
    ///
    /// - Returns: what the client is warned of.
    /// - Throws: `BadRequest` with all of them where the client asked for that.
    func check(_ document: JSON, _ path: ObjectPath, in catalog: Catalog) throws(StoreError)
        -> [String]
    {
        try check(path) {
            var unknown: [String] = []
            _ = catalog.schema(of: path.resource).map(FieldSchema.init)?
                .pruned(document, into: &unknown)
            return unknown
        }
    }

    /// Looks for fields of a patch that its kind does not have.
    func check(_ patch: Patch, _ path: ObjectPath, in catalog: Catalog) throws(StoreError)
        -> [String]
    {
        try check(path) {
            guard let schema = catalog.schema(of: path.resource).map(FieldSchema.init) else {
                return []
            }
            var unknown: [String] = []
            if case .json(let operations) = patch {
                for operation in operations { schema.look(at: operation, for: &unknown) }
            } else {
                _ = schema.pruned(patch.body, isPatch: true, into: &unknown)
            }
            return unknown
        }
    }

    private func check(
        _ path: ObjectPath, _ look: () -> [String]
    ) throws(StoreError) -> [String] {
        let strictness = try strictness()
        guard strictness != .ignore else { return [] }
        let problems = look().map { "unknown field \"\($0)\"" }
        guard strictness == .strict else { return problems + doubledKeys() }
        guard problems.isEmpty else {
            let resource = path.resource
            throw .badRequest(
                "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a "
                    + "\(resource.kind): strict decoding error: "
                    + problems.joined(separator: ", "))
        }
        return []
    }
}

extension FieldSchema {
    /// Looks at what one operation of a JSON patch writes.
    fileprivate func look(at operation: JSON, for unknown: inout [String]) {
        guard let pointer = operation["path"]?.string, let value = operation["value"] else {
            return
        }
        var schema = self
        var place = ""
        for token in pointer.split(separator: "/") {
            let key = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
            if schema.type == "array", let items = schema.items {
                place += "[\(key)]"
                schema = items
                continue
            }
            place += place.isEmpty ? key : ".\(key)"
            guard let member = schema.member(key) else {
                if !schema.keepsUnknown { unknown.append(place) }
                return
            }
            schema = member
        }
        _ = schema.pruned(value, at: place, into: &unknown)
    }
}

extension Response {
    /// Warnings of one answer; a client shows each on a line, and more than this nobody reads.
    private static let warningLimit = 20

    /// The same answer with what the client should know besides.
    func warning(_ texts: [String]) -> Response {
        guard !texts.isEmpty else { return self }
        let fields = texts.prefix(Self.warningLimit).map { text in
            let quoted = text.filter { $0.isASCII && !$0.isNewline }
                .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return Headers.Field(name: "Warning", value: "299 - \"\(quoted)\"")
        }
        return Response(
            status: status, headers: Headers(headers.fields + fields), body: body)
    }
}
