import Foundation
import Simulation
import Testing

/// Random documents, random events and faults on the whole stack: the laws hold, and at the end
/// everything can be given back.
struct `Any release` {
    /// `LAW_SEEDS=5000 swift test --filter "Any release"` looks further.
    static var seeds: Range<Int> {
        0..<(ProcessInfo.processInfo.environment["LAW_SEEDS"].flatMap { Int($0) } ?? 200)
    }

    @Test(arguments: seeds) func `keeps the laws`(seed: Int) throws {
        var random = Lehmer(seed)
        let text = document(&random, seed) + "\n---\n" + story(&random)
        var player = try Scenario(text: text).player
        player.timing.podStartSeconds = random.next(0...4)
        player.takesRolloutsFirst = random.next(0...1) == 0
        for _ in 0..<random.next(0...3) { player.faults.append(fault(&random)) }
        let transcript = player.play()
        let isUp = text.contains("promote full\n200s")
        let comment: Comment = "seed \(seed), faults \(player.faults)\n\(text)\n\(transcript.text)"
        #expect(brokenLaws(transcript) == [], comment)
        let end = try #require(transcript.end)
        #expect(end.weight == 0, comment)
        #expect(transcript.samples.last?.weight == 0, comment)
        if isUp {
            #expect(end.phase == "Healthy", comment)
            #expect(end.stable == end.current, comment)
        }
        #expect(transcript.samples.last?.stableHash == end.stable, comment)
        let size = transcript.samples.last?.size ?? 0
        #expect(end.pods.values.map(\.desired).max() ?? 0 == size, comment)
        #expect(transcript.samples.last?.stableAvailable == size, comment)
    }

    /// In every third document stable shrinks as the canary grows; in every fifth the template
    /// stands in a Deployment, which the rollout takes over.
    private func document(_ random: inout Lehmer, _ seed: Int) -> String {
        let steps = (0..<random.next(0...5)).map { _ in
            switch random.next(0...7) {
            case 7: "{analysis: {templates: [{templateName: quick}]}}"
            case 0: "{pause: {}}"
            case 1: "{pause: {duration: \(random.next(0...20))}}"
            case 2: "{setCanaryScale: {matchTrafficWeight: true}}"
            default: "{setWeight: \(random.next(0...100))}"
            }
        }
        return """
            spec:
              replicas: \(random.next(1...6))
              progressDeadlineSeconds: \(random.next(20...60))
              progressDeadlineAbort: \(random.next(0...1) == 0)
              \(seed % 5 == 4 ? workloadReference(seed) : "")
              strategy:
                canary:
                  steps: [\(steps.joined(separator: ", "))]
                  dynamicStableScale: \(seed % 3 == 2)
                  abortScaleDownDelaySeconds: \(seed % 6 == 5 ? "null" : "5")
                  scaleDownDelaySeconds: \(seed % 3 == 2 ? "null" : "5")
                  analysis: \(seed % 2 == 0 ? "{templates: [{templateName: watch}]}" : "null")
            \(lawObjects)
            \(seed % 5 == 4 ? lawDeployment(seed) : "")
            """
    }

    /// Ends with everything mended, and with the rollout given up or brought to its end: then all
    /// traffic is on stable.
    private func story(_ random: inout Lehmer) -> String {
        var lines = ["0s metric errors 0.001", "5s image model-api:v2"]
        for number in 1...random.next(2...9) {
            let time = 5 + number * random.next(1...9)
            lines.append("\(time)s \(event(&random))")
        }
        return
            (lines + [
                "100s metric errors 0.001", "100s edit \(mended)", "100s new-pods all",
                "100s stable-pods all", "100s edit {spec: {paused: false}}",
                random.next(0...1) == 0 ? "110s abort" : "110s promote full", "200s end",
            ]).joined(separator: "\n")
    }

    private func event(_ random: inout Lehmer) -> String {
        switch random.next(0...16) {
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
        case 9: "scale \(random.next(1...8))"
        case 10: "crash"
        case 11: "new-pods all"
        default: "promote"
        }
    }

    private func fault(_ random: inout Lehmer) -> SimulatedFault {
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
              interval: 4s
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
    @Test(arguments: `Any release`.seeds)
    func `ends with nothing on it, under whatever name`(seed: Int) throws {
        var random = Lehmer(seed)
        let text = document(&random, seed) + "\n---\n" + story(&random)
        var player = try Scenario(text: text).player
        player.timing.podStartSeconds = random.next(0...4)
        player.takesRolloutsFirst = random.next(0...1) == 0
        for _ in 0..<random.next(0...3) { player.faults.append(fault(&random)) }
        let transcript = player.play()
        let comment: Comment = "seed \(seed), faults \(player.faults)\n\(text)\n\(transcript.text)"
        #expect(brokenLaws(transcript) == [], comment)
        let last = try #require(transcript.samples.last)
        #expect(transcript.samples.contains { $0.weight > 0 }, comment)
        #expect(last.weight == 0, comment)
        #expect(last.stableAvailable >= last.size, comment)
    }

    private func document(_ random: inout Lehmer, _ seed: Int) -> String {
        """
        spec:
          replicas: \(random.next(1...6))
          strategy:
            canary:
              steps: [{setWeight: \(random.next(1...100))}, {pause: {}}]
              dynamicStableScale: \(seed % 3 == 2)
              scaleDownDelaySeconds: null
              analysis: {templates: [{templateName: watch}]}
        \(lawObjects)
        """
    }

    /// The pods take four seconds at most, and the first measurement after 20 s is a bad one.
    private func story(_ random: inout Lehmer) -> String {
        var lines = ["0s metric errors 0.001", "5s image model-api:v2", "20s metric errors 0.5"]
        for _ in 0..<random.next(1...6) {
            lines.append("\(random.next(12...60))s \(event(&random))")
        }
        return (lines + ["200s end"]).joined(separator: "\n")
    }

    private func event(_ random: inout Lehmer) -> String {
        switch random.next(0...8) {
        case 0: "image model-api:v3"
        case 1: "abort"
        case 2: "crash"
        case 3: "pause"
        case 4: "scale \(random.next(1...8))"
        case 5: "edit \(mended)"
        default: "edit \(random.one(of: routerEdits))"
        }
    }

    private func fault(_ random: inout Lehmer) -> SimulatedFault {
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
