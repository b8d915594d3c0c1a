import Simulation
import Testing

/// Random releases whose two services change places with each promotion, behind an ALB or a mesh,
/// with random events and faults: whichever of them is stable's, the laws hold for what it gets.
struct `Any release whose services take turns` {
    /// Holds: 9.4 P3, 9.4 P4, 9.4 P5, 9.4 P6, 9.4 P11.
    @Test func `keeps the laws`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    /// A document that is refused breaks no law either.
    @Test func `really has turns, with traffic before and after`() throws {
        for seed in 0..<2 {
            let samples = try stride(from: seed, to: 24, by: 2).flatMap {
                try Self.release($0).play().samples
            }
            #expect(samples.contains { $0.weight > 0 && $0.weight < $0.total })
            #expect(Set(samples.map(\.stableService)) == ["model-api", "model-api-canary"])
        }
    }

    private static let laws: Laws = { transcript, trial in
        var broken = brokenLaws(transcript)
        guard let end = transcript.end, let last = transcript.samples.last else {
            return broken + ["END: nothing was played"]
        }
        if last.weight != 0 { broken.append("P6: weight \(last.weight) stays") }
        if trial.ending.contains("80s promote full"), end.phase != "Healthy" {
            broken.append("END: \(end.phase), \(end.message)")
        }
        if last.stableHash != end.stable { broken.append("END: stable serves another revision") }
        if last.stableAvailable != last.size {
            broken.append("END: \(last.stableAvailable) of \(last.size) pods of stable")
        }
        return broken
    }

    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        trial.spec = [
            "replicas: \(random.next(1...6))", "progressDeadlineSeconds: \(random.next(20...60))",
            "progressDeadlineAbort: \(random.next(0...1) == 0)",
        ]
        trial.steps = (0..<random.next(1...4)).map { _ in step(&random) }
        let isALB = seed % 2 == 0
        let router =
            isALB
            ? "alb: {ingress: model-api, servicePort: 80, rootService: root}"
            : "istio: {virtualService: {name: model}}"
        trial.fields = [
            // Together: a pair of services takes the place of the two that keep their parts.
            "stableService: null\n      canaryService: null\n      "
                + "pingPong: {pingService: model-api, pongService: model-api-canary}",
            "trafficRouting: {nginx: null, \(router)}",
            "dynamicStableScale: \(seed % 3 == 2)", "scaleDownDelaySeconds: null",
            "abortScaleDownDelaySeconds: \(seed % 5 == 4 ? "null" : "5")",
        ]
        trial.objects = isALB ? pairIngress : pairVirtualService
        trial.opening = ["5s image model-api:v2"]
        trial.addEvents(2...9, &random) { event(&$0) }
        trial.addEnding(seconds: 300, &random)
        trial.addWorld(&random) { `Any release`.fault(&$0) }
        return trial
    }

    private static func step(_ random: inout Lehmer) -> String {
        switch random.next(0...5) {
        case 0: "{pause: {}}"
        case 1: "{pause: {duration: \(random.next(0...10))}}"
        case 2: "{setCanaryScale: {replicas: \(random.next(0...4))}}"
        default: "{setWeight: \(random.next(0...100))}"
        }
    }

    private static func event(_ random: inout Lehmer) -> String {
        switch random.next(0...11) {
        case 0...2: "image model-api:v\(random.next(1...4))"
        case 3: "new-pods \(random.next(0...3))"
        case 4: "stable-pods \(random.next(0...3))"
        case 5: "abort"
        case 6: "retry"
        case 7: "crash"
        case 8: "new-pods all"
        case 9: scaling(to: random.next(1...6))
        default: "promote full"
        }
    }
}

private let pairIngress = """
    objects:
      - apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: model-api}
        spec:
          rules:
            - http:
                paths:
                  - path: /
                    pathType: Prefix
                    backend: {service: {name: root, port: {name: use-annotation}}}
    """

private let pairVirtualService = """
    objects:
      - apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: model}
        spec:
          http:
            - route:
                - {destination: {host: model-api}, weight: 100}
                - {destination: {host: model-api-canary}, weight: 0}
    """
