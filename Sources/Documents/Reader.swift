/// A value on its way through the door: it knows its path, answers in the type that is asked for,
/// and notes every disappointment as a `Finding`, so that one pass over a document names all its
/// errors at once.
package struct Reader {
    /// Collects what is wrong while one document is read. Local to one parse, therefore not
    /// Sendable.
    package final class Findings {
        package private(set) var all: [Finding] = []
        /// Whether members that `allowOnly` does not know are findings, and what `advise` says;
        /// else they are passed over.
        package let namesUnknownFields: Bool

        package init(namesUnknownFields: Bool = true) {
            self.namesUnknownFields = namesUnknownFields
        }

        /// Keeps a finding; reading goes on, so that all of them are told at once.
        package func add(_ finding: Finding) { all.append(finding) }
    }

    /// Nil where the value is absent or null: Kubernetes treats the two alike.
    package let value: JSON?
    package let path: Path
    package let findings: Findings

    package init(_ value: JSON?, at path: Path = .root, findings: Findings) {
        if case .some(.null) = value { self.value = nil } else { self.value = value }
        self.path = path
        self.findings = findings
    }

    package var isPresent: Bool { value != nil }

    /// The member `key`; absent where this is no object.
    package subscript(key: String) -> Reader {
        Reader(value?[key], at: path.appending(key), findings: findings)
    }

    /// Notes that this value cannot be taken.
    package func refuse(_ message: String, remedy: String) {
        findings.add(Finding(path: path, message: message, remedy: remedy))
    }

    /// Notes what should be written in another way, where unknown fields are noted: the document
    /// can be followed all the same.
    package func advise(_ message: String, remedy: String) {
        if findings.namesUnknownFields { refuse(message, remedy: remedy) }
    }

    private func wrong(_ wanted: String) {
        guard let value else { return }
        refuse("expected \(wanted), found \(value.kindName)", remedy: "write \(wanted) here")
    }

    /// A string; nil where it is absent, or after a finding where it is something else.
    package func string() -> String? {
        guard let value else { return nil }
        if let string = value.string { return string }
        wrong("a string")
        return nil
    }

    /// A string that must be there; "" with a finding where it is not.
    package func requiredString() -> String {
        guard value != nil else {
            refuse(
                "is missing",
                remedy: "add \(path.components.isEmpty ? "it" : "\(path)") with a string")
            return ""
        }
        return string() ?? ""
    }

    /// True or false; nil where it is absent, or after a finding where it is something else.
    package func bool() -> Bool? {
        guard let value else { return nil }
        if let bool = value.bool { return bool }
        wrong("true or false")
        return nil
    }

    /// A whole number within `range`.
    package func int(in range: ClosedRange<Int> = Int(Int32.min)...Int(Int32.max)) -> Int? {
        guard let value else { return nil }
        guard let int = value.int else {
            wrong("a whole number")
            return nil
        }
        guard range.contains(int) else {
            refuse(
                "\(int) is out of range",
                remedy: "use a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return int
    }

    /// A number; nil where it is absent, or after a finding where it is something else.
    package func double() -> Double? {
        guard let value else { return nil }
        if let double = value.double { return double }
        wrong("a number")
        return nil
    }

    /// The elements of a list, each with its own path; empty where the value is absent or no list.
    package func elements() -> [Reader] {
        guard let value else { return [] }
        guard let array = value.array else {
            wrong("a list")
            return []
        }
        return array.enumerated().map {
            Reader($0.element, at: path.appending($0.offset), findings: findings)
        }
    }

    /// The members of an object in their order; empty where the value is absent or no object.
    package func members() -> [(key: String, reader: Reader)] {
        guard let value else { return [] }
        guard let object = value.object else {
            wrong("an object")
            return []
        }
        return object.members.map {
            ($0.key, Reader($0.value, at: path.appending($0.key), findings: findings))
        }
    }

    /// An object whose values are all strings, as labels and annotations are.
    package func strings() -> [String: String] {
        var result: [String: String] = [:]
        for (key, reader) in members() {
            if let string = reader.string() { result[key] = string }
        }
        return result
    }

    /// Notes every member that is not in `known`: what we do not do yet is refused, never silently
    /// ignored.
    package func allowOnly(_ known: Set<String>) {
        guard findings.namesUnknownFields else {
            if value?.object == nil { wrong("an object") }
            return
        }
        let unknown = members().filter { !known.contains($0.key) }
        if unknown.isEmpty { return }
        let names = known.sorted()
        let all = names.joined(separator: ", ")
        for (key, reader) in unknown {
            let isSlip = key.utf8.count <= longestSlip && findings.all.count < mostSlips
            let near = isSlip ? nearest(to: key, among: names) : nil
            findings.add(
                Finding(
                    path: reader.path, message: "unknown field \"\(key)\"",
                    remedy: near.map { "did you mean \($0)?" }
                        ?? "remove it, or use one of: \(all)", concernsKey: true))
        }
    }
}

/// Longer than any field of the API; comparing takes time.
private let longestSlip = 64
/// More than anybody mends at once. A stranger may send a hundred thousand.
private let mostSlips = 50

/// The name that was meant; nil where none is near.
private func nearest(to key: String, among names: [String]) -> String? {
    let near = names.map { ($0, distance(key, $0)) }.filter { $0.1 <= 2 }
    return near.min { $0.1 < $1.1 }?.0
}

/// The number of single-character edits between two names (Levenshtein), for "did you mean".
private func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let above = row[j + 1]
            row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
            diagonal = above
        }
    }
    return row[b.count]
}
