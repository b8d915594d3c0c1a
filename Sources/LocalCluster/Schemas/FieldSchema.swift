import Documents

/// What a schema says about one value, with references to parts of built-in kinds followed.
struct FieldSchema: Sendable {
    let json: JSON

    init(_ json: JSON) {
        if let part = json["$ref"]?.string {
            self.json = PartSchemas.all[part] ?? PartSchemas.open
        } else {
            self.json = json
        }
    }

    var type: String? { json["type"]?.string }
    var takesIntegerOrString: Bool { json["x-kubernetes-int-or-string"]?.bool == true }
    var keepsUnknown: Bool { json["x-kubernetes-preserve-unknown-fields"]?.bool == true }
    var items: FieldSchema? { json["items"].map(FieldSchema.init) }

    /// The schema of a member; nil for one that nobody knows.
    func member(_ key: String) -> FieldSchema? {
        if let property = json["properties"]?[key] { return FieldSchema(property) }
        if json["x-kubernetes-embedded-resource"]?.bool == true {
            if key == "metadata" { return FieldSchema(["$ref": "ObjectMeta"]) }
            if key == "apiVersion" || key == "kind" { return FieldSchema(["type": "string"]) }
        }
        switch json["additionalProperties"] {
        case .some(.object(let schema)): return FieldSchema(.object(schema))
        case .some(.bool(true)): return FieldSchema(PartSchemas.open)
        default: return nil
        }
    }

    /// `value` without the members that nobody knows; their paths go to `unknown`.
    ///
    /// - Parameter isPatch: members that tell how to merge stay.
    func pruned(
        _ value: JSON, at path: String = "", isPatch: Bool = false, into unknown: inout [String]
    ) -> JSON {
        switch value {
        case .object(let object):
            guard !takesIntegerOrString, type == "object" || type == nil else { return value }
            var members: [JSONObject.Member] = []
            for (key, member) in object.members {
                let place = path.isEmpty ? key : "\(path).\(key)"
                if let schema = self.member(key) {
                    members.append(
                        (key, schema.pruned(member, at: place, isPatch: isPatch, into: &unknown)))
                } else if keepsUnknown || isPatch && key.hasPrefix("$") {
                    members.append((key, member))
                } else {
                    unknown.append(place)
                }
            }
            return .object(JSONObject(members))
        case .array(let values):
            guard let items else { return value }
            return .array(
                values.enumerated().map { index, element in
                    items.pruned(
                        element, at: "\(path)[\(index)]", isPatch: isPatch, into: &unknown)
                })
        default: return value
        }
    }

    /// `value` with the defaults of members that are missing, or null where that is no value. A
    /// null without a default is as good as missing.
    func defaulted(_ value: JSON) -> JSON {
        switch value {
        case .object(var object):
            for (key, schema) in json["properties"]?.object?.members ?? [] {
                let isAbsent =
                    object[key].map { $0.isNull && schema["nullable"]?.bool != true } ?? true
                if isAbsent { object[key] = schema["default"] }
            }
            return .object(
                JSONObject(
                    object.members.map { key, value in
                        (key, self.member(key)?.defaulted(value) ?? value)
                    }))
        case .array(let values):
            guard let items else { return value }
            return .array(values.map(items.defaulted))
        default: return value
        }
    }
}
