import Simulation
import Testing

/// Random documents, random events and faults on the whole stack: the laws hold, and at the end
/// everything can be given back.
struct `Any release` {
    /// Holds: 9.4 P3, 9.4 P4, 9.4 P5, 9.4 P6, 9.4 P10, 9.4 P11, 9.4 P12.
    @Test func `keeps the laws`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    private static let laws: Laws = { transcript, trial in
        var broken = brokenLaws(transcript)
        guard let end = transcript.end, let last = transcript.samples.last else {
            return broken + ["END: nothing was played"]
        }
        if end.weight != 0 || last.weight != 0 { broken.append("P6: weight \(last.weight) stays") }
        if end.isAborted, end.step ?? 0 != 0 { broken.append("P6: step \(end.step ?? 0) stays") }
        if last.stableHash != end.stable { broken.append("END: stable serves another revision") }
        if trial.ending.contains("80s promote full") {
            if end.phase != "Healthy" { broken.append("END: \(end.phase), \(end.message)") }
            if end.stable != end.current { broken.append("END: what was promoted is not stable") }
        }
        if (end.pods.values.map(\.desired).max() ?? 0) != last.size {
            broken.append("END: \(end.pods) where \(last.size) are asked for")
        }
        if last.stableAvailable != last.size {
            broken.append("END: \(last.stableAvailable) of \(last.size) pods of stable")
        }
        return broken
    }

    /// In every third document stable shrinks as the canary grows, in every fourth fewer pods
    /// suffice, and it divides by Gateway API or Istio, too; in every fifth the template stands in
    /// a Deployment, which the rollout takes over, and in every seventh pods have metadata of their
    /// part. Others have fields that few documents have. It ends with everything mended, and with
    /// the rollout given up or brought to its end: then all traffic is on stable. A restart of
    /// eight pods takes up to four minutes.
    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        trial.steps = (0..<random.next(0...5)).map { _ in step(&random) }
        trial.spec = [
            "replicas: \(random.next(1...6))", "progressDeadlineSeconds: \(random.next(20...60))",
            "progressDeadlineAbort: \(random.next(0...1) == 0)",
        ]
        if seed % 5 == 4 { trial.spec.append(workloadReference(seed)) }
        if seed % 6 == 1 { trial.spec.append("rollbackWindow: {revisions: 2}") }
        trial.fields = [
            "dynamicStableScale: \(seed % 3 == 2)",
            "replicaProgressThreshold: \(seed % 4 == 3 ? "{type: Percent, value: 60}" : "null")",
            "canaryMetadata: \(seed % 7 == 3 ? "{labels: {part: canary}}" : "null")",
            "stableMetadata: \(seed % 7 == 3 ? "{labels: {part: stable}}" : "null")",
            "abortScaleDownDelaySeconds: \(seed % 6 == 5 ? "null" : "5")",
            "scaleDownDelaySeconds: \(seed % 3 == 2 ? "null" : "5")",
            "analysis: \(seed % 2 == 0 ? "{templates: [{templateName: watch}]}" : "null")",
            "minPodsPerReplicaSet: \(seed % 5 == 1 ? "2" : "null")",
            "scaleDownDelayRevisionLimit: \(seed % 5 == 2 ? "1" : "null")",
            "antiAffinity: \(seed % 8 == 2 ? antiAffinity : "null")",
        ]
        if seed % 8 == 6 { trial.fields.append("trafficRouting: {maxTrafficWeight: 1000}") }
        trial.objects = lawObjects + (seed % 5 == 4 ? "\n" + lawDeployment(seed) : "")
        if seed % 4 == 3 { addRoute(to: &trial) }
        trial.opening = ["0s metric errors 0.001", "5s image model-api:v2"]
        trial.addEvents(2...9, &random) { event(&$0) }
        trial.addEnding(mending: ["metric errors 0.001", "edit \(mended)"], seconds: 400, &random)
        trial.addWorld(&random) { Self.fault(&$0) }
        return trial
    }

    private static func addRoute(to trial: inout Trial) {
        let isIstio = trial.seed % 8 == 7
        let router =
            isIstio
            ? "istio: {virtualService: {name: model}}"
            : "plugins: {argoproj-labs/gatewayAPI: {httpRoute: model}}"
        trial.fields.append("trafficRouting: {managedRoutes: [{name: testers}], \(router)}")
        let match = "[{headerName: X-Test, headerValue: {exact: a}}]"
        trial.steps.insert("{setHeaderRoute: {name: testers, match: \(match)}}", at: 0)
        trial.objects += "\n" + (isIstio ? lawVirtualService : lawRoute)
    }

    private static func step(_ random: inout Lehmer) -> String {
        switch random.next(0...10) {
        case 10: "{setCanaryScale: {replicas: \(random.next(0...4))}}"
        case 9: "{setCanaryScale: {weight: \(random.next(0...100))}}"
        case 8: "{experiment: {duration: 5s, templates: [{name: old, specRef: stable}]}}"
        case 7: "{analysis: {templates: [{templateName: quick}]}}"
        case 0: "{pause: {}}"
        case 1: "{pause: {duration: \(random.next(0...20))}}"
        case 2: "{setCanaryScale: {matchTrafficWeight: true}}"
        default: "{setWeight: \(random.next(0...100))}"
        }
    }

    private static func event(_ random: inout Lehmer) -> String {
        switch random.next(0...17) {
        case 17: "restart"
        case 13: "metric errors 0.5"
        case 14: "metric errors \(random.one(of: ["0.001", "none", "error"]))"
        case 15: "edit \(random.one(of: routerEdits))"
        case 16: "edit \(mended)"
        case 0...1: "image model-api:v\(random.next(1...4))"
        case 2: "new-pods \(random.next(0...3))"
        case 3: "stable-pods \(random.next(0...3))"
        case 4: "abort"
        case 5: "retry"
        case 6: "promote full"
        case 7: "pause"
        case 8: "resume"
        case 9: scaling(to: random.next(1...8))
        case 10: "crash"
        case 11: "new-pods all"
        default: "promote"
        }
    }

    /// A write of the release at which something goes wrong.
    static func fault(_ random: inout Lehmer) -> SimulatedFault {
        let write = random.next(1...50)
        return switch random.next(0...4) {
        case 0: .killBefore(write)
        case 1: .killAfter(write)
        case 2: .refuse(write)
        case 3: .loseAnswer(write)
        default: .holdBack(write)
        }
    }
}

