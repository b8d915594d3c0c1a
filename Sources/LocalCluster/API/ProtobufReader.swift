import Documents
import ObjectStore

/// Reads objects that clients send in protocol buffers, as Go clients of the built-in kinds do
/// unless they are told otherwise, into the JSON that everything else here works with.
///
/// A field that is not known is refused: nothing that a client sends is dropped in silence.
enum ProtobufReader {
    static let mediaType = "application/vnd.kubernetes.protobuf"

    /// The object in an envelope of `runtime.Unknown` behind the four bytes that announce it.
    static func object(_ bytes: [UInt8]) throws(StoreError) -> JSON {
        let announcement: [UInt8] = [0x6b, 0x38, 0x73, 0x00]
        guard bytes.starts(with: announcement) else {
            throw .badRequest("the body does not begin as Kubernetes' protocol buffers do")
        }
        var apiVersion = "", kind = ""
        var content: ArraySlice<UInt8> = []
        var envelope = ProtobufCursor(bytes[announcement.count...])
        while let part = try envelope.next() {
            switch (part.number, part.value) {
            case (1, .bytes(let type)):
                var cursor = ProtobufCursor(type)
                while let part = try cursor.next() {
                    guard case .bytes(let text) = part.value else { continue }
                    if part.number == 1 { apiVersion = String(decoding: text, as: UTF8.self) }
                    if part.number == 2 { kind = String(decoding: text, as: UTF8.self) }
                }
            case (2, .bytes(let raw)): content = raw
            default: continue
            }
        }
        guard ProtobufFields.messages[kind] != nil else {
            throw .unsupportedMediaType("\(mediaType) for \(kind)", takes: ["application/json"])
        }
        let members = try message(kind, content)
        return .object(
            JSONObject(
                [("apiVersion", .string(apiVersion)), ("kind", .string(kind))] + members.members))
    }

    private static func message(
        _ name: String, _ bytes: ArraySlice<UInt8>
    ) throws(StoreError) -> JSONObject {
        let fields = ProtobufFields.messages[name] ?? [:]
        var object = JSONObject()
        var cursor = ProtobufCursor(bytes)
        while let part = try cursor.next() {
            guard let field = fields[part.number] else {
                throw .badRequest(
                    "field \(part.number) of \(name) cannot be read in protocol buffers; "
                        + "send the object as JSON")
            }
            try add(part.value, as: field, to: &object)
        }
        return object
    }

    private static func add(
        _ value: ProtobufCursor.Value, as field: ProtobufFields.Field, to object: inout JSONObject
    ) throws(StoreError) {
        switch field.form {
        case .one:
            // Go writes what was never set as zero; JSON leaves it out.
            let json = try scalar(value, field)
            if json != "" && json != 0 && json != false && !json.isNull {
                object[field.name] = json
            }
        case .kept:
            object[field.name] = try scalar(value, field)
        case .list:
            object[field.name] = .array(
                (object[field.name]?.array ?? []) + [try scalar(value, field)])
        case .map:
            guard case .bytes(let entry) = value else { throw broken(field) }
            var key = ""
            var member: JSON = field.type == .string || field.type == .bytes ? "" : [:]
            var cursor = ProtobufCursor(entry)
            while let part = try cursor.next() {
                if part.number == 1, case .bytes(let text) = part.value {
                    key = String(decoding: text, as: UTF8.self)
                } else if part.number == 2 {
                    member = try scalar(part.value, field)
                }
            }
            var members = object[field.name]?.object ?? JSONObject()
            members[key] = member
            object[field.name] = .object(members)
        case .inline:
            for (key, member) in try scalar(value, field).object?.members ?? [] {
                object[key] = member
            }
        }
    }

    private static func scalar(
        _ value: ProtobufCursor.Value, _ field: ProtobufFields.Field
    ) throws(StoreError) -> JSON {
        switch (field.type, value) {
        case (.string, .bytes(let text)):
            guard let text = String(validating: text, as: UTF8.self) else { throw broken(field) }
            return .string(text)
        case (.bytes, .bytes(let bytes)): return .string(Admission.base64(Array(bytes)))
        case (.integer, .number(let number)): return .int(Int64(bitPattern: number))
        case (.boolean, .number(let number)): return .bool(number != 0)
        case (.message(let name), .bytes(let bytes)): return try plain(name, bytes)
        default: throw broken(field)
        }
    }

    /// Messages that JSON writes as something simpler, and all others.
    private static func plain(
        _ name: String, _ bytes: ArraySlice<UInt8>
    ) throws(StoreError) -> JSON {
        switch name {
        case "Time", "MicroTime":
            let parts = try numbers(in: bytes)
            guard let seconds = parts[1] else { return .null }
            let moment = Timestamp(
                milliseconds: seconds &* 1000 &+ (parts[2] ?? 0) / 1_000_000)
            return .string(name == "Time" ? moment.rfc3339 : moment.rfc3339Micro)
        case "Quantity": return .string(try text(1, in: bytes))
        case "IntOrString":
            let parts = try numbers(in: bytes)
            return parts[1] ?? 0 == 0 ? .int(parts[2] ?? 0) : .string(try text(3, in: bytes))
        case "FieldsV1":
            let raw = try text(1, in: bytes)
            do throws(DocumentError) {
                return try JSON(parsing: raw)
            } catch {
                throw .badRequest("managedFields: \(error)")
            }
        case "ExtraValue":
            var items: [JSON] = []
            var cursor = ProtobufCursor(bytes)
            while let part = try cursor.next() {
                guard case .bytes(let text) = part.value else { continue }
                items.append(.string(String(decoding: text, as: UTF8.self)))
            }
            return .array(items)
        default:
            return .object(try message(name, bytes))
        }
    }

    private static func numbers(in bytes: ArraySlice<UInt8>) throws(StoreError) -> [Int: Int64] {
        var numbers: [Int: Int64] = [:]
        var cursor = ProtobufCursor(bytes)
        while let part = try cursor.next() {
            if case .number(let number) = part.value {
                numbers[part.number] = Int64(bitPattern: number)
            }
        }
        return numbers
    }

    private static func text(
        _ number: Int, in bytes: ArraySlice<UInt8>
    ) throws(StoreError) -> String {
        var cursor = ProtobufCursor(bytes)
        while let part = try cursor.next() {
            if part.number == number, case .bytes(let text) = part.value {
                return String(decoding: text, as: UTF8.self)
            }
        }
        return ""
    }

    private static func broken(_ field: ProtobufFields.Field) -> StoreError {
        .badRequest("\(field.name) is not encoded as its type asks for")
    }
}

/// Walks over the parts of one message.
struct ProtobufCursor {
    enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next part; nil at the end.
    mutating func next() throws(StoreError) -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try variable()
        let number = Int(truncatingIfNeeded: tag >> 3)
        switch tag & 7 {
        case 0: return (number, .number(try variable()))
        case 1: return (number, .number(try fixed(8)))
        case 2: return (number, .bytes(try take(try variable())))
        case 5: return (number, .number(try fixed(4)))
        default: throw Self.torn
        }
    }

    /// Seven bits to a byte, the lowest first.
    private mutating func variable() throws(StoreError) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw Self.torn }
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
        }
        throw Self.torn
    }

    private mutating func fixed(_ count: UInt64) throws(StoreError) -> UInt64 {
        try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func take(_ count: UInt64) throws(StoreError) -> ArraySlice<UInt8> {
        guard count <= UInt64(rest.count) else { throw Self.torn }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    private static let torn = StoreError.badRequest(
        "the body in protocol buffers is broken; send the object as JSON")
}
