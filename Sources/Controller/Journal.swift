import Documents
import KubernetesObjects
import Rollouts

/// Where the controller tells what it did: events in the cluster, lines in the log, records in the
/// history. Told after the act, and never waited for by it.
package struct Journal: Sendable {
    /// An event about an object.
    package var announce: @Sendable (_ regarding: Object, Rollouts.Event) async -> Void
    /// A decision that was carried out, or tried to be.
    package var decided: @Sendable (Decision, RolloutTurn.Scene) async -> Void
    /// Something that did not work and is tried again.
    package var stumbled: @Sendable (RolloutKey, _ doing: String, ClusterError) async -> Void

    package init(
        announce: @escaping @Sendable (Object, Rollouts.Event) async -> Void,
        decided: @escaping @Sendable (Decision, RolloutTurn.Scene) async -> Void,
        stumbled: @escaping @Sendable (RolloutKey, String, ClusterError) async -> Void
    ) {
        self.announce = announce
        self.decided = decided
        self.stumbled = stumbled
    }

    func decided(_ decision: Decision, in scene: RolloutTurn.Scene) async {
        await decided(decision, scene)
    }
}
