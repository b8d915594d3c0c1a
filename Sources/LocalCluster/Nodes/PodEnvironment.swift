import Documents
import FoundationEssentials
import KubernetesObjects

/// Why a container cannot be started as its pod describes it. Shown as the reason that it waits.
package struct PodFault: Error, Hashable, Sendable {
    package let reason: String
    package let message: String

    init(_ message: String, reason: String = "CreateContainerConfigError") {
        self.reason = reason
        self.message = message
    }
}

/// The objects that a pod's environment may refer to.
package struct PodSurroundings: Sendable {
    package var configMaps: [Object]
    package var secrets: [Object]
    package var services: [Object]
    /// A directory of programs that pods find before all others; nil for none.
    package var programs: String?

    package init(
        configMaps: [Object] = [], secrets: [Object] = [], services: [Object] = [],
        programs: String? = nil
    ) {
        self.programs = programs
        self.configMaps = configMaps
        self.secrets = secrets
        self.services = services
    }

    private func entry(_ objects: [Object], _ namespace: String, _ name: String) -> Object? {
        objects.first { $0.name == name && $0.namespace == namespace }
    }

    /// The keys and values of a ConfigMap; nil where there is none.
    func configMap(_ name: String, in namespace: String) -> [String: String]? {
        entry(configMaps, namespace, name).map { $0["data"]?.strings ?? [:] }
    }

    /// The keys and decoded values of a Secret; nil where there is none.
    func secret(_ name: String, in namespace: String) -> [String: String]? {
        secretBytes(name, in: namespace)?.mapValues { String(decoding: $0, as: UTF8.self) }
    }

    /// The files of a ConfigMap; nil where there is none.
    func configMapBytes(_ name: String, in namespace: String) -> [String: [UInt8]]? {
        guard let map = entry(configMaps, namespace, name) else { return nil }
        return decoded(map["binaryData"]).merging(
            (map["data"]?.strings ?? [:]).mapValues { Array($0.utf8) }
        ) { _, plain in plain }
    }

    /// The files of a Secret; nil where there is none.
    func secretBytes(_ name: String, in namespace: String) -> [String: [UInt8]]? {
        guard let secret = entry(secrets, namespace, name) else { return nil }
        return decoded(secret["data"]).merging(
            (secret["stringData"]?.strings ?? [:]).mapValues { Array($0.utf8) }
        ) { _, plain in plain }
    }

    private func decoded(_ data: JSON?) -> [String: [UInt8]] {
        (data?.strings ?? [:]).compactMapValues { text in
            Data(base64Encoded: text).map { Array($0) }
        }
    }
}

/// The environment of a container: what the pod says, after five variables that an image and a
/// kubelet would give: `PATH`, `HOME` and `HOSTNAME`, `SLUICE_IMAGE` (the container's `image`,
/// which is nothing but a label of the version here: no image is ever pulled), and the address and
/// port of each Service of the namespace.
struct PodEnvironment {
    private(set) var variables: [(name: String, value: String)] = []

    static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    init(
        of container: JSON, in pod: Object, address: String, home: String,
        surroundings: PodSurroundings
    ) throws(PodFault) {
        if pod["spec", "enableServiceLinks"]?.bool ?? true {
            for (name, value) in serviceLinks(surroundings.services, namespace: pod.namespace) {
                set(name, value)
            }
        }
        set("PATH", (surroundings.programs.map { $0 + ":" } ?? "") + Self.searchPath)
        set("HOME", home)
        set("HOSTNAME", pod.name)
        set("SLUICE_IMAGE", container["image"]?.string ?? "")
        for source in container["envFrom"]?.array ?? [] {
            try addAll(from: source, namespace: pod.namespace, surroundings)
        }
        for entry in container["env"]?.array ?? [] {
            guard let name = entry["name"]?.string, !name.isEmpty else {
                throw PodFault("an entry of env has no name")
            }
            if let value = try value(of: entry, pod: pod, address: address, surroundings) {
                set(name, value)
            }
        }
    }

    private mutating func set(_ name: String, _ value: String) {
        if let index = variables.firstIndex(where: { $0.name == name }) {
            variables[index].value = value
        } else {
            variables.append((name, value))
        }
    }

    private mutating func addAll(
        from source: JSON, namespace: String, _ surroundings: PodSurroundings
    ) throws(PodFault) {
        let prefix = source["prefix"]?.string ?? ""
        let values: [String: String]
        if let reference = source["configMapRef"] {
            values = try found(
                surroundings.configMap(reference["name"]?.string ?? "", in: namespace), "configmap",
                reference)
        } else if let reference = source["secretRef"] {
            values = try found(
                surroundings.secret(reference["name"]?.string ?? "", in: namespace), "secret",
                reference)
        } else {
            throw PodFault("an entry of envFrom has neither configMapRef nor secretRef")
        }
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { set(prefix + key, value) }
    }

