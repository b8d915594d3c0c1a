import Documents
import KubernetesObjects

/// The description of the API that `kubectl` reads before it writes (which parameters a kind takes)
/// and for `kubectl explain` (what its fields mean).
struct OpenAPI: Sendable {
    let catalog: Catalog

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
        for resource in resources {
            for (path, item) in self.paths(of: resource) { paths[path] = item }
        }
        let schemas = catalog.schemas(of: resources).map { member -> JSONObject.Member in
            (member.key, Self.referring(member.value))
        }
        return [
            "openapi": "3.0.0", "info": Self.about, "paths": .object(paths),
            "components": ["schemas": .object(JSONObject(schemas))],
        ]
    }

    static let about: JSON = ["title": "Sluice", "version": "v1.34.0"]

    /// The schema with references as this form of the description writes them: beside a reference
    /// nothing else may stand.
    private static func referring(_ schema: JSON) -> JSON {
        switch schema {
        case .array(let values): return .array(values.map(referring))
        case .object(let object):
            var members = object.members.map { member -> JSONObject.Member in
                (member.key, referring(member.value))
            }
            if let index = members.firstIndex(where: { $0.key == "$ref" }),
                let part = members[index].value.string
            {
                let name = Catalog.partName(part)
                let reference: JSON = ["$ref": .string("#/components/schemas/\(name)")]
                guard members.count > 1 else { return reference }
                members[index] = ("allOf", [reference])
                members.append(("default", [:]))
            }
            return .object(JSONObject(members))
        default: return schema
        }
    }

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
            // then compute them from these schemas in place of the types it has itself.
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
}
