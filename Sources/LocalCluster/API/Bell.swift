import KubernetesObjects
import ObjectStore

/// Wakes one reader. Rings that come while it is busy are one ring.
struct Bell: Sendable {
    /// The kinds it rings for, by qualified name.
    let resources: Set<String>
    /// For one reader.
    let rings: AsyncStream<Void>
    private let rope: AsyncStream<Void>.Continuation

    init(_ resources: [Resource]) {
        self.resources = Set(resources.map(\.qualifiedName))
        (rings, rope) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// False where the reader is gone.
    @discardableResult
    func ring() -> Bool {
        if case .terminated = rope.yield() { false } else { true }
    }

    /// The reader's loop ends after what was rung before.
    func end() {
        rope.finish()
    }
}
