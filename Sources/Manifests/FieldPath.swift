import Documents
import KubernetesObjects

/// Fields of a rollout as analysis arguments name them (rollout-semantics §5.4).
enum FieldPath {
    /// Whether `path` is one that the downward API resolves.
    static func isMetadata(_ path: String) -> Bool {
        switch path {
        case "metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels",
            "metadata.annotations":
            true
        default: subscripted(path) != nil
        }
    }

    /// The map and the key of `metadata.labels['key']`.
    private static func subscripted(_ path: String) -> (map: String, key: String)? {
        for map in ["labels", "annotations"] {
            let prefix = "metadata.\(map)['"
            if path.hasPrefix(prefix), path.hasSuffix("']"), path.count > prefix.count + 2 {
                return (map, String(path.dropFirst(prefix.count).dropLast(2)))
            }
        }
        return nil
    }

    /// The text of the field at `path`; nil where there is none, or where it is no text, number or
    /// truth value.
    static func text(of path: String, in object: Object) -> String? {
        if let (map, key) = subscripted(path) {
            return object.metadata[map]?[key]?.string ?? ""
        }
        switch path {
        case "metadata.labels", "metadata.annotations":
            let map = object.metadata[String(path.dropFirst("metadata.".count))]?.strings ?? [:]
            return map.sorted { $0.key < $1.key }.map { "\($0.key)=\(JSON.string($0.value).text)" }
                .joined(separator: "\n")
        default: return primitive(value(at: path, in: object.json))
        }
    }

    private static func primitive(_ value: JSON?) -> String? {
        switch value {
        case .string(let text)?: text
        case .int?, .number?, .bool?: value?.text
        default: nil
        }
    }

    /// Follows `a.b[0].c`, also `{.a.b}` and `$.a.b`.
    private static func value(at path: String, in json: JSON) -> JSON? {
        var text = path[...]
        if text.hasPrefix("{"), text.hasSuffix("}") { text = text.dropFirst().dropLast() }
        if text.hasPrefix("$") { text = text.dropFirst() }
        var value: JSON? = json
        for part in text.split(separator: ".") {
            let pieces = part.split(separator: "[")
            if let name = pieces.first, !part.hasPrefix("[") { value = value?[String(name)] }
            for piece in part.hasPrefix("[") ? pieces[...] : pieces.dropFirst() {
                let inner = piece.hasSuffix("]") ? piece.dropLast() : piece
                if let index = Int(inner) {
                    value = value?[index]
                } else {
                    value = value?[inner.filter { $0 != "'" && $0 != "\"" }]
                }
            }
        }
        return value
    }
}
