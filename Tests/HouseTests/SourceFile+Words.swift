extension SourceFile {
    /// The lines where these words stand one after the other.
    func lines(with words: String...) -> [Int] { lines(with: words) }

    func lines(with words: [String]) -> [Int] {
        positions(of: words).map { tokens[$0].line }
    }

    /// The modules that are imported, with the line of each.
    var imports: [(module: String, line: Int)] {
        positions(of: ["import"]).compactMap { index in
            guard index + 1 < tokens.count,
                index == 0 || tokens[index - 1].text != "."
            else { return nil }
            let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let"]
            let next = kinds.contains(tokens[index + 1].text) ? index + 2 : index + 1
            return next < tokens.count ? (tokens[next].text, tokens[index].line) : nil
        }
    }

    /// The types that are declared, nested ones included.
    var types: [(name: String, line: Int)] {
        let kinds: Set = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        return kinds.flatMap { positions(of: [$0]) }.sorted().compactMap { index in
            guard index + 1 < tokens.count else { return nil }
            let before = index > 0 ? tokens[index - 1].text : ""
            let name = tokens[index + 1].text
            guard ![".", ":", "(", "import"].contains(before),
                !["func", "var", "let", "subscript"].contains(name),
                name.first.map({ $0.isLetter || $0 == "`" || $0 == "_" }) ?? false
            else { return nil }
            return (name, tokens[index].line)
        }
    }

    /// The functions that have a body, with their length in lines.
    var functions: [(name: String, line: Int, length: Int)] {
        let kinds: Set = ["func", "init", "deinit", "subscript"]
        return kinds.flatMap { positions(of: [$0]) }.sorted().compactMap { index in
            guard index > 0, tokens[index - 1].text != ".",
                let end = endOfBody(after: index)
            else { return nil }
            let name = tokens[index].text == "func" ? tokens[index + 1].text : tokens[index].text
            return (name, tokens[index].line, tokens[end].line - tokens[index].line + 1)
        }
    }

    /// The brace that closes the body of the declaration at `start`; nil where it has none.
    private func endOfBody(after start: Int) -> Int? {
        let others: Set = ["func", "init", "var", "let", "case", "struct", "enum", "class", "}"]
        var depth = 0
        var index = start + 1
        while index < tokens.count, depth > 0 || tokens[index].text != "{" {
            let text = tokens[index].text
            if ["(", "["].contains(text) { depth += 1 }
            if [")", "]"].contains(text) { depth -= 1 }
            if depth < 0 || (depth == 0 && others.contains(text)) { return nil }
            index += 1
        }
        var braces = 0
        for end in index..<max(index, tokens.count) {
            if tokens[end].text == "{" { braces += 1 }
            if tokens[end].text == "}" { braces -= 1 }
            if braces == 0 { return end }
        }
        return nil
    }
}

/// The words of a name in camel case: `HTTPListener2` is `HTTP`, `Listener2`.
func words(of name: String) -> [String] {
    var words: [String] = []
    let letters = Array(name)
    for (index, letter) in letters.enumerated() {
        let afterLower = index > 0 && !letters[index - 1].isUppercase
        let beforeLower = index + 1 < letters.count && letters[index + 1].isLowercase
        if letter.isUppercase && (afterLower || beforeLower) || words.isEmpty {
            words.append("")
        }
        if letter.isLetter || letter.isNumber { words[words.count - 1].append(letter) }
    }
    return words.filter { !$0.isEmpty }
}
