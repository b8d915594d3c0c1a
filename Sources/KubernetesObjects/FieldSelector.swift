import Documents

/// A condition on fields of objects in the string form of the API:
/// `status.phase!=Running,metadata.name=web`. A field that an object does not have counts as the
/// empty string.
package struct FieldSelector: Hashable, Sendable, CustomStringConvertible {
    /// One term: a field that is, or is not, a value.
    package struct Requirement: Hashable, Sendable {
        /// The names from the root: `metadata`, `name`.
        package let path: [String]
        package let value: String
        package let isEqual: Bool
    }

    /// Requirements of one selector; a person writes two or three.
    package static let requirementLimit = 64

    /// All must hold.
    package var requirements: [Requirement]

    package init(_ requirements: [Requirement] = []) {
        self.requirements = requirements
    }

    /// The selector without terms.
    package static let everything = FieldSelector()

    /// The one object of this name, as a watch of a single object selects.
    package static func name(_ name: String) -> FieldSelector {
        FieldSelector([Requirement(path: ["metadata", "name"], value: name, isEqual: true)])
    }

    /// The events about objects of this kind.
    package static func events(about kind: String) -> FieldSelector {
        FieldSelector([
            Requirement(path: ["involvedObject", "kind"], value: kind, isEqual: true)
        ])
    }

    /// Reads the string form; "" selects everything. In values, `\` escapes `,`, `=` and itself.
    package init(parsing text: String) throws(SelectorError) {
        var requirements: [Requirement] = []
        for term in Self.terms(of: text) where !term.isEmpty {
            requirements.append(try Self.requirement(term))
        }
        guard requirements.count <= Self.requirementLimit else {
            throw SelectorError("the field selector has more than \(Self.requirementLimit) terms")
        }
        self.init(requirements)
    }

    /// Whether every object is selected.
    package var isEverything: Bool { requirements.isEmpty }

    /// The name that an object must have to be selected; nil where several can be.
    package var name: String? {
        requirements.first { $0.path == ["metadata", "name"] && $0.isEqual }?.value
    }

    /// Whether every requirement holds; a field that is absent equals "".
    package func matches(_ object: Object) -> Bool {
        requirements.allSatisfy { requirement in
            let value = requirement.path.reduce(Optional(object.json)) { $0?[$1] }
            return (Self.text(value) == requirement.value) == requirement.isEqual
        }
    }

    package var description: String {
        requirements.map { requirement in
            let value = requirement.value.reduce(into: "") { text, character in
                if character == "," || character == "=" || character == "\\" { text += "\\" }
                text.append(character)
            }
            return requirement.path.joined(separator: ".") + (requirement.isEqual ? "=" : "!=")
                + value
        }.joined(separator: ",")
    }

    private static func text(_ value: JSON?) -> String {
        switch value {
        case .string(let text), .number(let text): text
        case .int(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        default: ""
        }
    }

    /// The text split at commas that are not escaped; escapes stay for `requirement`.
    private static func terms(of text: String) -> [String] {
        var terms = [""]
        var isEscape = false
        for character in text {
            if character == "," && !isEscape {
                terms.append("")
            } else {
                terms[terms.count - 1].append(character)
            }
            isEscape = character == "\\" && !isEscape
        }
        return terms
    }

    private static func requirement(_ term: String) throws(SelectorError) -> Requirement {
        guard let sign = term.firstIndex(of: "=") else {
            throw SelectorError("invalid field selector: \"\(term)\" has no '=', '==' or '!='")
        }
        var field = term[..<sign]
        var value = term[sign...].dropFirst()
        let isEqual = field.last != "!"
        if !isEqual { field = field.dropLast() }
        if isEqual && value.first == "=" { value = value.dropFirst() }
        let path = field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else {
            throw SelectorError("invalid field selector: \"\(field)\" is no path of a field")
        }
        var text = ""
        var isEscape = false
        for character in value {
            if !isEscape && character == "\\" {
                isEscape = true
                continue
            }
            guard isEscape || character != "=" else {
                throw SelectorError(
                    "invalid field selector: '=' in the value of \"\(term)\"; write '\\='")
            }
            text.append(character)
            isEscape = false
        }
        guard !isEscape else {
            throw SelectorError("invalid field selector: \"\(term)\" ends within an escape")
        }
        return Requirement(path: path, value: text, isEqual: isEqual)
    }
}
