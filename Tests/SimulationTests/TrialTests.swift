import Simulation
import Testing

struct `A release that breaks a law` {
    /// As if no canary were ever to get half of the traffic.
    private let laws: Laws = { transcript, _ in
        transcript.servedWeights.contains(50) ? ["12 ms: P0: half of the traffic"] : []
    }

    @Test func `is shortened to what breaks it`() throws {
        var trial = Trial(seed: 0)
        trial.spec = ["replicas: 2", "minReadySeconds: 1"]
        trial.steps = ["{setWeight: 10}", "{setWeight: 50}", "{pause: {duration: 3}}"]
        trial.fields = ["abortScaleDownDelaySeconds: 5"]
        trial.opening = ["5s image model-api:v2"]
        trial.events = ["9s scale 4", "30s crash", "40s pause", "41s resume"]
        trial.ending = ["100s end"]
        trial.faults = [.killAfter(20), .refuse(22)]
        let short = try trial.shrunk(under: laws)
        #expect(short.steps == ["{setWeight: 50}"])
        #expect(short.events == [] && short.spec == [] && short.fields == [])
        #expect(short.faults == [])
        #expect(try laws(try short.play(), short) != [])
    }

    @Test func `is the same as a scenario`() throws {
        var trial = Trial(seed: 0)
        trial.steps = ["{setWeight: 50}"]
        trial.opening = ["5s image model-api:v2"]
        trial.ending = ["60s end"]
        trial.faults = [.killAfter(12), .loseAnswer(14), .forbid(15), .holdBack(16), .refuse(17)]
        trial.faults.append(.killBefore(18))
        trial.podStartSeconds = 3
        trial.takesRolloutsFirst = true
        let player = try Scenario(text: trial.text).player
        #expect(player.faults == trial.faults)
        #expect(player.timing.podStartSeconds == 3)
        #expect(player.takesRolloutsFirst)
    }
}
