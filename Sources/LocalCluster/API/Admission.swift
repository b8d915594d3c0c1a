import Documents
import KubernetesObjects

/// What an API server changes in an object before it stores it: fields that have a default, and
/// fields that are only ever written.
enum Admission {
    static func admitted(_ object: Object, _ resource: Resource) -> Object {
        var object = object
        switch resource {
        case .secrets:
            object.json = encodingStrings(object.json)
            object.setDefault("Opaque", at: "type")
        case .deployments:
            object.setDefault(1, at: "spec", "replicas")
            object.setDefault("RollingUpdate", at: "spec", "strategy", "type")
            if object["spec", "strategy", "type"]?.string == "RollingUpdate" {
                object.setDefault("25%", at: "spec", "strategy", "rollingUpdate", "maxUnavailable")
                object.setDefault("25%", at: "spec", "strategy", "rollingUpdate", "maxSurge")
            }
            object.setDefault(10, at: "spec", "revisionHistoryLimit")
            object.setDefault(600, at: "spec", "progressDeadlineSeconds")
        case .replicaSets:
            object.setDefault(1, at: "spec", "replicas")
        case .jobs:
            object.setDefault(6, at: "spec", "backoffLimit")
            if object["spec", "completions"] == nil && object["spec", "parallelism"] == nil {
                object.setDefault(1, at: "spec", "completions")
            }
            object.setDefault(1, at: "spec", "parallelism")
        case .services:
            object.setDefault("ClusterIP", at: "spec", "type")
            object.setDefault("None", at: "spec", "sessionAffinity")
            object["spec", "ports"] = object["spec", "ports"]?.array.map { .array($0.map(port)) }
        case .pods:
            object.setDefault("Always", at: "spec", "restartPolicy")
            object.setDefault(30, at: "spec", "terminationGracePeriodSeconds")
        default:
            break
        }
        return object
    }

    /// A patch of a Secret with its plain strings encoded; other patches as they are.
    static func admitted(_ patch: Patch, _ resource: Resource) -> Patch {
        guard resource == .secrets else { return patch }
        switch patch {
        case .merge(let body): return .merge(encodingStrings(body))
        case .strategic(let body): return .strategic(encodingStrings(body))
        case .apply(let body, let manager, let force):
            return .apply(encodingStrings(body), manager: manager, force: force)
        case .json: return patch
        }
    }

    private static func port(_ port: JSON) -> JSON {
        var port = port
        if port["protocol"] == nil { port["protocol"] = "TCP" }
        if port["targetPort"] == nil || port["targetPort"] == 0 {
            port["targetPort"] = port["port"]
        }
        return port
    }

    /// `stringData` moved to `data`.
    private static func encodingStrings(_ secret: JSON) -> JSON {
        guard let strings = secret["stringData"]?.object else { return secret }
        var secret = secret
        for (key, value) in strings.members {
            let encoded = value.string.map { JSON.string(base64(Array($0.utf8))) } ?? value
            secret.set(encoded, at: ["data", key])
        }
        secret["stringData"] = nil
        return secret
    }

    /// RFC 4648, section 4.
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) }
            bits <<= 8 * (3 - group.count)
            for position in 0..<4 {
                text.append(
                    position <= group.count
                        ? alphabet[bits >> (18 - 6 * position) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Object {
    fileprivate mutating func setDefault(_ value: JSON, at path: String...) {
        let current = path.reduce(Optional(json)) { $0?[$1] }
        if current == nil || current?.isNull == true { json.set(value, at: path[...]) }
    }
}
