import Documents
import KubernetesObjects

/// How much of each object is asked for.
package enum ObjectForm: Sendable {
    case whole
    /// The metadata alone (`PartialObjectMetadata`), for those who only want to know that something
    /// has changed. A server that does not know the form sends whole objects, and the rest is
    /// dropped here.
    case metadata

    var acceptsList: String {
        switch self {
        case .whole: "application/json"
        case .metadata: accepts("PartialObjectMetadataList")
        }
    }

    var acceptsObject: String {
        switch self {
        case .whole: "application/json"
        case .metadata: accepts("PartialObjectMetadata")
        }
    }

    /// What of `object` is kept.
    func kept(of object: Object) -> Object {
        switch self {
        case .whole: object
        case .metadata: Object(["metadata": object.json["metadata"] ?? .null])
        }
    }

    private func accepts(_ kind: String) -> String {
        "application/json;as=\(kind);g=meta.k8s.io;v=v1,application/json"
    }
}
