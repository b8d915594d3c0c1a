import Controller
import Documents
import KubernetesObjects
import Manifests

/// Plays a story against the same decisions, documents and routers as a real cluster, on a virtual
/// clock.
package struct Player: Sendable {
    /// What there is at the beginning: rollouts, templates, services, ingresses.
    package var objects: [Object]
    package var story: Story
    /// The extensions that take part: routers follow at once, and steps are passed.
    package var plugins = Plugins.none
    package var timing = SimulatedTiming()
    /// Faults for tests: each happens at most once.
    package var faults: [SimulatedFault] = []
    /// Whether rollouts have their turns before analysis runs: both orders happen.
    package var takesRolloutsFirst = false

    package init(objects: [Object], story: Story) {
        self.objects = objects
        self.story = story
    }

    /// The simulation's day zero. Any instant will do, as long as it is always the same.
    static let start = Timestamp(milliseconds: 1_767_225_600_000)

    /// Plays the story to its end.
    package func play() -> Transcript {
        let player = self
        return OneThread().run {
            do throws(ClusterError) {
                var stage = try await Stage(player)
                return await stage.play()
            } catch {
                var transcript = Transcript()
                transcript.add(at: 0, cause: "start", act: "", reason: error.description)
                return transcript
            }
        }
    }
}

/// How long things take in a simulated cluster.
package struct SimulatedTiming: Hashable, Sendable {
    package var podStartSeconds = 2
    /// From the change of a Deployment's template until all its pods are new ones.
    package var gatewayRollSeconds = 3

    package init() {}
}

/// Something that goes wrong at one write of the controller, counted from 1.
package enum SimulatedFault: Hashable, Sendable {
    case killBefore(Int)
    case killAfter(Int)
    /// The server does not take the write.
    case refuse(Int)
    /// The server says for good that it does not take the write.
    case forbid(Int)
    /// The server takes the write, and its answer is lost.
    case loseAnswer(Int)
    /// The write is overtaken by the one that is sent at the same time, if there is one.
    case holdBack(Int)
    /// A disruption budget keeps the first so many pods that are to be evicted.
    case keepPods(Int)
    /// A command that arrives in the same instant, just before the write.
    case command(Int, Story.Command)
    /// A command that arrives in the same instant, just after the write.
    case commandAfter(Int, Story.Command)
}
