/// The way from the root of a document to a value in it: `spec.strategy.canary.steps[2].setWeight`.
package struct Path: Hashable, Sendable, CustomStringConvertible {
    /// One step on the way.
    package enum Component: Hashable, Sendable {
        case key(String)
        case index(Int)
    }

    /// The step that leads here, and where it leads from. Readers make a path of all that they look
    /// at, and hardly ever show one: paths share their beginnings.
    private final class Step: Sendable {
        let component: Component
        let before: Path

        init(_ component: Component, after before: Path) {
            self.component = component
            self.before = before
        }
    }

    /// Nil at the root.
    private let last: Step?

    private init(last: Step?) {
        self.last = last
    }

    package init(_ components: [Component] = []) {
        self = components.reduce(.root) { $0.appending($1) }
    }

    package static let root = Path(last: nil)

    private func appending(_ component: Component) -> Path {
        Path(last: Step(component, after: self))
    }

    /// The path of the member `key` of this value.
    package func appending(_ key: String) -> Path { appending(.key(key)) }
    /// The path of the element at `index`, counted from 0.
    package func appending(_ index: Int) -> Path { appending(.index(index)) }

    /// The path of the value that contains this one; nil at the root.
    package var parent: Path? { last?.before }

    /// All steps from the root.
    package var components: [Component] {
        var components: [Component] = []
        var path = self
        while let step = path.last {
            components.append(step.component)
            path = step.before
        }
        return components.reversed()
    }

    package static func == (left: Path, right: Path) -> Bool {
        left.components == right.components
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(components) }

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
