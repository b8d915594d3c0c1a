import Documents
import KubernetesObjects

/// What a container wants to see of a volume of its pod, and where.
struct VolumeMount: Hashable, Sendable {
    let volume: String
    let place: String
    /// A file or directory of the volume; "" for all of it.
    let subPath: String
    let isReadOnly: Bool

    static func all(of container: JSON) throws(PodFault) -> [VolumeMount] {
        var mounts: [VolumeMount] = []
        for json in container["volumeMounts"]?.array ?? [] { mounts.append(try VolumeMount(json)) }
        return mounts
    }

    private init(_ json: JSON) throws(PodFault) {
        volume = json["name"]?.string ?? ""
        place = json["mountPath"]?.string ?? ""
        subPath = json["subPath"]?.string ?? ""
        isReadOnly = json["readOnly"]?.bool ?? false
        let names = place.split(separator: "/")
        guard place.hasPrefix("/"), !names.isEmpty, !names.contains("..") else {
            throw PodFault("mountPath \"\(place)\" is no absolute path below /")
        }
        guard subPath.isEmpty || VolumeFile.isPath(subPath) else {
            throw PodFault("subPath \"\(subPath)\" leaves its volume")
        }
        guard json["subPathExpr"]?.string?.isEmpty ?? true else {
            throw PodFault("subPathExpr is not expanded in the box; use subPath")
        }
    }
}
