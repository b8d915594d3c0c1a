extension String {
    /// The text, or its beginning with three dots where it is longer than `bytes`.
    package func cut(toBytes bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var text = ""
        var room = bytes - 3
        for character in self {
            room -= character.utf8.count
            if room < 0 { break }
            text.append(character)
        }
        return text + "..."
    }
}
