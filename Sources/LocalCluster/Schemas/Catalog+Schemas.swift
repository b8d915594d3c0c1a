import Documents
import KubernetesObjects

extension Catalog {
    /// The schema of a kind; nil where nobody has described it.
    func schema(of resource: Resource) -> JSON? {
        guard var schema = given(for: resource) else { return nil }
        var properties = schema["properties"]?.object ?? JSONObject()
        properties["apiVersion"] = Self.text("The group and version of this kind.")
        properties["kind"] = Self.text("The kind of this object.")
        properties["metadata"] = [
            "description": "What every object has: its name, its labels, its owners.",
            "$ref": "ObjectMeta",
        ]
        schema["type"] = "object"
        schema["properties"] = .object(properties)
        return schema
    }

    private func given(for resource: Resource) -> JSON? {
        if let definition = definition(of: resource) {
            return definition.version(resource.version)?.schema
        }
        return resource.isCustom ? nil : PartSchemas.all[resource.kind]
    }

    private static func text(_ description: String) -> JSON {
        ["description": .string(description), "type": "string"]
    }

    /// The schema of each kind by its name in descriptions of the API, and after them the parts
    /// that they refer to.
    func schemas(of resources: [Resource]) -> [JSONObject.Member] {
        var schemas: [JSONObject.Member] = []
        var waiting: Set<String> = []
        var parts: Set<String> = []
        for resource in resources {
            var schema = schema(of: resource) ?? PartSchemas.open
            schema["x-kubernetes-group-version-kind"] = [
                Discovery.kind(resource.group, resource.version, resource.kind)
            ]
            schemas.append((Self.schemaName(resource), schema))
            waiting.formUnion(schema.parts)
        }
        while let part = waiting.popFirst() {
            guard parts.insert(part).inserted else { continue }
            waiting.formUnion(PartSchemas.all[part]?.parts ?? [])
        }
        for part in parts.sorted() {
            schemas.append((Self.partName(part), PartSchemas.all[part] ?? PartSchemas.open))
        }
        return schemas
    }

    /// `apps.v1.Deployment`: unique, and ending in the kind as clients expect.
    static func schemaName(_ resource: Resource) -> String {
        let group = resource.group.isEmpty ? "core" : resource.group
        let parts = group.split(separator: ".").reversed().joined(separator: ".")
        return "\(parts).\(resource.version).\(resource.kind)"
    }

    static func partName(_ part: String) -> String { "io.k8s.\(part)" }
}

extension JSON {
    /// The parts of built-in kinds that this schema refers to itself.
    fileprivate var parts: Set<String> {
        switch self {
        case .object(let object):
            object.members.reduce(into: []) { parts, member in
                if member.key == "$ref", let part = member.value.string {
                    parts.insert(part)
                } else {
                    parts.formUnion(member.value.parts)
                }
            }
        case .array(let values): values.reduce(into: []) { $0.formUnion($1.parts) }
        default: []
        }
    }
}
