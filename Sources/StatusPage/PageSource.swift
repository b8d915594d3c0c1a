import History

/// Where the pages take what they show.
package struct PageSource: Sendable {
    /// Every rollout.
    package var rollouts: @Sendable () async -> [RolloutView]
    /// One rollout, with its runs; nil where there is none of that name.
    package var rollout: @Sendable (_ namespace: String, _ name: String) async -> RolloutView?
    /// The latest records of a rollout, the oldest first.
    package var records: @Sendable (_ namespace: String, _ name: String) async -> [Record]
    /// What needs a person and belongs to no single rollout, a sentence each: a file that cannot be
    /// read (with line and column), a history that cannot be written.
    package var problems: @Sendable () async -> [String]
    /// Takes the secrets that are in use out of a text. Everything shown has passed it.
    package var redact: @Sendable (String) -> String

    package init(
        rollouts: @escaping @Sendable () async -> [RolloutView],
        rollout: @escaping @Sendable (String, String) async -> RolloutView?,
        records: @escaping @Sendable (String, String) async -> [Record],
        problems: @escaping @Sendable () async -> [String],
        redact: @escaping @Sendable (String) -> String
    ) {
        self.rollouts = rollouts
        self.rollout = rollout
        self.records = records
        self.problems = problems
        self.redact = redact
    }
}
