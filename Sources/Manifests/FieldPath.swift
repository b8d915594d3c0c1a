import Analysis
import Documents
import KubernetesObjects

/// Fields of a rollout as analysis arguments name them (rollout-semantics §5.4).
package enum FieldPath {
    /// Whether `path` is one that the downward API resolves.
    static func isMetadata(_ path: String) -> Bool {
        switch path {
        case "metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels",
            "metadata.annotations":
            true
        default: isSubscripted(path)
        }
    }

    /// Whether `path` is like `metadata.labels['key']`.
    private static func isSubscripted(_ path: String) -> Bool {
        ["labels", "annotations"].contains { map in
            let prefix = "metadata.\(map)['"
            return path.hasPrefix(prefix) && path.hasSuffix("']") && path.count > prefix.count + 2
        }
    }

    /// The text of the field at `path`; nil where there is none, or where it is no single value.
    /// Labels and annotations follow the downward API: a missing one is empty, all of them are
    /// lines.
    package static func text(of path: String, in object: Object) -> String? {
        switch path {
        case "metadata.labels": lines(object.labels)
        case "metadata.annotations": lines(object.annotations)
        default: fieldText(path, of: object.json) ?? (isSubscripted(path) ? "" : nil)
        }
    }

    private static func lines(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\(JSON.string($0.value).text)" }
            .joined(separator: "\n")
    }
}
