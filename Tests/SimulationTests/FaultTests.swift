import Simulation
import Synchronization
import Testing

/// A controller that is killed, refused or not answered at any of its writes changes the time,
/// never the end.
struct `A fault at any write` {
    static let release = """
        spec:
          replicas: 2
          strategy:
            canary:
              steps: [{setWeight: 50}, {analysis: {templates: [{templateName: quick}]}}]
        objects:
          - apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: quick}
            spec:
              metrics:
                - name: errors
                  interval: 5s
                  count: 2
                  successCondition: "result[0] <= 0.01"
                  provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}

        ---
        0s   metric errors 0.001
        10s  image model-api:v2
        """
    /// The second measurement is bad.
    static let abort = release + "\n14s  metric errors 0.5\n"
    static let person = release + "\n14s  abort\n"
    /// A background analysis judges beside the steps.
    static let watched = """
        spec:
          replicas: 2
          strategy:
            canary:
              analysis: {templates: [{templateName: watch}]}
              steps: [{setWeight: 50}, {pause: {duration: 10}}]
        objects:
          - apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: watch}
            spec:
              metrics:
                - name: errors
                  interval: 5s
                  successCondition: "result[0] <= 0.01"
                  provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}

        ---
        0s   metric errors 0.001
        10s  image model-api:v2
        """
    static let watchedAbort = watched + "\n14s  metric errors 0.5\n"
    /// The sides stand behind an LLM gateway that reads its policies at start.
    static let gateway = """
        spec:
          replicas: 2
          strategy:
            canary:
              trafficRouting:
                nginx: null
                plugins:
                  sluice/route-policy:
                    {configMap: gateway, model: m, primary: a, canary: b, deployment: gateway}
              steps: [{setWeight: 50}, {pause: {}}]
        objects:
          - apiVersion: v1
            kind: ConfigMap
            metadata: {name: gateway}
            data:
              GATEWAY_UPSTREAMS: "a=http://model-api;b=http://model-api-canary"
              GATEWAY_ROUTE_POLICIES: "{}"
          - apiVersion: apps/v1
            kind: Deployment
            metadata: {name: gateway}
            spec:
              replicas: 2
              selector: {matchLabels: {app: gateway}}
              template:
                metadata: {labels: {app: gateway}}
                spec: {containers: [{name: gateway, image: "gateway:1"}]}
        ---
        10s  image model-api:v2
        30s  abort
        """
    static let stories = [
        "release": release, "abort": abort, "person": person, "watched": watched,
        "watched-abort": watchedAbort, "gateway": gateway,
    ]
    /// Those that end well.
    static let good: Set = ["release", "watched"]

    struct Case: CustomTestStringConvertible {
        let story: String
        let write: Int
        var testDescription: String { "\(story), write \(write)" }
    }

    /// Every write of the first story; of the others those after the initial deploy.
    static var cases: [Case] {
        get throws {
            try stories.keys.sorted().flatMap { story in
                let first = story == "release" ? 1 : 9
                return (first...(try usual(story).writes)).map { Case(story: story, write: $0) }
            }
        }
    }

    private static let played = Mutex<[String: Transcript]>([:])

    /// The story without a fault.
    static func usual(_ story: String) throws -> Transcript {
        if let transcript = played.withLock({ $0[story] }) { return transcript }
        let transcript = try play(story)
        played.withLock { $0[story] = transcript }
        return transcript
    }

    static func play(_ story: String, _ faults: [SimulatedFault] = [], rolloutsFirst: Bool = false)
        throws -> Transcript
    {
        var player = try Scenario(text: stories[story] ?? "").player
        player.faults = faults
        player.takesRolloutsFirst = rolloutsFirst
        return player.play()
    }

    @Test(arguments: stories.keys.sorted())
    func `has stories to happen in`(story: String) throws {
        let transcript = try Self.usual(story)
        #expect(brokenLaws(transcript) == [])
        let isGood = Self.good.contains(story)
        #expect(transcript.end?.phase == (isGood ? "Healthy" : "Degraded"))
        #expect(transcript.servedWeights == (isGood ? [0, 50, 100, 0] : [0, 50, 0]))
    }

