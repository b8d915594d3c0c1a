import Documents
import Extensions
import KubernetesObjects
import Logging
import Manifests
import Rollouts
import Traffic

/// One turn of one rollout: observe, decide, act. Nothing here chooses.
package struct RolloutTurn: Sendable {
    let cluster: Cluster
    let memory: Recollection
    let routers: [RouterKind]
    /// The extensions that documents may name.
    let plugins: Plugins
    /// Hands a question over to whoever asks extensions, and does not wait for the answer.
    let askExtension: @Sendable (StepQuestion) async -> Void
    /// Asks the extensions that divide traffic.
    let remoteRouters: ExtensionCaller
    let journal: Journal
    /// Wall clock, an argument so that the simulation has its own.
    let now: @Sendable () -> Timestamp
    /// Whether a debug build stops at a decision that breaks an invariant. The simulation reports
    /// it instead.
    package var stopsAtBrokenInvariants = true
    /// After how long a router that has not followed yet is asked again.
    package var verifySeconds = Snapshot.usualVerifySeconds

    init(
        cluster: Cluster, memory: Recollection, routers: [RouterKind] = RouterKind.all,
        plugins: Plugins, journal: Journal, now: @escaping @Sendable () -> Timestamp,
        remoteRouters: ExtensionCaller = .none,
        askExtension: @escaping @Sendable (StepQuestion) async -> Void
    ) {
        self.cluster = cluster
        self.memory = memory
        self.routers = routers
        self.plugins = plugins
        self.askExtension = askExtension
        self.remoteRouters = remoteRouters
        self.journal = journal
        self.now = now
    }

    /// Without extensions that are asked for steps.
    package init(
        cluster: Cluster, memory: Recollection, routers: [RouterKind] = RouterKind.all,
        plugins: Plugins = .none, journal: Journal, now: @escaping @Sendable () -> Timestamp,
        remoteRouters: ExtensionCaller = .none
    ) {
        self.init(
            cluster: cluster, memory: memory, routers: routers, plugins: plugins,
            journal: journal, now: now, remoteRouters: remoteRouters, askExtension: { _ in })
    }

    /// What a turn came to.
    package struct Outcome: Sendable {
        /// Nil where the rollout is gone.
        package var decision: Decision?
        /// When to look again even if nothing happens.
        package var lookAgain: Timestamp?
        /// Something could not be written or read: look again soon, and longer each time.
        package var trouble: ClusterError?
    }

    /// Takes one turn. `news` is an object that this process has just decided to write and that
    /// caches may not show yet: a failed analysis run gives traffic back without waiting for the
    /// server to have stored it.
    package func take(_ key: RolloutKey, news: Object? = nil) async -> Outcome {
        do {
            guard var scene = try await observe(key, news: news) else {
                await memory.forget(key)
                return Outcome()
            }
            await memory.sawWeight(scene.snapshot.memory, of: key)
            let decision = decide(scene.snapshot)
            scene.subject = decision.subject(scene.object)
            assert(
                !stopsAtBrokenInvariants || brokenInvariants(of: decision, scene.snapshot).isEmpty,
                "\(key): \(brokenInvariants(of: decision, scene.snapshot))")
            let trouble = await act(on: decision, in: scene)
            await journal.decided(decision, in: scene)
            return Outcome(
                decision: decision, lookAgain: decision.lookAgain.map(Timestamp.init),
                trouble: trouble)
        } catch {
            return Outcome(trouble: error)
        }
    }

    /// What is seen of a rollout now, for those who only look: nothing is remembered of it. Nil
    /// where it is gone or cannot be read.
    package func look(at key: RolloutKey) async -> Scene? {
        do {
            return try await observe(key, news: nil, asks: false)
        } catch {
            return nil
        }
    }

    /// What was observed, and the documents it was read from.
    package struct Scene: Sendable {
        package var key: RolloutKey
        package var object: Object
        /// What events are about: the rollout with the revision that the decision gives it.
        package var subject: Object
        package var parsed: ParsedRollout
        package var snapshot: Snapshot
        package var observed: Observed
        package var replicaSets: [Object]
        package var runs: [Object]
        package var experiments: [Object]
    }
}

extension Decision {
    /// `rollout` with the revision that this decision writes: its events belong to that one.
    fileprivate func subject(_ rollout: Object) -> Object {
        var subject = rollout
        for case .setRolloutRevision(let revision) in actions {
            subject["metadata", "annotations", Keys.revision] = .string(String(revision))
        }
        return subject
    }
}
