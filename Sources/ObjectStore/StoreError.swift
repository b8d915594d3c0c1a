import Documents
import KubernetesObjects

/// What the store refuses, in the words and codes of an API server. `json` is the `Status` object
/// that clients know how to read.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One field that is wrong.
    package struct Cause: Hashable, Sendable {
        package let field: String
        /// `FieldValueInvalid`, `FieldValueRequired`, `FieldManagerConflict` …
        package let reason: String
        package let message: String

        package init(field: String, reason: String = "FieldValueInvalid", message: String) {
            self.field = field
            self.reason = reason
            self.message = message
        }
    }

    /// The HTTP status.
    package let code: Int
    /// The machine-readable word: `NotFound`, `Conflict`, `Invalid` …
    package let reason: String
    package let message: String
    /// The object that the answer is about; empty members are left out.
    package var name = ""
    package var group = ""
    package var kind = ""
    package var uid = ""
    package var causes: [Cause] = []

    package init(code: Int, reason: String, message: String, causes: [Cause] = []) {
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = causes
    }

    package var description: String { message }

    /// The `Status` object that an API server sends as the body.
    package var json: JSON {
        var details = JSONObject()
        for (key, value) in [("name", name), ("group", group), ("kind", kind), ("uid", uid)]
        where !value.isEmpty {
            details[key] = .string(value)
        }
        if !causes.isEmpty {
            details["causes"] = .array(
                causes.map {
                    [
                        "reason": .string($0.reason), "message": .string($0.message),
                        "field": .string($0.field),
                    ]
                })
        }
        var json: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "message": .string(message), "reason": .string(reason), "code": .int(Int64(code)),
        ]
        if !details.isEmpty { json["details"] = .object(details) }
        return json
    }
}

extension StoreError {
    /// The request makes no sense, whatever is stored.
    package static func badRequest(_ message: String) -> StoreError {
        StoreError(code: 400, reason: "BadRequest", message: message)
    }

    /// A kind that nobody registered.
    package static let unknownResource = StoreError(
        code: 404, reason: "NotFound", message: "the server could not find the requested resource")

    /// No such object.
    package static func notFound(_ reference: Reference) -> StoreError {
        about(reference, code: 404, reason: "NotFound", "\(quoted(reference)) not found")
    }

    /// An object of this name is there already.
    package static func alreadyExists(_ reference: Reference) -> StoreError {
        about(reference, code: 409, reason: "AlreadyExists", "\(quoted(reference)) already exists")
    }

    /// The object is not what the caller thought: observe again.
    package static func conflict(_ reference: Reference, _ message: String = changed) -> StoreError
    {
        about(
            reference, code: 409, reason: "Conflict",
            "Operation cannot be fulfilled on \(quoted(reference)): \(message)")
    }

    /// The object may not be written now.
    package static func forbidden(_ reference: Reference, _ message: String) -> StoreError {
        about(
            reference, code: 403, reason: "Forbidden",
            "\(quoted(reference)) is forbidden: \(message)")
    }

    /// The object breaks the rules of its kind; each broken rule is a cause.
    package static func invalid(_ reference: Reference, _ causes: [Cause]) -> StoreError {
        let resource = reference.resource
        let kind = resource.group.isEmpty ? resource.kind : "\(resource.kind).\(resource.group)"
        let sentences = causes.map { "\($0.field): \($0.message)" }
        let text =
            sentences.count == 1 ? sentences[0] : "[\(sentences.joined(separator: ", "))]"
        var error = StoreError(
            code: 422, reason: "Invalid",
            message: "\(kind) \"\(reference.name)\" is invalid: \(text)",
            causes: causes)
        error.name = reference.name
        error.group = resource.group
        error.kind = resource.kind
        return error
    }

    /// The version asked for is older than what the store remembers: list again.
    package static func expired(_ version: Int, oldest: Int) -> StoreError {
        StoreError(
            code: 410, reason: "Expired",
            message: "too old resource version: \(version) (\(oldest)); list again")
    }

    init(_ error: PatchError, on reference: Reference) {
        switch error {
        case .malformed(let message):
            self = .badRequest(message)
        case .refused(let message):
            self = Self.about(
                reference, code: 422, reason: "Invalid",
                "the server rejected our request due to an error in our request: \(message)")
        case .unsupported(let message):
            self = StoreError(code: 415, reason: "UnsupportedMediaType", message: message)
        case .conflicts(let conflicts):
            self = Self.about(reference, code: 409, reason: "Conflict", error.description)
            causes = conflicts.map {
                Cause(
                    field: $0.field, reason: "FieldManagerConflict",
                    message: "conflict with \($0.manager)")
            }
        }
    }

    private static func about(
        _ reference: Reference, code: Int, reason: String, _ message: String
    ) -> StoreError {
        var error = StoreError(code: code, reason: reason, message: message)
        error.name = reference.name
        error.group = reference.resource.group
        error.kind = reference.resource.plural
        return error
    }

    private static func quoted(_ reference: Reference) -> String {
        "\(reference.resource.qualifiedName) \"\(reference.name)\""
    }

    /// What a conflict of versions is answered with.
    package static let changed =
        "the object has been modified; please apply your changes to the latest version "
        + "and try again"
}

extension Resource {
    /// `deployments.apps`, or `pods` for the core group: the word of messages and of definitions.
    package var qualifiedName: String { group.isEmpty ? plural : "\(plural).\(group)" }
}
