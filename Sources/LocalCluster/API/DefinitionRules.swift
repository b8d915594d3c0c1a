import Documents
import KubernetesObjects
import ObjectStore

/// What a CustomResourceDefinition must say so that its kind can be served.
enum DefinitionRules {
    static func causes(in definition: Object) -> [StoreError.Cause] {
        let spec = definition.spec ?? [:]
        var causes: [StoreError.Cause] = []
        func refuse(_ field: String, _ message: String) {
            causes.append(StoreError.Cause(field: "spec.\(field)", message: message))
        }
        func text(_ path: String...) -> String {
            path.reduce(Optional(spec)) { $0?[$1] }?.string ?? ""
        }
        for path in [["group"], ["names", "plural"], ["names", "kind"], ["scope"]]
        where path.reduce(Optional(spec), { $0?[$1] })?.string?.isEmpty ?? true {
            refuse(path.joined(separator: "."), "Required value")
        }
        let name = "\(text("names", "plural")).\(text("group"))"
        if causes.isEmpty && definition.name != name {
            causes.append(
                StoreError.Cause(
                    field: "metadata.name",
                    message: "Invalid value: \"\(definition.name)\": must be \"\(name)\", "
                        + "spec.names.plural and spec.group"))
        }
        if !["", "Namespaced", "Cluster"].contains(text("scope")) {
            refuse(
                "scope",
                "Unsupported value: \"\(text("scope"))\": supported values: \"Cluster\", "
                    + "\"Namespaced\"")
        }
        if text("conversion", "strategy") == "Webhook" {
            refuse(
                "conversion.strategy",
                "Unsupported value: \"Webhook\": the box calls no webhooks; use \"None\"")
        }
        return causes + versionCauses(spec["versions"]?.array ?? [])
    }

    private static func versionCauses(_ versions: [JSON]) -> [StoreError.Cause] {
        var causes: [StoreError.Cause] = []
        if versions.count(where: { $0["storage"]?.bool == true }) != 1 {
            causes.append(
                StoreError.Cause(
                    field: "spec.versions",
                    message: "Invalid value: must have exactly one version with storage: true"))
        }
        for (index, version) in versions.enumerated() {
            if version["name"]?.string?.isEmpty ?? true {
                causes.append(required("spec.versions[\(index)].name"))
            }
            if version["schema"]?["openAPIV3Schema"]?.object == nil {
                causes.append(required("spec.versions[\(index)].schema.openAPIV3Schema"))
            }
        }
        return causes
    }

    private static func required(_ field: String) -> StoreError.Cause {
        StoreError.Cause(field: field, reason: "FieldValueRequired", message: "Required value")
    }
}