    /// Holds: 9.4 P9, 4.2 errors.
    @Test(arguments: try cases) func `leads to the same end`(at point: Case) throws {
        let usual = try Self.usual(point.story)
        let write = point.write
        var faults: [[SimulatedFault]] = [
            [.killAfter(write)], [.refuse(write)], [.loseAnswer(write)],
        ]
        if point.story == "abort" || point.story == "watched-abort" {
            faults += [
                [.killBefore(write)], [.holdBack(write)],
                [.holdBack(write), .killAfter(write + 1)],
                [.holdBack(write), .refuse(write + 1)], [.refuse(write), .killBefore(write + 1)],
            ]
        }
        for fault in faults {
            let transcript = try Self.play(
                point.story, fault, rolloutsFirst: point.story.hasSuffix("abort"))
            #expect(brokenLaws(transcript) == [], "\(fault)\n\(transcript.text)")
            #expect(transcript.end == usual.end, "\(fault)\n\(transcript.text)")
            // Nothing is raised again after it was given back, and nothing above what was judged: a
            // process that begins between the two writes of the way up cannot tell it from the way
            // back, and the measurement that it waits for is bad.
            let waits = point.story == "watched-abort" && fault.contains(where: \.isKill)
            let served = waits ? [usual.servedWeights, [0]] : [usual.servedWeights]
            #expect(served.contains(transcript.servedWeights), "\(fault)\n\(transcript.text)")
        }
    }

    /// The bad measurement is the only one, and neither it nor the abort can be stored at first.
    @Test(arguments: 1...3, [true, false])
    func `does not make a controller forget its verdict`(offset: Int, rolloutsFirst: Bool) throws {
        let before = try Scenario(text: Self.release + "\n16s  end\n").player.play().writes
        var player = try Scenario(text: Self.abort + "18s  metric errors 0.001\n").player
        let write = before + offset
        player.faults = [.refuse(write), .refuse(write + 1), .refuse(write + 2)]
        player.takesRolloutsFirst = rolloutsFirst
        let transcript = player.play()
        #expect(transcript.end?.phase == "Degraded", "\(transcript.text)")
        #expect(transcript.servedWeights == [0, 50, 0], "\(transcript.text)")
        #expect(brokenLaws(transcript) == [], "\(transcript.text)")
    }
}

extension SimulatedFault {
    fileprivate var isKill: Bool {
        switch self {
        case .killBefore, .killAfter: true
        case .refuse, .forbid, .loseAnswer, .holdBack, .keepPods, .command, .commandAfter: false
        }
    }
}

struct `A canary that loses all of its pods for a while` {
    /// The next measurement comes a minute after the first.
    private static let story = """
        spec:
          replicas: 2
          strategy:
            canary:
              analysis: {templates: [{templateName: watch}]}
              steps: [{setWeight: 50}, {pause: {}}]
        objects:
          - apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: watch}
            spec:
              metrics:
                - name: errors
                  interval: 60s
                  successCondition: "result[0] <= 0.01"
                  provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}

        ---
        0s   metric errors 0.001
        10s  image model-api:v2
        30s  new-pods 0
        40s  new-pods all
        55s  end
        """

    private static func play(_ faults: [SimulatedFault]) throws -> Transcript {
        var player = try Scenario(text: story).player
        player.faults = faults
        return player.play()
    }

    /// Nothing was given up, and at 0 there is nothing to measure.
    @Test func `gets its traffic back with them, whatever was not stored meanwhile`() throws {
        let usual = try Self.play([])
        #expect(usual.servedWeights == [0, 50, 0, 50])
        for write in 1...usual.writes {
            let transcript = try Self.play([.refuse(write)])
            #expect(brokenLaws(transcript) == [])
            #expect(transcript.samples.last?.weight == 50, "\(write)\n\(transcript.text)")
        }
    }
}
