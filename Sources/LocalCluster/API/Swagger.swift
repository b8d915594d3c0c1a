import Documents
import KubernetesObjects

/// The older description of the API, `/openapi/v2`: which parameters a kind takes, and what its
/// fields are. Clients before 1.27 explain and validate by it.
struct Swagger: Sendable {
    let catalog: Catalog

    /// The form in protocol buffers. Clients ask for it as `…spec.v2@v1.0+protobuf`, which they
    /// would refuse to read as the type of an answer: an `@` cannot be part of one.
    static let protobufType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    static func takesProtobuf(_ accept: String?) -> Bool {
        accept?.contains("com.github.proto-openapi.spec.v2") ?? false
    }

    private static let parameters = ["dryRun", "fieldManager", "fieldValidation", "force"]

    var json: JSON {
        var paths = JSONObject()
        for resource in catalog.resources {
            let parameters: [JSON] = Self.parameters.map {
                ["name": .string($0), "in": "query", "type": "string", "uniqueItems": true]
            }
            let patch: JSON = [
                "parameters": .array(parameters), "responses": ["200": ["description": "OK"]],
                "x-kubernetes-action": "patch",
                "x-kubernetes-group-version-kind": Discovery.kind(
                    resource.group, resource.version, resource.kind),
            ]
            paths[resource.path(namespace: "{namespace}", name: "{name}")] = ["patch": patch]
        }
        return [
            "swagger": "2.0", "info": OpenAPI.about, "paths": .object(paths),
            "definitions": .object(JSONObject(definitions)),
        ]
    }

    private var definitions: [JSONObject.Member] {
        catalog.schemas(of: catalog.resources).map { ($0.key, Self.plain($0.value)) }
    }

    private static let plainKeys: Set<String> = [
        "description", "type", "format", "required", "x-kubernetes-group-version-kind",
        "x-kubernetes-patch-merge-key", "x-kubernetes-patch-strategy",
    ]

    /// The part of a schema that this older form can say. Older clients refuse a field that is not
    /// named, so what takes any field names none.
    private static func plain(_ schema: JSON) -> JSON {
        if let part = schema["$ref"]?.string {
            var members = schema.object?.members.filter { plainKeys.contains($0.key) } ?? []
            members.append(("$ref", .string("#/definitions/\(Catalog.partName(part))")))
            return .object(JSONObject(members))
        }
        var members = JSONObject(
            (schema.object?.members ?? []).filter { plainKeys.contains($0.key) })
        if let items = schema["items"] { members["items"] = plain(items) }
        if let values = schema["additionalProperties"], values.object != nil {
            members["additionalProperties"] = plain(values)
        }
        guard schema["x-kubernetes-preserve-unknown-fields"]?.bool != true,
            let properties = schema["properties"]?.object
        else { return .object(members) }
        members["properties"] = .object(
            JSONObject(properties.members.map { ($0.key, plain($0.value)) }))
        return .object(members)
    }

    /// The same as a message `openapi.v2.Document` of gnostic's OpenAPIv2.proto, whose field
    /// numbers these are.
    var protobuf: [UInt8] {
        var document = ProtobufMessage()
        document.add(1, "2.0")
        document.add(2) { about in
            about.add(1, OpenAPI.about["title"]?.string ?? "")
            about.add(2, OpenAPI.about["version"]?.string ?? "")
        }
        document.add(8) { paths in
            for resource in catalog.resources {
                paths.add(2) { named in
                    named.add(1, resource.path(namespace: "{namespace}", name: "{name}"))
                    named.add(2) { item in item.add(8) { patch(resource, &$0) } }
                }
            }
        }
        document.add(9) { all in
            for (name, schema) in definitions { all.add(1) { Self.add(name, schema, to: &$0) } }
        }
        return document.bytes
    }

    private func patch(_ resource: Resource, _ operation: inout ProtobufMessage) {
        for name in Self.parameters {
            operation.add(8) { item in
                // ParametersItem.parameter, Parameter.non_body_parameter, its
                // query_parameter_sub_schema
                item.add(1) { parameter in
                    parameter.add(2) { nonBody in
                        nonBody.add(3) { query in
                            query.add(2, "query")
                            query.add(4, name)
                            query.add(6, "string")
                        }
                    }
                }
            }
        }
        operation.add(9) { responses in
            responses.add(1) { named in
                named.add(1, "200")
                named.add(2) { value in value.add(1) { $0.add(1, "OK") } }
            }
        }
        extend(&operation, "x-kubernetes-action", "patch\n")
        extend(
            &operation, "x-kubernetes-group-version-kind",
            "group: \"\(resource.group)\"\nkind: \(resource.kind)\nversion: \(resource.version)\n")
    }

    /// A vendor extension: its value travels as YAML text.
    private func extend(_ operation: inout ProtobufMessage, _ name: String, _ yaml: String) {
        operation.add(13) { named in
            named.add(1, name)
            named.add(2) { $0.add(2, yaml) }
        }
    }

    /// A `NamedSchema`.
    private static func add(_ name: String, _ schema: JSON, to named: inout ProtobufMessage) {
        named.add(1, name)
        named.add(2) { add(schema, to: &$0) }
    }

    /// A `Schema`.
    private static func add(_ schema: JSON, to message: inout ProtobufMessage) {
        for (key, number) in [("$ref", 1), ("format", 2), ("description", 4)] {
            if let text = schema[key]?.string { message.add(number, text) }
        }
        for name in schema["required"]?.array ?? [] { message.add(19, name.string ?? "") }
        if let values = schema["additionalProperties"] {
            message.add(21) { $0.add(1) { add(values, to: &$0) } }
        }
        if let type = schema["type"]?.string { message.add(22) { $0.add(1, type) } }
        if let items = schema["items"] {
            message.add(23) { $0.add(1) { add(items, to: &$0) } }
        }
        if let properties = schema["properties"]?.object {
            message.add(25) { all in
                for (name, schema) in properties.members {
                    all.add(1) { add(name, schema, to: &$0) }
                }
            }
        }
        for (key, value) in schema.object?.members ?? [] where key.hasPrefix("x-") {
            message.add(31) { named in
                named.add(1, key)
                // JSON is YAML, too.
                named.add(2) { $0.add(2, value.text + "\n") }
            }
        }
    }
}

/// Writes the wire format of protocol buffers: only strings and messages, which is all that a
/// description needs.
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ field: Int, _ text: String) {
        add(field, Array(text.utf8))
    }

    mutating func add(_ field: Int, _ build: (inout ProtobufMessage) -> Void) {
        var message = ProtobufMessage()
        build(&message)
        add(field, message.bytes)
    }

    private mutating func add(_ field: Int, _ content: [UInt8]) {
        addVariable(field << 3 | 2)
        addVariable(content.count)
        bytes += content
    }

    /// Seven bits to a byte, the lowest first; the highest bit says that more follow.
    private mutating func addVariable(_ number: Int) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
