import Simulation
import Testing

struct `The events of a turn` {
    @Test func `carry the revision that they are about`() throws {
        let transcript = try Scenario(text: "10s image model-api:v2\n11s end").player.play()
        let started = transcript.events.filter { $0.message.contains("revision 2") }
        #expect(
            started.map(\.reason) == [
                "RolloutUpdated", "NewReplicaSetCreated", "RolloutNotCompleted",
                "ScalingReplicaSet",
            ])
        #expect(started.allSatisfy { $0.revision == 2 })
    }
}