    private func found(
        _ values: [String: String]?, _ kind: String, _ reference: JSON
    ) throws(PodFault) -> [String: String] {
        if let values { return values }
        if reference["optional"]?.bool ?? false { return [:] }
        throw PodFault("\(kind) \"\(reference["name"]?.string ?? "")\" not found")
    }

    private func value(
        of entry: JSON, pod: Object, address: String, _ surroundings: PodSurroundings
    ) throws(PodFault) -> String? {
        guard let source = entry["valueFrom"], !source.isNull else {
            return expanded(entry["value"]?.string ?? "", with: variables)
        }
        if let reference = source["configMapKeyRef"] {
            let values = surroundings.configMap(reference["name"]?.string ?? "", in: pod.namespace)
            return try keyed(try found(values, "configmap", reference), reference)
        }
        if let reference = source["secretKeyRef"] {
            let values = surroundings.secret(reference["name"]?.string ?? "", in: pod.namespace)
            return try keyed(try found(values, "secret", reference), reference)
        }
        if let path = source["fieldRef"]?["fieldPath"]?.string {
            return try podField(path, of: pod, address: address)
        }
        throw PodFault(
            "env \"\(entry["name"]?.string ?? "")\" takes its value from something unknown here;"
                + " use value, configMapKeyRef, secretKeyRef or fieldRef")
    }

    private func keyed(_ values: [String: String], _ reference: JSON) throws(PodFault) -> String? {
        let key = reference["key"]?.string ?? ""
        if let value = values[key] { return value }
        if reference["optional"]?.bool ?? false { return nil }
        throw PodFault("couldn't find key \(key) in \"\(reference["name"]?.string ?? "")\"")
    }
}

/// What a pod says of itself at a path.
func podField(_ path: String, of pod: Object, address: String) throws(PodFault) -> String {
    for (prefix, values) in [
        ("metadata.labels['", pod.labels), ("metadata.annotations['", pod.annotations),
    ]
    where path.hasPrefix(prefix) && path.hasSuffix("']") {
        return values[String(path.dropFirst(prefix.count).dropLast(2))] ?? ""
    }
    func lines(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\(JSON.string($0.value).text)\n" }
            .joined()
    }
    switch path {
    case "metadata.labels": return lines(pod.labels)
    case "metadata.annotations": return lines(pod.annotations)
    case "metadata.name": return pod.name
    case "metadata.namespace": return pod.namespace
    case "metadata.uid": return pod.uid
    case "spec.nodeName": return pod["spec", "nodeName"]?.string ?? ""
    case "spec.serviceAccountName": return pod["spec", "serviceAccountName"]?.string ?? "default"
    case "status.podIP", "status.podIPs": return address
    case "status.hostIP": return "127.0.0.1"
    default: throw PodFault("fieldRef \"\(path)\" is not a field that the box can give")
    }
}

/// `NAME_SERVICE_HOST` and `NAME_SERVICE_PORT` of every Service that has an address, as a kubelet
/// gives them.
private func serviceLinks(_ services: [Object], namespace: String) -> [(String, String)] {
    services.filter { $0.namespace == namespace }.sorted { $0.name < $1.name }.flatMap { service in
        let address = service["spec", "clusterIP"]?.string ?? ""
        guard !address.isEmpty, address != "None",
            let port = service["spec", "ports"]?[0]?["port"]?.int
        else { return [(String, String)]() }
        let name = String(service.name.uppercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
        return [("\(name)_SERVICE_HOST", address), ("\(name)_SERVICE_PORT", String(port))]
    }
}

/// Replaces `$(NAME)` by the value of a variable; a name that nobody knows stays as it is, and `$$`
/// writes a dollar.
func expanded(_ text: String, with variables: [(name: String, value: String)]) -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
        result += rest[..<dollar]
        rest = rest[rest.index(after: dollar)...]
        if rest.first == "$" {
            result += "$"
            rest = rest.dropFirst()
        } else if rest.first == "(", let end = rest.firstIndex(of: ")") {
            let name = String(rest[rest.index(after: rest.startIndex)..<end])
            result += variables.last { $0.name == name }?.value ?? "$(\(name))"
            rest = rest[rest.index(after: end)...]
        } else {
            result += "$"
        }
    }
    return result + rest
}
