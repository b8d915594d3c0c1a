import Documents

/// Kubernetes' strategic merge patch: a merge patch that merges known lists by key and takes
/// directives (`$patch`, `$retainKeys`, `$deleteFromPrimitiveList/…`, `$setElementOrder/…`).
struct StrategicMerge {
    private let keys: MergeKeys

    init(_ resource: Resource) {
        keys = MergeKeys(resource)
    }

    func merged(_ document: JSON, with patch: JSON) throws(PatchError) -> JSON {
        .object(
            try merged(document.object ?? JSONObject(), with: patch.object ?? JSONObject(), at: []))
    }

    private static let deleteList = "$deleteFromPrimitiveList/"
    private static let elementOrder = "$setElementOrder/"

    private func merged(
        _ original: JSONObject, with patch: JSONObject, at path: [String]
    ) throws(PatchError) -> JSONObject {
        switch patch["$patch"]?.string {
        case "replace":
            return withoutDirectives(.object(patch)).object ?? JSONObject()
        case "delete":
            return JSONObject()
        case "merge", nil:
            break
        case let other?:
            throw .malformed("unknown $patch directive \"\(other)\" at \(text(path))")
        }
        var result = try retaining(patch, of: original, at: path)
        for (key, value) in patch.members {
            if key.hasPrefix(Self.deleteList) {
                try remove(
                    value, fromList: key.dropFirst(Self.deleteList.count), of: &result, at: path)
            } else if !key.hasPrefix("$") {
                let child = path + [key]
                if value.isNull {
                    result[key] = .none
                } else {
                    result[key] = try merged(result[key], with: value, at: child)
                }
            }
        }
        for (key, value) in patch.members where key.hasPrefix(Self.elementOrder) {
            let name = String(key.dropFirst(Self.elementOrder.count))
            guard let order = value.array else {
                throw .malformed("\(key) at \(text(path)) must be a list")
            }
            guard let list = result[name]?.array else { continue }
            result[name] = .array(
                ordered(list, by: order, live: original[name]?.array ?? [], at: path + [name]))
        }
        return result
    }

    private func merged(
        _ original: JSON?, with patch: JSON, at path: [String]
    ) throws(PatchError) -> JSON {
        switch (original, patch) {
        case (.object(let old)?, .object(let new)):
            return .object(try merged(old, with: new, at: path))
        case (_, .object(let new)):
            return .object(try merged(JSONObject(), with: new, at: path))
        case (_, .array(let new)):
            guard let mergeKey = keys.strategicKey(at: path) else {
                return withoutDirectives(patch)
            }
            if mergeKey.isEmpty {
                let old = original?.array ?? []
                return .array(
                    (old + new).reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
            }
            return .array(try merged(original?.array ?? [], with: new, by: mergeKey, at: path))
        default:
            return patch
        }
    }

    private func merged(
        _ original: [JSON], with patch: [JSON], by mergeKey: String, at path: [String]
    ) throws(PatchError) -> [JSON] {
        var result = original
        if patch.contains(where: { $0["$patch"]?.string == "replace" }) {
            result = []
        }
        for element in patch {
            guard element.object != nil else {
                throw .malformed("\(text(path)) must be a list of objects")
            }
            let directive = element["$patch"]?.string
            if directive == "replace" && element.object?.count == 1 { continue }
            guard let key = element[mergeKey] else {
                throw .malformed("an element of \(text(path)) lacks its merge key \"\(mergeKey)\"")
            }
            let index = result.firstIndex { $0[mergeKey] == key }
            switch directive {
            case "delete":
                result.removeAll { $0[mergeKey] == key }
            case "replace":
                result.append(withoutDirectives(element))
            case "merge", nil:
                let old = index.flatMap { result[$0].object } ?? JSONObject()
                let new = JSON.object(
                    try merged(old, with: element.object ?? JSONObject(), at: path))
                if let index { result[index] = new } else { result.append(new) }
            case let other?:
                throw .malformed("unknown $patch directive \"\(other)\" at \(text(path))")
            }
        }
        return result
    }

    /// What `$retainKeys` leaves of the original: only the members it names.
    private func retaining(
        _ patch: JSONObject, of original: JSONObject, at path: [String]
    ) throws(PatchError) -> JSONObject {
        guard let directive = patch["$retainKeys"] else { return original }
        guard let retained = directive.array?.map(\.string), !retained.contains(nil) else {
            throw .malformed("$retainKeys at \(text(path)) must be a list of strings")
        }
        let names = Set(retained.compactMap { $0 })
        for (key, value) in patch.members
        where !key.hasPrefix("$") && !value.isNull && !names.contains(key) {
            throw .malformed(
                "$retainKeys at \(text(path)) must name every field of the patch: \(key)")
        }
        return JSONObject(original.members.filter { names.contains($0.key) })
    }

    private func remove(
        _ values: JSON, fromList name: Substring, of object: inout JSONObject, at path: [String]
    ) throws(PatchError) {
        guard let removed = values.array else {
            throw .malformed("$deleteFromPrimitiveList/\(name) at \(text(path)) must be a list")
        }
        guard let list = object[String(name)]?.array else { return }
        object[String(name)] = .array(list.filter { !removed.contains($0) })
    }

    /// `list` with the elements that `order` names in that order. The others keep theirs, each
    /// placed before the first ordered element that came after it in the live list.
    private func ordered(
        _ list: [JSON], by order: [JSON], live: [JSON], at path: [String]
    ) -> [JSON] {
        let mergeKey = keys.strategicKey(at: path) ?? ""
        func identity(_ value: JSON) -> JSON { mergeKey.isEmpty ? value : value[mergeKey] ?? .null }
        let wanted = order.map(identity)
        let position = Dictionary(
            live.map(identity).enumerated().map { ($1, $0) },
            uniquingKeysWith: { first, _ in first })
        let left = list.filter { !wanted.contains(identity($0)) }
        var result = wanted.compactMap { key in list.first { identity($0) == key } }
        var start = 0
        for element in left {
            let here = position[identity(element)]
            let place = result[start...].firstIndex { other in
                guard let here, let there = position[identity(other)] else { return false }
                return here < there
            }
            let index = place ?? result.count
            result.insert(element, at: index)
            start = index + 1
        }
        return result
    }

    /// A value that the object did not have yet: taken as it is, without directives and nulls of
    /// the patch.
    private func withoutDirectives(_ value: JSON) -> JSON {
        switch value {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.filter { !$0.key.hasPrefix("$") && !$0.value.isNull }
                        .map { ($0.key, withoutDirectives($0.value)) }))
        case .array(let values):
            .array(
                values.filter { $0["$patch"] == nil || $0.object?.count != 1 }.map(
                    withoutDirectives))
        default: value
        }
    }

    private func text(_ path: [String]) -> String {
        path.isEmpty ? "the root" : path.joined(separator: ".")
    }
}
