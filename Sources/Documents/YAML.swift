/// YAML as Kubernetes understands it: the core schema of YAML 1.2 (only `true` and `false` are
/// booleans, so `on` and `no` stay text), and whole numbers that begin with 0 are octal, as file
/// modes are written.
package enum YAML {
    /// The documents of a stream, with the place of every value and key. Empty documents are left
    /// out.
    ///
    /// Refused are duplicate keys, keys that are lists or mappings, tags other than the core ones,
    /// numbers JSON does not have, unknown anchors, and aliases whose expansion goes beyond
    /// `limits`.
    ///
    /// - Throws: `DocumentError` with `file`, line and column of the first thing that is wrong.
    package static func documents(
        in bytes: [UInt8], file: String, limits: Limits = .manifest
    ) throws(DocumentError) -> [Document] {
        guard bytes.count <= limits.bytes else {
            throw DocumentError(
                "\(bytes.count) bytes are more than the \(limits.bytes) we read",
                place: Place(file: file, line: 1, column: 1), offset: 0, remedy: "split the file")
        }
        return try bytes.withUnsafeBufferPointer { buffer throws(DocumentError) -> [Document] in
            guard String(validating: buffer, as: UTF8.self) != nil else {
                let offset = validPrefix(of: buffer)
                throw DocumentError(
                    "not valid UTF-8", place: Place(file: file, offset: offset, in: bytes),
                    offset: offset, remedy: "save the file as UTF-8")
            }
            // libyaml counts a byte order mark as a column, which would indent the first line.
            let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
            let buffer = UnsafeBufferPointer(rebasing: buffer.dropFirst(hasMark ? 3 : 0))
            guard !buffer.isEmpty else { return [] }
            var reader = try YAMLReader(YAMLStream(buffer, file: file), limits: limits)
            return try reader.documents()
        }
    }

    /// The value as YAML in block style, which reads back as the same value; ends with a new line.
    package static func text(of value: JSON) -> String {
        var writer = YAMLWriter()
        writer.writeDocument(value)
        return writer.text
    }
}
