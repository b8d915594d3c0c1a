import Documents
import Glibc
import KubernetesObjects

/// A file of a volume.
struct VolumeFile: Hashable, Sendable {
    /// Within the volume.
    let path: String
    let bytes: [UInt8]
    let mode: mode_t

    /// Whether a path stays within its volume.
    static func isPath(_ path: String) -> Bool {
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        return names.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    }
}

/// What a volume of a pod holds.
enum VolumeContent: Hashable, Sendable {
    /// Whatever the pod puts there; it lives as long as the pod.
    case empty
    case files([VolumeFile])
    /// A file or a directory of the machine.
    case host(String)
}

/// What the volumes of a pod may speak of.
struct VolumeSources {
    let pod: Object
    let address: String
    let surroundings: PodSurroundings

    private static let standardMode: mode_t = 0o644

    /// The volumes of the pod, by name.
    func volumes() throws(PodFault) -> [String: VolumeContent] {
        var volumes: [String: VolumeContent] = [:]
        for json in pod["spec", "volumes"]?.array ?? [] {
            volumes[json["name"]?.string ?? ""] = try content(json)
        }
        return volumes
    }

    private func content(_ volume: JSON) throws(PodFault) -> VolumeContent {
        if volume["emptyDir"] != nil { return .empty }
        if let path = volume["hostPath"]?["path"]?.string { return .host(path) }
        if let files = try files(volume, mode: Self.standardMode) { return .files(files) }
        if let projected = volume["projected"] {
            let mode = try mode(projected["defaultMode"]) ?? Self.standardMode
            var all: [VolumeFile] = []
            for source in projected["sources"]?.array ?? [] {
                guard let files = try files(source, mode: mode) else {
                    throw refused(source, "a source of a projected volume")
                }
                all += files
            }
            return .files(all)
        }
        throw refused(volume, "volume \"\(volume["name"]?.string ?? "")\"")
    }

    private func mode(_ json: JSON?) throws(PodFault) -> mode_t? {
        guard let json, !json.isNull else { return nil }
        guard let mode = json.int, (0...0o777).contains(mode) else {
            throw PodFault("the mode \(json.text) of a volume's files is not one from 0 to 0777")
        }
        return mode_t(mode)
    }

    private func refused(_ json: JSON, _ what: String) -> PodFault {
        let kind = json.object?.keys.first { $0 != "name" } ?? "of no kind"
        return PodFault(
            "\(what) is \(kind), which the box does not have; use configMap, secret, downwardAPI, "
                + "emptyDir or hostPath")
    }

    /// Nil where this is none of the kinds that are made of files.
    private func files(_ source: JSON, mode: mode_t) throws(PodFault) -> [VolumeFile]? {
        if let map = source["configMap"] {
            let name = map["name"]?.string ?? ""
            let values = surroundings.configMapBytes(name, in: pod.namespace)
            return try chosen(values, of: "configmap \"\(name)\"", map, mode)
        }
        if let secret = source["secret"] {
            let name = secret["secretName"]?.string ?? secret["name"]?.string ?? ""
            let values = surroundings.secretBytes(name, in: pod.namespace)
            return try chosen(values, of: "secret \"\(name)\"", secret, mode)
        }
        if let fields = source["downwardAPI"] { return try described(fields, mode) }
        return nil
    }

    private func chosen(
        _ values: [String: [UInt8]]?, of subject: String, _ source: JSON, _ mode: mode_t
    ) throws(PodFault) -> [VolumeFile] {
        let isOptional = source["optional"]?.bool ?? false
        guard let values else {
            if isOptional { return [] }
            throw PodFault("\(subject) not found")
        }
        let mode = try self.mode(source["defaultMode"]) ?? mode
        var files: [VolumeFile] = []
        guard let items = source["items"]?.array else {
            for (key, bytes) in values.sorted(by: { $0.key < $1.key }) {
                files.append(try file(["path": .string(key)], bytes, mode))
            }
            return files
        }
        for item in items {
            let key = item["key"]?.string ?? ""
            guard let bytes = values[key] else {
                if isOptional { continue }
                throw PodFault("couldn't find key \(key) in \(subject)")
            }
            files.append(try file(item, bytes, mode))
        }
        return files
    }

    private func described(_ source: JSON, _ mode: mode_t) throws(PodFault) -> [VolumeFile] {
        let mode = try self.mode(source["defaultMode"]) ?? mode
        var files: [VolumeFile] = []
        for item in source["items"]?.array ?? [] {
            guard let path = item["fieldRef"]?["fieldPath"]?.string else {
                throw PodFault("resourceFieldRef is not given in the box, which limits nothing")
            }
            let text = try podField(path, of: pod, address: address)
            files.append(try file(item, Array(text.utf8), mode))
        }
        return files
    }

    private func file(
        _ item: JSON, _ bytes: [UInt8], _ mode: mode_t
    ) throws(PodFault) -> VolumeFile {
        let path = item["path"]?.string ?? ""
        guard VolumeFile.isPath(path) else {
            throw PodFault("the path \"\(path)\" of a volume's item leaves its volume")
        }
        return VolumeFile(path: path, bytes: bytes, mode: try self.mode(item["mode"]) ?? mode)
    }
}
