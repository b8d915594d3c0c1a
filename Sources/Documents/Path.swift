/// The way from the root of a document to a value in it: `spec.strategy.canary.steps[2].setWeight`.
package struct Path: Hashable, Sendable, CustomStringConvertible {
    /// One step on the way.
    package enum Component: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    package var components: [Component]

    package init(_ components: [Component] = []) {
        self.components = components
    }

    package static let root = Path()

    /// The path of the member `key` of this value.
    package func appending(_ key: String) -> Path { Path(components + [.key(key)]) }
    /// The path of the element at `index`, counted from 0.
    package func appending(_ index: Int) -> Path { Path(components + [.index(index)]) }

    /// The path of the value that contains this one; nil at the root.
    package var parent: Path? {
        components.isEmpty ? nil : Path(Array(components.dropLast()))
    }

    package var description: String {
        components.reduce(into: "") { text, component in
            switch component {
            case .key(let key): text += text.isEmpty ? key : ".\(key)"
            case .index(let index): text += "[\(index)]"
            }
        }
    }
}

/// Where something stands in a file; line and column count from 1.
package struct Place: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// Something wrong in a document: where, what, and what to do about it.
package struct Finding: Hashable, Sendable, CustomStringConvertible {
    package let path: Path
    /// Nil where the document did not come from a file.
    package var place: Place?
    package let message: String
    package let remedy: String
    /// Whether the key is wrong, not the value under it: then the place is that of the key.
    package let concernsKey: Bool

    package init(
        path: Path, place: Place? = nil, message: String, remedy: String, concernsKey: Bool = false
    ) {
        self.path = path
        self.place = place
        self.message = message
        self.remedy = remedy
        self.concernsKey = concernsKey
    }

    package var description: String {
        let at = place.map { "\($0): " } ?? ""
        let subject = path.components.isEmpty ? "" : "\(path): "
        return "\(at)\(subject)\(message); \(remedy)"
    }
}
