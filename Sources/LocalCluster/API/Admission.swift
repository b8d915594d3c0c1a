import Documents
import KubernetesObjects
import ObjectStore

/// What an API server makes of an object before it stores it: fields that nobody knows are dropped,
/// those with a default get it, those that are only ever written are rewritten, and what does not
/// fit its schema is refused.
struct Admission: Sendable {
    let catalog: Catalog

    /// The object as it is stored.
    ///
    /// - Throws: `Invalid` with every cause; `BadRequest` where a built-in kind has a value of
    ///   another type, which other servers cannot even read.
    func admit(
        _ new: Object, _ old: Object?, _ reference: Reference
    ) throws(StoreError) -> Object {
        let resource = reference.resource
        if let refusal = AbsentKinds.refusal(of: resource) { throw .forbidden(reference, refusal) }
        guard let schema = catalog.schema(of: resource).map(FieldSchema.init) else {
            return Self.defaulted(new, resource)
        }
        var object = new
        if resource == .secrets { object.json = Self.encodingStrings(object.json) }
        if !resource.isCustom { object.json = object.json.withoutNulls }
        var unknown: [String] = []
        object.json = schema.defaulted(schema.pruned(object.json, into: &unknown))
        var causes = schema.causes(in: object.json, before: old?.json)
        if resource == .customResourceDefinitions { causes += DefinitionRules.causes(in: object) }
        guard causes.isEmpty else { throw Self.refusal(causes, reference) }
        if old == nil && resource == .jobs { Self.select(&object) }
        return Self.defaulted(object, resource)
    }

    private static func refusal(
        _ causes: [StoreError.Cause], _ reference: Reference
    ) -> StoreError {
        let resource = reference.resource
        let types = causes.filter { $0.reason == "FieldValueTypeInvalid" }
        guard !resource.isCustom && !types.isEmpty else { return .invalid(reference, causes) }
        let list = types.map(\.message).joined(separator: ", ")
        return .badRequest(
            "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a "
                + "\(resource.kind): \(list)")
    }

    /// A Job finds its pods by its own uid, unless it says otherwise.
    private static func select(_ job: inout Object) {
        guard job["spec", "manualSelector"]?.bool != true, job["spec", "selector"] == nil else {
            return
        }
        let labels: [JSONObject.Member] = [
            ("batch.kubernetes.io/controller-uid", .string(job.uid)),
            ("batch.kubernetes.io/job-name", .string(job.name)),
            ("controller-uid", .string(job.uid)), ("job-name", .string(job.name)),
        ]
        for (key, value) in labels {
            job.json.set(value, at: ["spec", "template", "metadata", "labels", key])
        }
        job["spec", "selector"] = ["matchLabels": .object(JSONObject([labels[0]]))]
    }

    private static func defaulted(_ object: Object, _ resource: Resource) -> Object {
        var object = object
        switch resource {
        case .secrets:
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
    static func encoded(_ patch: Patch, _ resource: Resource) -> Patch {
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

extension JSON {
    /// This value without members that are null, which to a built-in kind are no members, and
    /// without the empty `resources` that clients in Go write where there are none: templates that
    /// mean the same must be the same.
    fileprivate var withoutNulls: JSON {
        switch self {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.filter {
                        !$0.value.isNull && !($0.key == "resources" && $0.value.isEmptyObject)
                    }.map { ($0.key, $0.value.withoutNulls) }))
        case .array(let values): .array(values.map(\.withoutNulls))
        default: self
        }
    }

    private var isEmptyObject: Bool { object?.isEmpty == true }
}

extension Object {
    fileprivate mutating func setDefault(_ value: JSON, at path: String...) {
        let current = path.reduce(Optional(json)) { $0?[$1] }
        if current == nil || current?.isNull == true { json.set(value, at: path[...]) }
    }
}
