/// What Package.swift says about the rooms, read as text.
struct Manifest {
    /// The rooms that each target knows, by the name of the target.
    private(set) var knows: [String: Set<String>] = [:]
    /// The rooms that the tests of each room use.
    private(set) var tests: [String: Set<String>] = [:]

    init(_ text: String) {
        for call in ["room(", ".executableTarget("] {
            for body in Self.bodies(of: call, in: text) {
                let strings = Self.strings(in: body)
                guard let name = strings.first else { continue }
                let key = call == "room(" ? "knows:" : "dependencies:"
                knows[name] = Set(Self.list(after: key, in: body)).intersection(Rooms.knows.keys)
            }
        }
        for body in Self.bodies(of: "+ tests(", in: text) {
            for entry in body.split(separator: "]") {
                let strings = Self.strings(in: entry)
                guard let name = strings.first else { continue }
                tests["\(name)Tests"] = Set(strings.dropFirst())
            }
        }
    }

    /// What stands between the parentheses of each call.
    private static func bodies(of call: String, in text: String) -> [Substring] {
        text.indices(of: call).compactMap { start in
            let rest = text[start...].dropFirst(call.count)
            var depth = 1
            for index in rest.indices {
                if rest[index] == "(" { depth += 1 }
                if rest[index] == ")" { depth -= 1 }
                if depth == 0 { return rest[..<index] }
            }
            return nil
        }
    }

    private static func list(after key: String, in body: Substring) -> [String] {
        guard let start = String(body).indices(of: key).first else { return [] }
        let rest = String(body)[start...].drop { $0 != "[" }
        return strings(in: rest.prefix { $0 != "]" })
    }

    private static func strings(in text: Substring) -> [String] {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.indices.filter { !$0.isMultiple(of: 2) }.map { String(parts[$0]) }
    }
}

extension String {
    /// Where `part` stands, at the beginning of a word.
    fileprivate func indices(of part: String) -> [Index] {
        ranges(of: part).map(\.lowerBound).filter { start in
            start == startIndex || !self[index(before: start)].isLetter
        }
    }
}
