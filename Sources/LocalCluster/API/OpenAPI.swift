import Documents
import KubernetesObjects

/// The description of the API that `kubectl` reads before it writes (which parameters a kind takes)
/// and for `kubectl explain` (what its fields mean).
struct OpenAPI: Sendable {
    let catalog: Catalog
    /// The schema of a kind where somebody knows it better than this room does.
    let schema: @Sendable (Resource) -> JSON?

    /// `/openapi/v3`: where the document of each group and version is.
    var index: JSON {
        var paths = JSONObject()
        for resource in catalog.resources {
            let key = Self.key(group: resource.group, version: resource.version)
            paths[key] = ["serverRelativeURL": .string("/openapi/v3/\(key)")]
        }
        return ["paths": .object(paths)]
    }

    private static func key(group: String, version: String) -> String {
        group.isEmpty ? "api/\(version)" : "apis/\(group)/\(version)"
    }

    /// `/openapi/v3/apis/GROUP/VERSION`; nil where nothing is served.
    func document(group: String, version: String) -> JSON? {
        let resources = catalog.resources.filter { $0.group == group && $0.version == version }
        guard !resources.isEmpty else { return nil }
        var paths = JSONObject()
        var schemas = JSONObject([(Self.objectMetaName, FieldTexts.objectMeta)])
        for resource in resources {
            for (path, item) in self.paths(of: resource) { paths[path] = item }
            schemas[Self.schemaName(resource)] = described(resource)
        }
        return [
            "openapi": "3.0.0", "info": Self.about, "paths": .object(paths),
            "components": ["schemas": .object(schemas)],
        ]
    }

    static let about: JSON = ["title": "Sluice", "version": "v1.34.0"]

    private func paths(of resource: Resource) -> [(String, JSON)] {
        let all = resource.path(namespace: "{namespace}")
        let one = resource.path(namespace: "{namespace}", name: "{name}")
        return [
            (
                all,
                [
                    "get": operation("list", resource), "post": operation("post", resource),
                    "delete": operation("deletecollection", resource),
                ]
            ),
            (
                one,
                [
                    "get": operation("get", resource), "put": operation("put", resource),
                    "patch": operation("patch", resource), "delete": operation("delete", resource),
                ]
            ),
        ]
    }

    private func operation(_ action: String, _ resource: Resource) -> JSON {
        var json: JSON = [
            "operationId": .string("\(action)\(resource.group)\(resource.version)\(resource.kind)"),
            "parameters": .array((Self.parameters[action] ?? []).map(Self.parameter)),
            "responses": ["200": ["description": "OK"]],
            "x-kubernetes-action": .string(action),
            "x-kubernetes-group-version-kind": Discovery.kind(
                resource.group, resource.version, resource.kind),
        ]
        if action == "patch" {
            // Strategic merge patches are taken too. They are not named here because kubectl would
            // then compute them from these schemas, which do not describe every list, in place of
            // the types it has itself.
            let body: JSON = ["schema": ["type": "object"]]
            json["requestBody"] = [
                "content": [
                    "application/apply-patch+yaml": body, "application/json-patch+json": body,
                    "application/merge-patch+json": body,
                ]
            ]
        }
        return json
    }

    /// The query parameters of each writing action.
    static let parameters: [String: [String]] = [
        "post": ["dryRun", "fieldManager", "fieldValidation"],
        "put": ["dryRun", "fieldManager", "fieldValidation"],
        "patch": ["dryRun", "fieldManager", "fieldValidation", "force"],
        "delete": ["dryRun", "gracePeriodSeconds", "propagationPolicy"],
    ]

    private static func parameter(_ name: String) -> JSON {
        ["name": .string(name), "in": "query", "schema": ["type": "string", "uniqueItems": true]]
    }

    /// `io.k8s.apps.v1.Deployment`: unique, and ending in the kind as clients expect.
    static func schemaName(_ resource: Resource) -> String {
        let group = resource.group.isEmpty ? "core" : resource.group
        let parts = group.split(separator: ".").reversed().joined(separator: ".")
        return "\(parts).\(resource.version).\(resource.kind)"
    }

    static let objectMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

    private func described(_ resource: Resource) -> JSON {
        let known =
            schema(resource) ?? catalog.definition(of: resource)?.schema
            ?? FieldTexts.schema(of: resource)
        var properties = known["properties"]?.object ?? JSONObject()
        properties["apiVersion"] = Self.text("The group and version of this kind.")
        properties["kind"] = Self.text("The kind of this object.")
        properties["metadata"] = [
            "description": "What every object has: its name, its labels, its owners.",
            "default": [:],
            "allOf": [["$ref": .string("#/components/schemas/\(Self.objectMetaName)")]],
        ]
        var json = known
        json["type"] = "object"
        json["properties"] = .object(properties)
        json["x-kubernetes-group-version-kind"] = [
            Discovery.kind(resource.group, resource.version, resource.kind)
        ]
        return json
    }

    private static func text(_ description: String) -> JSON {
        ["description": .string(description), "type": "string"]
    }
}
