import Documents
import KubernetesObjects

/// The schemas of the built-in kinds and of their parts, made from the table by which their
/// protocol buffers are read. A part refers to another one by `$ref` and its bare name.
enum PartSchemas {
    static let all: [String: JSON] = {
        let fields = ProtobufFields.messages.mapValues { Array($0.values) }
            .merging(FieldsBesides.messages, uniquingKeysWith: +)
        return Dictionary(uniqueKeysWithValues: fields.keys.map { ($0, part($0, fields)) })
    }()

    /// An object of which nothing is known.
    static let open: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]

    private typealias Fields = [String: [ProtobufFields.Field]]

    private static func part(_ message: String, _ fields: Fields) -> JSON {
        var json = JSONObject()
        if let text = FieldTexts.texts[message] { json["description"] = .string(text) }
        json["type"] = "object"
        let properties = properties(of: message, as: message, fields)
            .sorted { $0.key < $1.key }
        json["properties"] = .object(JSONObject(properties))
        let required = FieldsBesides.required[message] ?? []
        if !required.isEmpty { json["required"] = .array(required.map(JSON.string)) }
        return .object(json)
    }

    /// - Parameter owner: the message in whose place `message` shows its fields.
    private static func properties(
        of message: String, as owner: String, _ fields: Fields
    ) -> [JSONObject.Member] {
        (fields[message] ?? []).flatMap { field -> [JSONObject.Member] in
            if field.form == .inline, case .message(let inner) = field.type {
                return properties(of: inner, as: owner, fields)
            }
            var property = JSONObject()
            if let text = text(of: field, in: owner) { property["description"] = .string(text) }
            property.members += shape(of: field).members
            property.members += merging(field, in: owner)
            return [(field.name, .object(property))]
        }
    }

    private static func text(of field: ProtobufFields.Field, in owner: String) -> String? {
        if let text = FieldTexts.texts["\(owner).\(field.name)"] { return text }
        guard case .message(let name) = field.type, name.hasPrefix(owner) else {
            return field.name == "metadata" ? FieldTexts.texts["ObjectMeta"] : nil
        }
        return ["spec": "What should be.", "status": "What is the case."][field.name]
    }

    private static func shape(of field: ProtobufFields.Field) -> JSONObject {
        let one = type(field.type)
        switch field.form {
        case .one, .kept, .inline: return one
        case .list: return JSONObject([("type", "array"), ("items", .object(one))])
        case .map: return JSONObject([("type", "object"), ("additionalProperties", .object(one))])
        }
    }

    private static func type(_ type: ProtobufFields.Field.Scalar) -> JSONObject {
        switch type {
        case .string: JSONObject([("type", "string")])
        case .integer: JSONObject([("type", "integer")])
        case .boolean: JSONObject([("type", "boolean")])
        case .bytes: JSONObject([("type", "string"), ("format", "byte")])
        case .message("Time"), .message("MicroTime"):
            JSONObject([("type", "string"), ("format", "date-time")])
        case .message("IntOrString"), .message("Quantity"):
            JSONObject([("x-kubernetes-int-or-string", true)])
        case .message("ExtraValue"):
            JSONObject([("type", "array"), ("items", ["type": "string"])])
        case .message("FieldsV1"): open.object ?? JSONObject()
        case .message("Any"): JSONObject([("x-kubernetes-preserve-unknown-fields", true)])
        case .message(let name): JSONObject([("$ref", .string(name))])
        }
    }

    /// How a list merges in a strategic merge patch; older clients make patches by this.
    private static func merging(
        _ field: ProtobufFields.Field, in owner: String
    ) -> [JSONObject.Member] {
        if owner == "DeploymentSpec" && field.name == "strategy" {
            return [("x-kubernetes-patch-strategy", "retainKeys")]
        }
        let path =
            owner == "ObjectMeta"
            ? ["metadata", field.name] : ["", place(of: owner), field.name]
        guard field.form == .list, let key = Resource.pods.strategicMergeKey(at: path) else {
            return []
        }
        let strategy: JSON = field.name == "volumes" ? "merge,retainKeys" : "merge"
        var members: [JSONObject.Member] = [("x-kubernetes-patch-strategy", strategy)]
        if !key.isEmpty { members.append(("x-kubernetes-patch-merge-key", .string(key))) }
        return members
    }

    /// The field under which objects have a part of this name.
    private static func place(of message: String) -> String {
        if message == "Container" { return "containers" }
        return message.hasSuffix("Spec") ? "spec" : message.hasSuffix("Status") ? "status" : ""
    }
}
