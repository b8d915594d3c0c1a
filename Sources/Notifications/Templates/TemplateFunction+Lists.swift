import Documents

extension TemplateFunction {
    /// What makes, asks and changes lists.
    static let lists: [String: TemplateFunction] = [
        "len": .init(1...1, readsWhole: false) { values, _ throws(FunctionFault) in
            switch values[0] {
            case .string(let text): return .int(Int64(text.utf8.count))
            case .array(let values): return .int(Int64(values.count))
            case .object(let object): return .int(Int64(object.count))
            default: throw FunctionFault("\(values[0].kindName) has no length")
            }
        },
        "index": .init(1...many, readsWhole: false) { values, _ throws(FunctionFault) in
            var value = values[0]
            for key in values.dropFirst() { value = try element(key, of: value) }
            return value
        },
        "slice": .init(1...3) { values, _ throws(FunctionFault) in
            let bounds = try values.dropFirst().map { value throws(FunctionFault) in
                Int(clamping: try value.asInt())
            }
            switch values[0] {
            case .array(let list): return .array(Array(list[try range(bounds, list.count)]))
            case .string(let text):
                let bytes = Array(text.utf8)
                return .string(
                    String(decoding: bytes[try range(bounds, bytes.count)], as: UTF8.self))
            default: throw FunctionFault("cannot slice \(values[0].kindName)")
            }
        },
        "list": .init(0...many) { values, _ in .array(values) },
        "first": ofList { $0.first ?? .null }, "last": ofList { $0.last ?? .null },
        "rest": ofList { .array(Array($0.dropFirst())) },
        "initial": ofList { .array(Array($0.dropLast())) },
        "reverse": ofList { .array($0.reversed()) },
        "compact": ofList { .array($0.filter(\.isTrue)) },
        "uniq": ofList { list in
            var seen: Set<JSON> = []
            return .array(list.filter { seen.insert($0).inserted })
        },
        "sortAlpha": ofList { .array($0.map(\.goPrinted).sorted().map(JSON.string)) },
        "has": .init(2...2) { values, _ throws(FunctionFault) in
            .bool(try values[1].asList().contains(values[0]))
        },
        "append": .init(2...2) { values, _ throws(FunctionFault) in
            .array(try values[0].asList() + [values[1]])
        },
        "prepend": .init(2...2) { values, _ throws(FunctionFault) in
            .array([values[1]] + (try values[0].asList()))
        },
        "concat": .init(1...many) { values, _ throws(FunctionFault) in
            var list: [JSON] = []
            for value in values { list += try value.asList() }
            return .array(list)
        },
        "join": .init(2...2) { values, _ throws(FunctionFault) in
            let list = values[1].string == nil ? try values[1].asList() : [values[1]]
            let parts = list.filter { !$0.isNull }.map(\.goPrinted)
            return .string(try bounded(parts, by: try values[0].asText()))
        },
        "splitList": .init(2...2) { values, _ throws(FunctionFault) in
            .array(try split(values).map(JSON.string))
        },
        // By the names that sprig gives the parts.
        "split": .init(2...2) { values, _ throws(FunctionFault) in
            .object(
                JSONObject(
                    try split(values).enumerated().map { ("_\($0.offset)", .string($0.element)) }))
        },
        "until": .init(1...1) { values, _ throws(FunctionFault) in
            let count = try values[0].asInt()
            guard (0...10_000).contains(count) else {
                throw FunctionFault("counts up to 10000 at most")
            }
            return .array((0..<count).map(JSON.int))
        },
    ]

    /// What makes, asks and changes objects.
    static let dictionaries: [String: TemplateFunction] = [
        "dict": .init(0...many) { values, _ throws(FunctionFault) in
            guard values.count.isMultiple(of: 2) else {
                throw FunctionFault("takes keys with their values")
            }
            var object = JSONObject()
            for place in stride(from: 0, to: values.count, by: 2) {
                object[try values[place].asText()] = values[place + 1]
            }
            return .object(object)
        },
        "get": .init(2...2, readsWhole: false) { values, _ throws(FunctionFault) in
            let member = try values[0].asObject()[try values[1].asText()]
            return member ?? ""
        },
        "hasKey": .init(2...2, readsWhole: false) { values, _ throws(FunctionFault) in
            let member = try values[0].asObject()[try values[1].asText()]
            return .bool(member != nil)
        },
        "keys": .init(1...many) { values, _ throws(FunctionFault) in
            var keys: [String] = []
            for value in values { keys += try value.asObject().keys }
            return .array(keys.sorted().map(JSON.string))
        },
        "values": .init(1...1) { values, _ throws(FunctionFault) in
            let members = try values[0].asObject().members
            return .array(members.sorted { $0.key < $1.key }.map(\.value))
        },
        "dig": .init(3...many, readsWhole: false) { values, _ throws(FunctionFault) in
            var value = values[values.count - 1]
            for key in values.dropLast(2) {
                guard case .object(let object) = value, let next = object[try key.asText()] else {
                    return values[values.count - 2]
                }
                value = next
            }
            return value
        },
    ]

    private static func ofList(
        _ change: @escaping @Sendable ([JSON]) -> JSON
    ) -> TemplateFunction {
        .init(1...1) { values, _ throws(FunctionFault) in change(try values[0].asList()) }
    }
}

private func element(_ key: JSON, of value: JSON) throws(FunctionFault) -> JSON {
    switch value {
    case .object(let object): return object[try key.asText()] ?? .null
    case .array(let list):
        guard case .int(let place) = key, let place = Int(exactly: place),
            list.indices.contains(place)
        else { throw FunctionFault("no such element in a list of \(list.count)") }
        return list[place]
    default: throw FunctionFault("cannot index \(value.kindName)")
    }
}

private func range(_ bounds: [Int], _ count: Int) throws(FunctionFault) -> Range<Int> {
    let start = bounds.first ?? 0
    let end = bounds.count > 1 ? bounds[1] : count
    guard start >= 0, start <= end, end <= count else {
        throw FunctionFault("\(start) to \(end) is out of range: there are \(count)")
    }
    return start..<end
}

private func split(_ values: [JSON]) throws(FunctionFault) -> [String] {
    let (separator, text) = try (values[0].asText(), values[1].asText())
    if separator.isEmpty { return text.unicodeScalars.map { String($0) } }
    return pieces(of: text, between: separator)
}
