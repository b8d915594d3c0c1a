/// Why a text is no document that we accept: what is wrong, where, and what to do about it.
package struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    /// Nil where no text was read.
    package let place: Place?
    /// The offset in bytes from the start of the text; nil where it is not known.
    package let offset: Int?
    package let remedy: String
    /// Whether less of the same could be read.
    package let exceedsLimits: Bool

    package init(
        _ message: String, place: Place? = nil, offset: Int? = nil, remedy: String,
        exceedsLimits: Bool = false
    ) {
        self.message = message
        self.place = place
        self.offset = offset
        self.remedy = remedy
        self.exceedsLimits = exceedsLimits
    }

    package var description: String {
        let at = place.map { "\($0): " } ?? ""
        return "\(at)\(message); \(remedy)"
    }

    /// The same as a finding about the whole document, for lists of findings.
    package var finding: Finding {
        Finding(path: .root, place: place, message: message, remedy: remedy)
    }
}

/// How much of a text we read before we refuse it, so that no input can take our memory or our
/// stack.
package struct Limits: Hashable, Sendable {
    /// The most bytes of text.
    package var bytes: Int
    /// The most lists and objects around one value.
    package var depth: Int
    /// The most values, counting each value of an alias as often as it is used.
    package var nodes: Int

    package init(bytes: Int, depth: Int, nodes: Int) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
    }

    /// For what programs write to each other. Bytes: ten times a list page of 1,000 rollouts.
    /// Depth: a custom resource definition of pods nests about 40 deep, and 200 levels fit any
    /// thread's stack. Nodes: one for every 16 bytes, denser than any Kubernetes object.
    package static let standard = Limits(bytes: 32 << 20, depth: 200, nodes: 2 << 20)

    /// For files that people write. Bytes: the largest known install manifests of custom resource
    /// definitions are near 2 MiB. Depth: see `standard`. Nodes: one for every 16 bytes; also what
    /// bounds aliases.
    package static let manifest = Limits(bytes: 4 << 20, depth: 100, nodes: 256 << 10)
}
