import Documents

/// A selector that cannot be read: what is wrong with it.
package struct SelectorError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}

/// A condition on labels, in the string form of the API (`app=web,tier in (a, b),!old`) or in the
/// form of `spec.selector` (`matchLabels`, `matchExpressions`).
package struct LabelSelector: Hashable, Sendable {
    /// One term of a selector.
    package enum Requirement: Hashable, Sendable {
        case isIn(key: String, values: Set<String>)
        /// Also true of objects without the label.
        case notIn(key: String, values: Set<String>)
        case exists(key: String)
        case absent(key: String)
        case greater(key: String, than: Int)
        case less(key: String, than: Int)
    }

    /// All must hold.
    package var requirements: [Requirement]
    /// A missing selector in an object (`null`) selects nothing, where an empty one selects
    /// everything.
    private let isNothing: Bool

    package init(_ requirements: [Requirement]) {
        self.requirements = requirements
        isNothing = false
    }

    private init(isNothing: Bool) {
        requirements = []
        self.isNothing = isNothing
    }

    /// Selects every object.
    package static let everything = LabelSelector([])
    /// Selects no object.
    package static let nothing = LabelSelector(isNothing: true)

    /// Exactly these labels, as a Service or `matchLabels` selects.
    package init(labels: [String: String]) {
        self.init(labels.sorted { $0.key < $1.key }.map { .isIn(key: $0.key, values: [$0.value]) })
    }

    /// Whether every object is selected, so that nothing needs to be looked at.
    package var isEverything: Bool { requirements.isEmpty && !isNothing }

    /// Whether an object with these labels is selected.
    package func matches(_ labels: [String: String]) -> Bool {
        !isNothing && requirements.allSatisfy { $0.matches(labels) }
    }
}

extension LabelSelector.Requirement {
    func matches(_ labels: [String: String]) -> Bool {
        switch self {
        case .isIn(let key, let values): labels[key].map(values.contains) ?? false
        case .notIn(let key, let values): !(labels[key].map(values.contains) ?? false)
        case .exists(let key): labels[key] != nil
        case .absent(let key): labels[key] == nil
        case .greater(let key, let bound):
            labels[key].flatMap { Int($0) }.map { $0 > bound } ?? false
        case .less(let key, let bound): labels[key].flatMap { Int($0) }.map { $0 < bound } ?? false
        }
    }
}

extension LabelSelector {
    /// Reads `matchLabels` and `matchExpressions`. `null` selects nothing, an empty object
    /// everything.
    package init(json: JSON) throws(SelectorError) {
        if json.isNull {
            self = .nothing
            return
        }
        guard json.object != nil else {
            throw SelectorError("a label selector must be an object, found \(json.kindName)")
        }
        self.init(labels: json["matchLabels"]?.strings ?? [:])
        for expression in json["matchExpressions"]?.array ?? [] {
            requirements.append(try Self.requirement(expression))
        }
    }

    private static func requirement(_ json: JSON) throws(SelectorError) -> Requirement {
        guard let key = json["key"]?.string, !key.isEmpty else {
            throw SelectorError("an expression of the label selector has no key")
        }
        let values = Set(json["values"]?.array?.compactMap(\.string) ?? [])
        switch json["operator"]?.string {
        case "In" where !values.isEmpty: return .isIn(key: key, values: values)
        case "NotIn" where !values.isEmpty: return .notIn(key: key, values: values)
        case "In", "NotIn":
            throw SelectorError("\(key): for 'in', 'notin' operators, values set can't be empty")
        case "Exists" where values.isEmpty: return .exists(key: key)
        case "DoesNotExist" where values.isEmpty: return .absent(key: key)
        case "Exists", "DoesNotExist":
            throw SelectorError("\(key): values set must be empty for exists and does not exist")
        case let other:
            throw SelectorError(
                "\"\(other ?? "")\" is not a valid label selector operator for \(key); "
                    + "use In, NotIn, Exists or DoesNotExist")
        }
    }
}

/// The string form, sorted by key as an API server writes it.
extension LabelSelector: CustomStringConvertible {
    package var description: String {
        requirements.map { requirement -> (key: String, text: String) in
            switch requirement {
            case .isIn(let key, let values):
                (
                    key,
                    values.count == 1
                        ? "\(key)=\(values.joined())" : "\(key) in \(Self.list(values))"
                )
            case .notIn(let key, let values):
                (
                    key,
                    values.count == 1
                        ? "\(key)!=\(values.joined())" : "\(key) notin \(Self.list(values))"
                )
            case .exists(let key): (key, key)
            case .absent(let key): (key, "!\(key)")
            case .greater(let key, let bound): (key, "\(key)>\(bound)")
            case .less(let key, let bound): (key, "\(key)<\(bound)")
            }
        }.sorted { ($0.key, $0.text) < ($1.key, $1.text) }.map(\.text).joined(separator: ",")
    }

    private static func list(_ values: Set<String>) -> String {
        "(\(values.sorted().joined(separator: ",")))"
    }
}
