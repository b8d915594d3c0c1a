extension JSON {
    /// What to do with an object that has the same key twice.
    package enum DuplicateKeys: Sendable {
        case refused
        /// As Go's and most other readers do; for answers of servers that we cannot mend.
        case lastWins
    }

    /// Reads one JSON text (RFC 8259) strictly: nothing may follow it, strings are valid UTF-8
    /// without lone surrogates, and numbers that are no 64-bit integers keep their text.
    ///
    /// - Throws: `DocumentError` with `file`, line, column and offset of the first thing that is
    /// wrong.
    package init(
        parsing bytes: [UInt8], file: String = "JSON", limits: Limits = .standard,
        duplicateKeys: DuplicateKeys = .refused
    ) throws(DocumentError) {
        do throws(JSONParser.Fault) {
            self = try bytes.withUnsafeBufferPointer { buffer throws(JSONParser.Fault) -> JSON in
                var parser = JSONParser(buffer, limits: limits, duplicateKeys: duplicateKeys)
                return try parser.document()
            }
        } catch {
            throw DocumentError(
                error.message, place: Place(file: file, offset: error.offset, in: bytes),
                offset: error.offset, remedy: error.remedy, exceedsLimits: error.exceedsLimits)
        }
    }

    /// Reads the JSON text `text`; see `init(parsing:file:limits:duplicateKeys:)`.
    package init(
        parsing text: String, file: String = "JSON", limits: Limits = .standard,
        duplicateKeys: DuplicateKeys = .refused
    ) throws(DocumentError) {
        try self.init(
            parsing: Array(text.utf8), file: file, limits: limits, duplicateKeys: duplicateKeys)
    }
}

extension Place {
    /// The line and column of a byte offset; columns count characters of valid UTF-8 by their first
    /// byte.
    init(file: String, offset: Int, in bytes: [UInt8]) {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.init(file: file, line: line, column: column)
    }
}

/// A recursive descent over the bytes. Its recursion is bounded by `limits.depth`.
struct JSONParser {
    struct Fault: Error {
        let offset: Int
        let message: String
        let remedy: String
        var exceedsLimits = false
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let limits: Limits
    let duplicateKeys: JSON.DuplicateKeys
    var index = 0
    private var depth = 0
    private var nodes = 0

    init(
        _ bytes: UnsafeBufferPointer<UInt8>, limits: Limits, duplicateKeys: JSON.DuplicateKeys
    ) {
        self.bytes = bytes
        self.limits = limits
        self.duplicateKeys = duplicateKeys
    }

    mutating func document() throws(Fault) -> JSON {
        guard bytes.count <= limits.bytes else {
            throw Fault(
                offset: 0,
                message: "\(bytes.count) bytes are more than the \(limits.bytes) we read",
                remedy: "split the document", exceedsLimits: true)
        }
        skipSpace()
        let value = try value()
        skipSpace()
        guard index == bytes.count else {
            throw fault("something follows the end of the value", "remove it")
        }
        return value
    }

    /// The byte at the current position; 0, which no JSON may contain outside of strings, at the
    /// end.
    var byte: UInt8 { index < bytes.count ? bytes[index] : 0 }

    func fault(_ message: String, _ remedy: String, at offset: Int? = nil) -> Fault {
        guard offset != nil || index < bytes.count else {
            return Fault(
                offset: bytes.count, message: "the text ends too early",
                remedy: "check that it was written and sent completely")
        }
        return Fault(offset: offset ?? index, message: message, remedy: remedy)
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func value() throws(Fault) -> JSON {
        nodes += 1
        guard nodes <= limits.nodes else {
            throw Fault(
                offset: index, message: "more than \(limits.nodes) values",
                remedy: "split the document", exceedsLimits: true)
        }
        switch byte {
        case UInt8(ascii: "{"): return try nested { parser throws(Fault) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(Fault) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default:
            throw fault("expected a value", "write a JSON value here, strings in double quotes")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(Fault) -> JSON
    ) throws(Fault) -> JSON {
        guard depth < limits.depth else {
            throw fault("nested more than \(limits.depth) deep", "flatten the document")
        }
        depth += 1
        index += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(Fault) -> JSON {
        let start = index
        for offset in 0..<word.utf8CodeUnitCount {
            guard byte == word.utf8Start[offset] else {
                throw fault(
                    "unknown word", "write \(word), or put the text in double quotes", at: start)
            }
            index += 1
        }
        return value
    }

    private mutating func array() throws(Fault) -> JSON {
        var values: [JSON] = []
        skipSpace()
        if byte == UInt8(ascii: "]") {
            index += 1
            return .array(values)
        }
        while true {
            skipSpace()
            values.append(try value())
            skipSpace()
            switch byte {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "]"):
                index += 1
                return .array(values)
            default: throw fault("expected , or ]", "separate the elements of a list by commas")
            }
        }
    }

    private mutating func object() throws(Fault) -> JSON {
        var members = MemberList(duplicateKeys)
        skipSpace()
        if byte == UInt8(ascii: "}") {
            index += 1
            return .object(JSONObject())
        }
        while true {
            skipSpace()
            let start = index
            guard byte == UInt8(ascii: "\"") else {
                throw fault(
                    "expected a key", "write keys in double quotes, no comma after the last")
            }
            let key = try string()
            skipSpace()
            guard byte == UInt8(ascii: ":") else {
                throw fault("expected :", "write \"key\": value")
            }
            index += 1
            skipSpace()
            guard members.add(key, try value()) else {
                throw fault("the key \"\(key)\" is there twice", "remove one of the two", at: start)
            }
            skipSpace()
            switch byte {
            case UInt8(ascii: ","): index += 1
            case UInt8(ascii: "}"):
                index += 1
                return .object(JSONObject(members.all))
            default: throw fault("expected , or }", "separate the members of an object by commas")
            }
        }
    }
}

/// The members of one object while it is read; knows which keys it has without becoming slow on
/// many.
struct MemberList {
    private(set) var all: [JSONObject.Member] = []
    private var positions: [String: Int] = [:]
    private let duplicateKeys: JSON.DuplicateKeys
    /// Up to here comparing is faster than hashing; nearly every Kubernetes object is smaller.
    private static let scanned = 16

    init(_ duplicateKeys: JSON.DuplicateKeys) {
        self.duplicateKeys = duplicateKeys
    }

    /// False for a key that is there already and may not be.
    mutating func add(_ key: String, _ value: JSON) -> Bool {
        if let position = position(of: key) {
            all[position].value = value
            return duplicateKeys == .lastWins
        }
        if all.isEmpty { all.reserveCapacity(8) }
        all.append((key, value))
        if all.count > Self.scanned { positions[key] = all.count - 1 }
        return true
    }

    func contains(_ key: String) -> Bool { position(of: key) != nil }

    private func position(of key: String) -> Int? {
        for position in 0..<min(all.count, Self.scanned) where all[position].key == key {
            return position
        }
        return all.count > Self.scanned ? positions[key] : nil
    }
}
