extension String {
    /// The text, or its beginning with three dots where it is longer than `bytes`.
    package func cut(toBytes bytes: Int) -> String { cut(to: bytes, \.utf8.count) }

    /// The same by the bytes that it takes in JSON, where quotes and control characters have more.
    package func cut(toBytesInJSON bytes: Int) -> String { cut(to: bytes, \.bytesInJSON) }

    private func cut(to bytes: Int, _ length: (String) -> Int) -> String {
        guard length(self) > bytes else { return self }
        var text = ""
        var room = bytes - 3
        for character in self {
            room -= length(String(character))
            if room < 0 { break }
            text.append(character)
        }
        return text + "..."
    }

    /// Without its quotation marks.
    private var bytesInJSON: Int { JSON.string(self).bytes.count - 2 }
}
