import Documents

/// The run that a measurement is for.
package struct Occasion: Hashable, Sendable {
    package var namespace: String
    package var run: String
    package var uid: String
    package var startedAt: Timestamp

    package init(namespace: String, run: String, uid: String, startedAt: Timestamp) {
        self.namespace = namespace
        self.run = run
        self.uid = uid
        self.startedAt = startedAt
    }
}

extension Measurement {
    /// Whether it is under way for longer than any measurement may take.
    package func isOverdue(at now: Timestamp) -> Bool {
        guard let startedAt else { return true }
        return startedAt.advanced(bySeconds: longestTimeoutSeconds) <= now
    }
}
