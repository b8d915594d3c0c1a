/// `text` fit to stand in a page: of bounded length, without characters that hide or reorder
/// others, and without markup that hides from escaping.
///
/// Escaping works character by character, and Swift counts a quotation mark with an accent on it as
/// another character than a quotation mark; a browser does not.
func presentable(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0A }
    let whole = isPlain ? text : text.map(presentable).joined()
    guard whole.utf8.count > longestText else { return whole }
    return whole.prefix(longestText) + " … (\(whole.count - longestText) characters more)"
}

/// A long query has some 2,000 characters; what is longer is nothing that a person reads on a page.
private let longestText = 8_000

private let replacement: Unicode.Scalar = "\u{FFFD}"

private func presentable(_ character: Character) -> String {
    if character.isNewline { return "\n" }
    let scalars = character.unicodeScalars
    let holdsMarkup = scalars.count > 1 && scalars.contains(where: isMarkup)
    var shown = String.UnicodeScalarView()
    for scalar in scalars {
        let isFit = holdsMarkup ? isMarkup(scalar) : !isHidden(scalar)
        shown.append(isFit ? scalar : replacement)
    }
    return String(shown)
}

private func isMarkup(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "<", ">", "&", "\"", "'": true
    default: false
    }
}

/// Control characters, and those that turn the direction of what follows.
private func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09: false
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
}
