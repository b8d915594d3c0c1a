import Documents
import KubernetesObjects

// CustomResourceDefinitions: objects that register kinds.
extension ObjectStore {
    /// Registers the kind that a definition defines; one that defines none is left alone.
    mutating func define(_ definition: Object) {
        guard let spec = definition.spec, let group = spec["group"]?.string,
            let names = spec["names"], let kind = names["kind"]?.string,
            let plural = names["plural"]?.string, definition.name == "\(plural).\(group)",
            let version = (spec["versions"]?.array ?? []).first(where: {
                $0["storage"]?.bool == true
            }),
            let name = version["name"]?.string
        else { return }
        let subresources = version["subresources"]
        let scale = subresources?["scale"]
        let resource = Resource(
            group: group, version: name, kind: kind, plural: plural,
            singular: names["singular"]?.string,
            shortNames: names["shortNames"]?.array?.compactMap(\.string) ?? [],
            isNamespaced: spec["scope"]?.string != "Cluster",
            hasStatus: subresources?["status"] != nil, hasScale: scale != nil)
        register(resource, scale: scale.map(ScalePaths.init(definition:)))
    }

    /// A new definition, registered and with the status in which clients see that it is served.
    mutating func define(_ definition: Object, at now: Timestamp) -> Object {
        define(definition)
        var object = definition
        let names = definition.spec?["names"] ?? [:]
        let versions = (definition.spec?["versions"]?.array ?? []).filter {
            $0["storage"]?.bool == true
        }
        func condition(_ type: String, _ reason: String, _ message: String) -> JSON {
            [
                "type": .string(type), "status": "True", "reason": .string(reason),
                "message": .string(message), "lastTransitionTime": .string(now.rfc3339),
            ]
        }
        object["status"] = [
            "acceptedNames": names,
            "conditions": [
                condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                condition(
                    "Established", "InitialNamesAccepted", "the initial names have been accepted"),
            ],
            "storedVersions": .array(versions.compactMap { $0["name"] }),
        ]
        return object
    }
}

extension ScalePaths {
    /// The paths of a definition's `subresources.scale`, written as `.spec.replicas`.
    fileprivate init(definition: JSON) {
        func path(_ key: String) -> [String]? {
            definition[key]?.string.map { $0.split(separator: ".").map(String.init) }
        }
        self.init(
            specReplicas: path("specReplicasPath") ?? ["spec", "replicas"],
            statusReplicas: path("statusReplicasPath") ?? ["status", "replicas"],
            selector: path("labelSelectorPath"))
    }
}
