import Documents
import KubernetesObjects

/// The older description of the API, `/openapi/v2`. It says which parameters a kind takes and
/// describes no fields, so that older clients validate nothing themselves and leave it to the
/// server.
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
            "swagger": "2.0", "info": OpenAPI.about, "paths": .object(paths), "definitions": [:],
        ]
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
        document.add(9) { _ in }
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
