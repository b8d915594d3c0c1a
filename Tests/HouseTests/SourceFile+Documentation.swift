extension SourceFile {
    /// The `package` types and functions that no documentation comment precedes. What a protocol of
    /// the standard library asks for speaks for itself.
    var undocumented: [(what: String, line: Int)] {
        let kinds: Set = [
            "struct", "class", "enum", "actor", "protocol", "typealias", "func", "subscript",
        ]
        let others: Set = ["var", "let", "init", "import", "extension", "case"]
        let known: Set = [
            "hash", "encode", "makeIterator", "makeAsyncIterator", "next", "Element", "Failure",
            "Iterator", "AsyncIterator",
        ]
        return positions(of: ["package"]).compactMap { start in
            for index in start + 1..<min(start + 8, tokens.count - 1) {
                let text = tokens[index].text
                let name = tokens[index + 1].text
                if others.contains(text) && !kinds.contains(name) { return nil }
                guard kinds.contains(text), !kinds.contains(name) else { continue }
                let speaks = known.contains(name) || name.first?.isLetter != true
                return speaks || isDocumented(line: tokens[start].line)
                    ? nil : ("\(text) \(name)", tokens[start].line)
            }
            return nil
        }
    }

    /// Whether documentation stands above a declaration and its attributes.
    private func isDocumented(line: Int) -> Bool {
        for above in lines[..<(line - 1)].reversed() {
            let text = above.drop { $0 == " " }
            if !text.hasPrefix("@") { return text.hasPrefix("///") }
        }
        return false
    }
}
