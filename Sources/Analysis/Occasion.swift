import Documents

/// The run that a measurement is for, and how far the measurement has come.
package struct Occasion: Hashable, Sendable {
    package var namespace: String
    package var run: String
    package var uid: String
    package var startedAt: Timestamp
    /// What the provider wanted to be told when it is asked again; empty the first time.
    package var state: String

    package init(
        namespace: String, run: String, uid: String, startedAt: Timestamp, state: String = ""
    ) {
        self.namespace = namespace
        self.run = run
        self.uid = uid
        self.startedAt = startedAt
        self.state = state
    }
}

extension Measurement {
    /// One that its provider has not finished. It stands in the status, so that another process can
    /// go on with it.
    init(_ unfinished: Unfinished, _ redactor: Redactor, from start: Timestamp, at now: Timestamp) {
        let state = redactor.redact(unfinished.state)
        self.init(
            phase: .running, startedAt: start,
            resumeAt: now.advanced(bySeconds: unfinished.againSeconds),
            metadata: state.isEmpty ? [:] : [stateKey: state])
    }

    /// Whether the provider said when it is to be asked again.
    package var isAwaited: Bool { resumeAt != nil && finishedAt == nil }

    /// What the provider wanted to be told then.
    package var state: String { metadata[stateKey] ?? "" }

    /// Whether it is under way for longer than any measurement may take.
    package func isOverdue(at now: Timestamp) -> Bool {
        guard let startedAt else { return true }
        return startedAt.advanced(bySeconds: longestTimeoutSeconds) <= now
    }
}

private let stateKey = "sluice/state"
