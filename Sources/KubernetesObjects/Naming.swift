/// What names and labels may be, with the sentences of an API server for what they are not.
package enum Naming {
    /// Characters of a name, and of the prefix of a label key.
    package static let subdomainLimit = 253
    /// Characters of a label value, of a part of a label key, and of names of one part.
    package static let labelLimit = 63

    /// What is wrong with the name of most objects (RFC 1123 subdomain); nil where nothing is.
    package static func subdomainProblem(_ name: String) -> String? {
        if name.utf8.count > subdomainLimit { return tooLong(subdomainLimit) }
        let parts = name.utf8.split(separator: dot, omittingEmptySubsequences: false)
        return parts.allSatisfy { isLabel($0) } ? nil : subdomainSentence
    }

    /// What is wrong with a name of one part, as namespaces have (RFC 1123 label).
    package static func labelProblem(_ name: String) -> String? {
        if name.utf8.count > labelLimit { return tooLong(labelLimit) }
        return isLabel(name.utf8[...]) ? nil : labelSentence
    }

    /// What is wrong with the name of a Service (RFC 1035 label: it begins with a letter).
    package static func serviceProblem(_ name: String) -> String? {
        if name.utf8.count > labelLimit { return tooLong(labelLimit) }
        guard isLabel(name.utf8[...]), let first = name.utf8.first, !isDigit(first) else {
            return serviceSentence
        }
        return nil
    }

    /// What is wrong with the key of a label or an annotation: `name` or `prefix/name`.
    package static func labelKeyProblem(_ key: String) -> String? {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let name = parts.last else {
            return "a qualified name must consist of a name and an optional prefix with one '/'"
        }
        if parts.count == 2 {
            if parts[0].isEmpty { return "prefix part must be non-empty" }
            if let problem = subdomainProblem(parts[0]) { return "prefix part \(problem)" }
        }
        if name.isEmpty { return "name part must be non-empty" }
        if name.utf8.count > labelLimit { return "name part \(tooLong(labelLimit))" }
        return isWord(name) ? nil : "name part \(keySentence)"
    }

    /// What is wrong with the value of a label; the empty one is good.
    package static func labelValueProblem(_ value: String) -> String? {
        if value.utf8.count > labelLimit { return tooLong(labelLimit) }
        return value.isEmpty || isWord(value) ? nil : valueSentence
    }

    private static let dot = UInt8(ascii: ".")

    private static func isLabel(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, let last = bytes.last else { return false }
        return isLowercase(first) && isLowercase(last)
            && bytes.allSatisfy { isLowercase($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isWord(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy {
                isAlphanumeric($0) || $0 == dot || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    private static func isLowercase(_ byte: UInt8) -> Bool {
        isDigit(byte) || (97...122).contains(byte)
    }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowercase(byte) || (65...90).contains(byte)
    }

    private static func tooLong(_ limit: Int) -> String {
        "must be no more than \(limit) characters"
    }

    private static let subdomainSentence =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
        + "'-' or '.', and must start and end with an alphanumeric character (e.g. "
        + "'example.com', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    private static let labelSentence =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
        + "'-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
        + "'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    private static let serviceSentence =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start "
        + "with an alphabetic character, and end with an alphanumeric character (e.g. "
        + "'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    private static let keySentence =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
        + "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex "
        + "used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    private static let valueSentence =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', "
        + "'_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  "
        + "or 'my_value',  or '12345', regex used for validation is "
        + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
}
