import Documents
import KubernetesObjects

/// What is wrong with an object that the document names, whatever weight is asked for. Argo
/// Rollouts looks at it before anything else, and so the document is refused for it
/// (rollout-semantics §8.2).
package struct NamedFault: Hashable, Sendable {
    /// Where the document names the object, below the configuration of its router.
    package let field: Path
    package let name: String
    package let message: String
    package let remedy: String
    /// The object, where nobody has made it.
    package let missing: Reference?

    init(_ field: Path, _ name: String, _ message: String, remedy: String) {
        self.field = field
        self.name = name
        self.message = message
        self.remedy = remedy
        missing = nil
    }

    /// In the words of an API server.
    init(missing: Reference, at field: Path) {
        let kind = missing.resource
        self.field = field
        name = missing.name
        message = "\(kind.plural).\(kind.group) \"\(missing.name)\" not found"
        remedy = "create the \(kind.kind) \(missing.name), or correct its name"
        self.missing = missing
    }
}
