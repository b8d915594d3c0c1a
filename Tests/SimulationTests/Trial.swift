import Simulation

/// One random release in pieces, so that one that breaks a law can be made shorter: what its
/// document says, what happens to it, and what fails.
struct Trial {
    let seed: Int
    /// Lines of `spec` beside the strategy.
    var spec: [String] = []
    /// The key of the strategy: `canary` or `blueGreen`.
    var strategy = "canary"
    /// Lines of the strategy.
    var fields: [String] = []
    /// Steps of a canary.
    var steps: [String] = []
    /// What the document names beside itself; it stays whole.
    var objects = ""
    /// Lines of the story that begin the release; they stay.
    var opening: [String] = []
    var events: [String] = []
    /// Lines that bring the release to its end; they stay.
    var ending: [String] = []
    var faults: [SimulatedFault] = []
    var podStartSeconds = 2
    var takesRolloutsFirst = false

    /// The world around the release: how fast pods are, who comes first, what fails.
    mutating func addWorld(_ random: inout Lehmer, fault: (inout Lehmer) -> SimulatedFault) {
        podStartSeconds = random.next(0...4)
        takesRolloutsFirst = random.next(0...1) == 0
        for _ in 0..<random.next(0...3) { faults.append(fault(&random)) }
    }

    /// What happens after the opening: some at the same time, and not all in the order drawn.
    mutating func addEvents(
        _ counts: ClosedRange<Int>, _ random: inout Lehmer, _ event: (inout Lehmer) -> String
    ) {
        for number in 1...random.next(counts) {
            events.append("\(5 + number * random.next(1...6))s \(event(&random))")
        }
    }

    /// Everything is mended, and then the release is given up or brought to its end.
    mutating func addEnding(mending: [String] = [], seconds: Int, _ random: inout Lehmer) {
        ending =
            mending.map { "70s \($0)" } + [
                "70s new-pods all", "70s stable-pods all", "70s edit {spec: {paused: false}}",
                random.next(0...1) == 0 ? "80s abort" : "80s promote full", "\(seconds)s end",
            ]
    }

    func play() throws -> Transcript { try Scenario(text: text).player.play() }

    /// The release as a file of `Scenarios`.
    var text: String {
        let isCanary = strategy == "canary"
        let plan = fields + (isCanary ? ["steps: [\(steps.joined(separator: ", "))]"] : [])
        let world = [
            "faults: [\(faults.map { "\($0)" }.joined(separator: ", "))]",
            "podStartSeconds: \(podStartSeconds)", "takesRolloutsFirst: \(takesRolloutsFirst)",
        ]
        let document =
            ["spec:"] + spec.map { "  \($0)" } + ["  strategy:"]
            + (isCanary ? [] : ["    canary: null"]) + ["    \(strategy):"]
            + plan.map { "      \($0)" }
        let story = opening + events + ending
        return (world + document + [objects, "---"] + story).joined(separator: "\n") + "\n"
    }
}

/// The line that asks for so many pods: by a person, or by an autoscaler.
func scaling(to count: Int) -> String {
    "\(count.isMultiple(of: 2) ? "scale" : "autoscale") \(count)"
}
