import Analysis
import Controller
import Documents
import KubernetesObjects
import ObjectStore
import Rollouts

/// Plays a story against the same decisions, documents and routers as a real cluster, on a virtual clock.
package struct Player: Sendable {
    /// What there is at the beginning: rollouts, templates, services, ingresses.
    package var objects: [Object]
    package var story: Story
    package var podStartSeconds = 2
    /// Faults for tests: each is played once.
    package var fault: SimulatedFault?

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

/// Something that goes wrong at one write of the controller, counted from 1.
package enum SimulatedFault: Hashable, Sendable {
    case killBefore(Int)
    case killAfter(Int)
    /// A command that arrives in the same instant in which the controller writes.
    case command(Int, Story.Command)
}
