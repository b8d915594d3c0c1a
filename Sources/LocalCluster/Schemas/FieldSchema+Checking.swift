import Documents
import ObjectStore

// What is wrong with a value by its schema, in the words of an API server.
extension FieldSchema {
    /// Every problem of `value`. What is as it was before is not looked at again: a definition that
    /// became stricter must not keep others from writing.
    func causes(in value: JSON, at path: String = "", before: JSON? = nil) -> [StoreError.Cause] {
        if let before, before == value { return [] }
        if value.isNull && json["nullable"]?.bool == true { return [] }
        if let problem = typeProblem(value, path) { return [problem] }
        var causes = combined(value, path) + changed(value, path, before)
        if let allowed = json["enum"]?.array, !allowed.contains(value) {
            let list = allowed.map { "\"\($0.string ?? $0.text)\"" }.joined(separator: ", ")
            causes.append(
                StoreError.Cause(
                    field: path, reason: "FieldValueNotSupported",
                    message: "Unsupported value: \"\(value.string ?? value.text)\": "
                        + "supported values: \(list)"))
        }
        switch value {
        case .object(let object): causes += members(of: object, path, before)
        case .array(let values): causes += elements(values, path)
        case .string(let text): causes += self.text(text, path)
        case .int, .number: causes += number(value, path)
        case .null, .bool: break
        }
        return causes
    }

    private func typeProblem(_ value: JSON, _ path: String) -> StoreError.Cause? {
        let fits =
            switch (type, value) {
            case (nil, .object), (nil, .array), (nil, .bool): !takesIntegerOrString
            case (nil, _), ("object", .object), ("array", .array), ("string", .string),
                ("boolean", .bool), ("integer", .int), ("number", .int), ("number", .number):
                true
            case ("integer", .number(let text)):
                Double(text).map { $0.rounded() == $0 } ?? false
            default: false
            }
        guard !fits else { return nil }
        let wanted = takesIntegerOrString ? "integer or string" : type ?? ""
        return StoreError.Cause(
            field: path, reason: "FieldValueTypeInvalid",
            message: "Invalid value: \(path) in body must be of type "
                + "\(wanted), found \(value.kindName)")
    }

    /// The only rule of change that is understood: that there is none. The others are written in a
    /// language of their own, and are not looked at.
    private func changed(_ value: JSON, _ path: String, _ before: JSON?) -> [StoreError.Cause] {
        guard let before, before != value else { return [] }
        return (json["x-kubernetes-validations"]?.array ?? [])
            .filter { $0["rule"]?.string == "self == oldSelf" }
            .map { invalid(path, value, $0["message"]?.string ?? "the value cannot be changed") }
    }

    private func combined(_ value: JSON, _ path: String) -> [StoreError.Cause] {
        func fits(_ schema: JSON) -> Bool {
            FieldSchema(schema).causes(in: value, at: path).isEmpty
        }
        var causes = (json["allOf"]?.array ?? []).flatMap {
            FieldSchema($0).causes(in: value, at: path)
        }
        if let any = json["anyOf"]?.array, !any.contains(where: fits) {
            causes.append(invalid(path, value, "must fit one of the forms of anyOf"))
        }
        if let one = json["oneOf"]?.array, one.count(where: fits) != 1 {
            causes.append(invalid(path, value, "must fit exactly one of the forms of oneOf"))
        }
        if let not = json["not"], fits(not) {
            causes.append(invalid(path, value, "must not fit the form of not"))
        }
        return causes
    }

    private func members(
        of object: JSONObject, _ path: String, _ before: JSON?
    ) -> [StoreError.Cause] {
        func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
        var causes = (json["required"]?.array ?? []).compactMap(\.string)
            .filter { object[$0] == nil }
            .map {
                StoreError.Cause(
                    field: place($0), reason: "FieldValueRequired", message: "Required value")
            }
        causes += bounds(object.count, "Properties", "members", path)
        for (key, value) in object.members {
            guard let schema = member(key) else { continue }
            causes += schema.causes(in: value, at: place(key), before: before?[key])
        }
        return causes
    }

    private func elements(_ values: [JSON], _ path: String) -> [StoreError.Cause] {
        var causes = bounds(values.count, "Items", "items", path)
        if json["uniqueItems"]?.bool == true && Set(values).count < values.count {
            causes.append(invalid(path, .array(values), "must not have an item twice"))
        }
        guard let items else { return causes }
        for (index, value) in values.enumerated() {
            causes += items.causes(in: value, at: "\(path)[\(index)]")
        }
        return causes
    }

    private func text(_ text: String, _ path: String) -> [StoreError.Cause] {
        var causes = bounds(text.unicodeScalars.count, "Length", "characters", path)
        if let pattern = json["pattern"]?.string, !matches(text, pattern) {
            causes.append(invalid(path, .string(text), "should match '\(pattern)'"))
        }
        return causes
    }

    /// A pattern that cannot be read restricts nothing.
    private func matches(_ text: String, _ pattern: String) -> Bool {
        do {
            return try text.contains(Regex(pattern))
        } catch {
            return true
        }
    }

    private func number(_ value: JSON, _ path: String) -> [StoreError.Cause] {
        guard let number = Double(value.text) else { return [] }
        func bound(_ key: String) -> Double? { json[key].flatMap { Double($0.text) } }
        func isExclusive(_ key: String) -> Bool { json[key]?.bool == true }
        var causes: [StoreError.Cause] = []
        if let least = bound("minimum"),
            number < least || number == least && isExclusive("exclusiveMinimum")
        {
            let word = isExclusive("exclusiveMinimum") ? "greater than" : "at least"
            causes.append(invalid(path, value, "must be \(word) \(json["minimum"]?.text ?? "")"))
        }
        if let most = bound("maximum"),
            number > most || number == most && isExclusive("exclusiveMaximum")
        {
            let word = isExclusive("exclusiveMaximum") ? "less than" : "at most"
            causes.append(invalid(path, value, "must be \(word) \(json["maximum"]?.text ?? "")"))
        }
        if let step = bound("multipleOf"), step > 0,
            number.truncatingRemainder(dividingBy: step) != 0
        {
            let text = json["multipleOf"]?.text ?? ""
            causes.append(invalid(path, value, "must be a multiple of \(text)"))
        }
        return causes
    }

    /// `minItems`, `maxLength` and their like.
    private func bounds(
        _ count: Int, _ word: String, _ things: String, _ path: String
    ) -> [StoreError.Cause] {
        var causes: [StoreError.Cause] = []
        if let least = json["min\(word)"]?.int, count < least {
            causes.append(
                invalid(path, .int(Int64(count)), "must have at least \(least) \(things)"))
        }
        if let most = json["max\(word)"]?.int, count > most {
            causes.append(
                StoreError.Cause(
                    field: path, reason: "FieldValueTooMany",
                    message: "Too many: \(count): must have at most \(most) \(things)"))
        }
        return causes
    }

    private func invalid(_ path: String, _ value: JSON, _ problem: String) -> StoreError.Cause {
        StoreError.Cause(
            field: path, message: "Invalid value: \(value.text): \(path) in body \(problem)")
    }
}
