import Documents
import Simulation
import Testing

/// A command that comes in the very instant of a write takes effect, once.
struct `A command at the instant of a write` {
    /// Only open pauses, and more of them than there are promotions: the index counts them.
    static let pauseCount = 400
    static let pauses = """
        spec:
          replicas: 1
          strategy:
            canary:
              steps: [\(Array(repeating: "{pause: {}}", count: pauseCount).joined(separator: ", "))]
        ---
        10s  image model-api:v2
        """
    static let short = """
        spec:
          replicas: 2
          strategy:
            canary:
              steps: [{setWeight: 50}, {pause: {duration: 5}}, {setWeight: 80}, {pause: {}}]
        ---
        10s  image model-api:v2
        """

    /// Promotions at random instants of writes, two at once among them, and others in between.
    /// Holds: 4.12 pause.
    @Test(arguments: 0..<24) func `promotes one pause and no other`(seed: Int) throws {
        var random = Lehmer(seed)
        let others = 20
        let story = (0..<others).map { "\(20 + 10 * $0)s  promote" }.joined(separator: "\n")
        var player = try Scenario(text: Self.pauses + "\n" + story).player
        for write in 10..<180 {
            if random.next(0...2) > 0 { player.faults.append(.commandAfter(write, .promote)) }
            if random.next(0...3) == 0 { player.faults.append(.command(write, .promote)) }
        }
        let transcript = player.play()
        let accepted = transcript.placed.count(where: \.isAccepted)
        // With those that are no faults a thousand over all seeds.
        #expect(accepted >= 25, "seed \(seed)")
        #expect(accepted + others < Self.pauseCount)
        #expect(transcript.end?.step == accepted + others, "seed \(seed)\n\(transcript.text)")
        #expect(transcript.broken == [], "seed \(seed)")
    }

    struct Case: CustomTestStringConvertible {
        let command: Story.Command
        let write: Int
        let isBefore: Bool
        var testDescription: String {
            "\(command) \(isBefore ? "before" : "after") write \(write)"
        }
        var fault: SimulatedFault {
            isBefore ? .command(write, command) : .commandAfter(write, command)
        }
    }

    static func cases(
        _ commands: [Story.Command], in text: String = short, from first: Int = 1,
        isWhole: Bool = false
    ) throws -> [Case] {
        let writes = try Scenario(text: text).player.play().writes
        return commands.flatMap { command in
            (first...writes).flatMap { write in
                (isWhole ? [true, false] : [write.isMultiple(of: 2)]).map {
                    Case(command: command, write: write, isBefore: $0)
                }
            }
        }
    }

    func play(_ point: Case, _ text: String = Self.short) throws -> (Transcript, Transcript.Placed)
    {
        var player = try Scenario(text: text).player
        player.faults = [point.fault]
        let transcript = player.play()
        let placed = try #require(transcript.placed.first)
        // What was sent a moment before the command came cannot be called back, only taken back at
        // once.
        let broken = brokenLaws(transcript).filter {
            !(point.isBefore && $0.hasPrefix("\(placed.milliseconds) ms:"))
        }
        #expect(broken == [], "\(transcript.text)")
        return (transcript, placed)
    }

    /// Holds: 9.1 resume protocol.
    @Test(arguments: try cases([.promote], isWhole: true)) func `promotes`(at point: Case) throws {
        let (transcript, placed) = try play(point)
        guard placed.isUpdating, placed.isAccepted else {
            #expect(transcript.end?.step == 3)
            return
        }
        #expect(transcript.end?.step == max(placed.step + 1, 3), "\(transcript.text)")
    }

    /// Holds: 4.12 full.
    /// Holds: 9.1 resume protocol.
    @Test(arguments: try cases([.promoteFull])) func `promotes everything`(at point: Case) throws {
        let (transcript, placed) = try play(point)
        let expected = placed.isUpdating && placed.isAccepted ? "Healthy" : "Paused"
        #expect(transcript.end?.phase == expected, "\(transcript.text)")
        if expected == "Healthy" { #expect(transcript.end?.stable == transcript.end?.current) }
    }

    /// Holds: 4.10 by a person.
    /// Holds: 9.1 resume protocol.
    @Test(arguments: try cases([.abort], isWhole: true)) func `aborts`(at point: Case) throws {
        let (transcript, placed) = try play(point)
        // An abort of a finished rollout has nothing to give back.
        let expected = placed.isUpdating ? "Degraded" : "Paused"
        #expect(transcript.end?.phase == expected, "\(transcript.text)")
        if expected == "Degraded" { #expect(transcript.end?.weight == 0) }
    }

    @Test(arguments: try cases([.pause])) func `pauses`(at point: Case) throws {
        let (transcript, _) = try play(point)
        #expect(transcript.end?.message == "manually paused", "\(transcript.text)")
    }

    @Test(arguments: try cases([.image("model-api:v9")])) func `brings an image`(at point: Case)
        throws
    {
        let (transcript, placed) = try play(point)
        guard placed.isUpdating || placed.milliseconds >= 10_000 else { return }
        #expect(transcript.end?.images == ["model-api:v9"])
        #expect(transcript.end?.step == 3, "\(transcript.text)")
        #expect((2...3).contains(transcript.end?.revision ?? 0))
    }

    static let judged = `A fault at any write`.abort + "18s  metric errors 0.001\n"

    /// The release before it fails at about the same instant, and the verdict is about that one.
    @Test(
        arguments: try cases(
            [.image("model-api:v9")], in: judged,
            from: Scenario(text: `A fault at any write`.release + "\n16s  end\n").player.play()
                .writes + 1,
            isWhole: true))
    func `brings an image that is judged for itself`(at point: Case) throws {
        let (transcript, _) = try play(point, Self.judged)
        #expect(transcript.end?.images == ["model-api:v9"])
        #expect(transcript.end?.phase == "Healthy", "\(transcript.text)")
    }

    @Test(arguments: try cases([.scale(5)])) func `scales`(at point: Case) throws {
        let (transcript, _) = try play(point)
        let revision = transcript.end?.pods[1]
        #expect(revision?.desired == 5 && revision?.available == 5, "\(transcript.text)")
        #expect(transcript.end?.pods[2]?.desired == 4)
    }

    @Test(arguments: try cases([.undo(revision: 1)])) func `goes back`(at point: Case) throws {
        let (transcript, placed) = try play(point)
        guard placed.isUpdating, placed.isAccepted else { return }
        #expect(transcript.end?.phase == "Healthy", "\(transcript.text)")
        #expect(transcript.end?.images == ["model-api:v1"])
    }

    static let aborted = short + "\n40s  abort\n"

    /// The retry comes at each write that follows an abort, the one that stores it among them.
    /// Holds: 4.11 canary.
    @Test(
        arguments: try cases(
            [.retry], in: aborted, from: Scenario(text: short).player.play().writes + 1,
            isWhole: true))
    func `tries again`(at point: Case) throws {
        let (transcript, placed) = try play(point, Self.aborted)
        #expect(placed.isAccepted, "\(transcript.text)")
        #expect(transcript.end?.phase == "Paused", "\(transcript.text)")
        #expect(transcript.end?.step == 3)
    }
}

extension Transcript.Placed {
    private var status: JSON? { rollout["status"] }
    var step: Int { status?["currentStepIndex"]?.int ?? 0 }
    /// Whether the command met an update, or the document of one.
    var isUpdating: Bool {
        let stable = status?["stableRS"]?.string ?? ""
        let isNew =
            rollout["spec"]?["template"]?["spec"]?["containers"]?[0]?["image"]?.string
            == "model-api:v2"
        return !stable.isEmpty && isNew
    }
}