private let antiAffinity = "{requiredDuringSchedulingIgnoredDuringExecution: {}}"

/// What the laws' documents name beside themselves.
private let lawObjects = """
    objects:
      - apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: other}
        spec:
          ingressClassName: nginx
          rules:
            - host: other.local
              http:
                paths:
                  - path: /
                    pathType: Prefix
                    backend: {service: {name: model-api, port: {name: http}}}
      - apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: watch}
        spec:
          metrics:
            - name: errors
              interval: 7s
              successCondition: "result[0] <= 0.01"
              provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}
      - apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: quick}
        spec:
          metrics:
            - name: errors
              interval: 3s
              count: 2
              successCondition: "result[0] <= 0.01"
              provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}
    """

private func workloadReference(_ seed: Int) -> String {
    let scaleDown = ["never", "onsuccess", "progressively"][seed % 3]
    return "template: null\n  workloadRef: {apiVersion: apps/v1, "
        + "kind: Deployment, name: web, scaleDown: \(scaleDown)}"
}

/// Serves the first version, with another size than the rollout.
private func lawDeployment(_ seed: Int) -> String {
    """
      - apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: \(seed % 7)
          selector: {matchLabels: {app: model-api}}
          template:
            metadata: {labels: {app: model-api}}
            spec: {containers: [{name: model, image: "model-api:v1"}]}
    """
}

private func nginxEdit(_ fields: String) -> String {
    "{spec: {strategy: {canary: {trafficRouting: {nginx: {\(fields)}}}}}}"
}

