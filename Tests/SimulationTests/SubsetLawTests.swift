import Simulation
import Testing

/// Random releases that no Service divides: only the subsets of a DestinationRule say which pods
/// are whose, and the weights of a VirtualService how much they get.
struct `Any release by subsets alone` {
    /// Holds: 9.4 P3, 9.4 P4, 9.4 P5, 9.4 P6.
    @Test func `keeps the laws`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    /// A document that is refused breaks no law either.
    @Test func `really has what it is about`() throws {
        let samples = try (0..<32).flatMap { try Self.release($0).play().samples }
        let aims = samples.flatMap(\.aims)
        #expect(Set(aims.map(\.key)) == ["DestinationRule"])
        #expect(aims.contains { $0.value.weight == 100 })
        #expect(samples.contains { $0.weight > 0 && $0.ownScales.contains { $0.pods == 0 } })
    }

    private static let laws: Laws = { transcript, trial in
        var broken = brokenLaws(transcript)
        guard let end = transcript.end, let last = transcript.samples.last else {
            return broken + ["END: nothing was played"]
        }
        if last.weight != 0 { broken.append("P6: weight \(last.weight) stays") }
        if last.stableHash != end.stable { broken.append("END: stable serves another revision") }
        if last.stableAvailable != last.size || last.stableWanted != last.size {
            broken.append("END: \(last.stableAvailable) of \(last.size) pods of stable")
        }
        return broken
    }

    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        trial.spec = ["replicas: \(random.next(1...10))"]
        trial.steps = (0..<random.next(1...5)).map { _ in step(&random) }
        trial.fields = [
            "stableService: null", "canaryService: null",
            "dynamicStableScale: \(seed % 2 == 0)", "abortScaleDownDelaySeconds: 5",
            "scaleDownDelaySeconds: \(seed % 2 == 0 ? "null" : "5")",
            "trafficRouting: {nginx: null, istio: {virtualService: {name: model}, destinationRule:"
                + " {name: model, stableSubsetName: stable, canarySubsetName: canary}}}",
        ]
        trial.objects = subsets
        trial.opening = ["5s image model-api:v2"]
        trial.addEvents(2...8, &random) { event(&$0) }
        trial.addEnding(seconds: 200, &random)
        trial.addWorld(&random) { `Any release`.fault(&$0) }
        return trial
    }

    private static func step(_ random: inout Lehmer) -> String {
        switch random.next(0...7) {
        case 0: "{pause: {}}"
        case 1: "{pause: {duration: \(random.next(1...10))}}"
        case 2...3: "{setCanaryScale: {replicas: \(random.next(0...2))}}"
        case 4: "{setCanaryScale: {matchTrafficWeight: true}}"
        case 5: "{setWeight: 100}"
        default: "{setWeight: \(random.next(0...100))}"
        }
    }

    private static func event(_ random: inout Lehmer) -> String {
        switch random.next(0...11) {
        case 0...1: "image model-api:v\(random.next(1...4))"
        case 2: "new-pods \(random.next(0...3))"
        case 3: "stable-pods \(random.next(0...3))"
        case 4: "abort"
        case 5: "retry"
        case 6: "promote full"
        case 7: "edit {spec: {paused: \(random.next(0...1) == 0)}}"
        case 8: scaling(to: random.next(1...8))
        case 9: "crash"
        case 10: "new-pods all"
        default: "promote"
        }
    }
}

private let subsets = """
    objects:
      - apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: model}
        spec:
          http:
            - route:
                - {destination: {host: model-api, subset: stable}, weight: 100}
                - {destination: {host: model-api, subset: canary}, weight: 0}
      - apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: model}
        spec: {host: model-api, subsets: [{name: stable}, {name: canary}]}
    """
