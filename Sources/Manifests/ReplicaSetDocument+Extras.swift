import Documents
import KubernetesObjects
import Rollouts

/// What a ReplicaSet's template has besides the rollout's, for as long as it plays a part
/// (rollout-semantics §3.7, §4.14).
extension ReplicaSetDocument {
    static func extras(of object: Object) -> PodExtras {
        PodExtras(
            metadata: metadata(Keys.ephemeralMetadata, of: object).text,
            separation: AntiAffinity(
                of: object.spec?["template"] ?? .null, namespace: object.namespace
            ).separation)
    }

    private static func metadata(_ key: String, of object: Object) -> PodMetadata {
        PodMetadata(text: object.annotations[key])
    }

    /// The merge patch that gives the template this metadata and takes what it had. It says which
    /// values of the rollout's template are covered meanwhile, and, where pods may run with what it
    /// had, what that was.
    package static func metadataPatch(of object: Object, to text: String) -> JSON {
        let wanted = PodMetadata(text: text), covered = metadata(Keys.coveredMetadata, of: object)
        let former = metadata(Keys.ephemeralMetadata, of: object)
        var changes = JSON.object(JSONObject())
        var hidden: [String: [String: String]] = [:]
        for map in PodMetadata.names {
            let present = object.spec?["template"]?["metadata"]?[map]?.strings ?? [:]
            var changed = JSON.object(JSONObject())
            for key in Set(former[map].keys).union(wanted[map].keys).sorted() {
                let own = former[map][key] == nil ? present[key] : covered[map][key]
                let value = wanted[map][key] ?? own
                if wanted[map][key] != nil { hidden[map, default: [:]][key] = own }
                if value != present[key] { changed[key] = value.map(JSON.string) ?? .null }
            }
            if changed.object?.isEmpty == false { changes[map] = changed }
        }
        var annotations: JSON = [
            Keys.ephemeralMetadata: orNull(wanted.text),
            Keys.coveredMetadata: orNull(PodMetadata(hidden).text),
        ]
        let pods = max(object.spec?["replicas"]?.int ?? 0, object.status?["replicas"]?.int ?? 0)
        if pods > 0 {
            let gone = metadata(Keys.formerMetadata, of: object).union(former)
            annotations[Keys.formerMetadata] = .string(gone.maps.isEmpty ? "{}" : gone.text)
        }
        return [
            "metadata": ["annotations": annotations], "spec": ["template": ["metadata": changes]],
        ]
    }

    /// The merge patch that gives a running pod of the ReplicaSet what new ones have; nil where it
    /// has that.
    package static func podPatch(_ pod: Object, of object: Object) -> JSON? {
        let keys = metadata(Keys.formerMetadata, of: object)
            .union(metadata(Keys.ephemeralMetadata, of: object))
        var changes = JSON.object(JSONObject())
        for map in PodMetadata.names {
            let wanted = object.spec?["template"]?["metadata"]?[map]?.strings ?? [:]
            let present = pod.metadata[map]?.strings ?? [:]
            for key in keys[map].keys.sorted() where wanted[key] != present[key] {
                var changed = changes[map] ?? .object(JSONObject())
                changed[key] = wanted[key].map(JSON.string) ?? .null
                changes[map] = changed
            }
        }
        return changes.object?.isEmpty == true ? nil : ["metadata": changes]
    }

    /// Says that all pods have it.
    package static var podsFollowed: JSON {
        ["metadata": ["annotations": [Keys.formerMetadata: .null]]]
    }

    /// The merge patch that keeps new pods away from the nodes of another revision, or no more.
    package static func separationPatch(of object: Object, to separation: Separation?) -> JSON {
        let template = object.spec?["template"] ?? .null
        let patch = AntiAffinity(of: template, namespace: object.namespace).patch(to: separation)
        return ["spec": ["template": ["spec": patch]]]
    }

    /// A new ReplicaSet with what belongs to its part.
    static func dressed(_ object: Object, in extras: PodExtras) -> Object {
        var object = object
        for patch in [
            extras.metadata.isEmpty ? nil : metadataPatch(of: object, to: extras.metadata),
            extras.separation.map { separationPatch(of: object, to: $0) },
        ] {
            if let patch { object = Object(object.json.merged(with: patch)) }
        }
        return object
    }

    /// The template without any of it.
    static func undressed(_ object: Object) -> JSON {
        var template = object.spec?["template"] ?? .object(JSONObject())
        let covered = metadata(Keys.coveredMetadata, of: object)
        let passing = metadata(Keys.ephemeralMetadata, of: object)
        for map in PodMetadata.names where !passing[map].isEmpty {
            var values = template["metadata"]?[map] ?? .object(JSONObject())
            for key in passing[map].keys { values[key] = covered[map][key].map(JSON.string) }
            template["metadata"]?[map] = values.object?.isEmpty == true ? .none : .some(values)
        }
        let affinity = AntiAffinity(of: template, namespace: object.namespace)
        if affinity.separation != nil { template["spec"]?["affinity"] = affinity.with(nil) }
        return template
    }

    private static func orNull(_ text: String) -> JSON { text.isEmpty ? .null : .string(text) }
}