/// What people do to a router in mid-release: another Ingress, one that is not there, a misspelt
/// field, another prefix. And a document that is broken elsewhere.
private let routerEdits = [
    nginxEdit("stableIngress: other"), nginxEdit("stableIngress: nowhere"),
    nginxEdit("stableIngress: null, stableIngres: model-api"),
    nginxEdit("annotationPrefix: gate.example"), "{spec: {minReadySeconds: -1}}",
]

/// The document as it was, but for its image and its size.
private let mended =
    "{spec: {minReadySeconds: 0, strategy: {canary: {trafficRouting: {nginx: "
    + "{stableIngress: model-api, stableIngres: null, annotationPrefix: null}}}}}}"

/// A release that turns bad and stays so, whatever is done to its document meanwhile, refused by
/// the server, or killed.
struct `A bad release` {
    /// Holds: 9.4 P6.
    @Test func `ends with nothing on it, under whatever name`() async throws {
        try await expect(Self.laws) { Self.release($0) }
    }

    private static let laws: Laws = { transcript, _ in
        var broken = brokenLaws(transcript)
        guard let last = transcript.samples.last else {
            return broken + ["END: nothing was played"]
        }
        if last.weight != 0 { broken.append("P6: weight \(last.weight) stays") }
        if last.stableAvailable < last.size {
            broken.append("END: \(last.stableAvailable) of \(last.size) pods of stable")
        }
        return broken
    }

    /// Few are given up before anything comes to them: a controller that died between its two
    /// writes waits for a measurement, and a person may be faster.
    @Test func `has had traffic, nearly always`() throws {
        let tried = try (0..<24).filter { seed in
            try Self.release(seed).play().samples.contains { $0.weight > 0 }
        }
        #expect(tried.count >= 22)
    }

    /// The pods take four seconds at most, and the first measurement after 20 s is a bad one.
    private static func release(_ seed: Int) -> Trial {
        var random = Lehmer(seed)
        var trial = Trial(seed: seed)
        trial.spec = ["replicas: \(random.next(1...6))"]
        trial.steps = ["{setWeight: \(random.next(1...100))}", "{pause: {}}"]
        trial.fields = [
            "dynamicStableScale: \(seed % 3 == 2)", "scaleDownDelaySeconds: null",
            "analysis: {templates: [{templateName: watch}]}",
        ]
        trial.objects = lawObjects
        trial.opening = [
            "0s metric errors 0.001", "5s image model-api:v2", "20s metric errors 0.5",
        ]
        for _ in 0..<random.next(1...6) {
            trial.events.append("\(random.next(12...60))s \(event(&random))")
        }
        trial.ending = ["200s end"]
        trial.addWorld(&random) { Self.fault(&$0) }
        return trial
    }

    private static func event(_ random: inout Lehmer) -> String {
        switch random.next(0...8) {
        case 0: "image model-api:v3"
        case 1: "abort"
        case 2: "crash"
        case 3: "pause"
        case 4: scaling(to: random.next(1...8))
        case 5: "edit \(mended)"
        default: "edit \(random.one(of: routerEdits))"
        }
    }

    private static func fault(_ random: inout Lehmer) -> SimulatedFault {
        let write = random.next(12...40)
        return switch random.next(0...5) {
        case 0: .killBefore(write)
        case 1: .killAfter(write)
        case 2: .refuse(write)
        case 3: .loseAnswer(write)
        case 4: .forbid(write)
        default: .holdBack(write)
        }
    }
}

struct `The same story` {
    @Test(arguments: ["errors", "gateway-abort-while-rolling"])
    func `is told in the same bytes twenty times`(name: String) throws {
        let player = try Scenario(name).player
        let first = player.play()
        for _ in 1..<20 { #expect(player.play() == first) }
    }
}

private let lawRoute = """
      - apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: model}
        spec:
          rules:
            - backendRefs: [{name: model-api, weight: 1}, {name: model-api-canary, weight: 0}]
    """

private let lawVirtualService = """
      - apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: model}
        spec:
          hosts: [model.local]
          http:
            - name: first
              route:
                - {destination: {host: model-api}, weight: 100}
                - {destination: {host: model-api-canary}, weight: 0}
    """
