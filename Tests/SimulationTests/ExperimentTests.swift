import Documents
import KubernetesObjects
import Simulation
import Testing

/// A stand-alone experiment played on the real turns (rollout-semantics §7.1).
struct `A stand-alone experiment` {
    private func player(_ story: String) throws -> Player {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Experiment
            metadata: {name: trial}
            spec:
              duration: 1m
              templates:
                - name: only
                  replicas: 2
                  selector: {matchLabels: {app: trial}}
                  service: {}
                  template:
                    metadata: {labels: {app: trial}}
                    spec: {containers: [{name: a, image: "a:1", ports: [{containerPort: 80}]}]}
              analyses: [{name: errors, templateName: errors}]
            """
        var documents = try YAML.documents(in: [UInt8](text.utf8), file: "trial.yaml")
        let template = """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: errors}
            spec:
              metrics:
                - name: error-rate
                  interval: 10s
                  successCondition: "result[0] <= 0.01"
                  provider: {prometheus: {address: "http://127.0.0.1:9090", query: errors}}
            """
        documents += try YAML.documents(in: [UInt8](template.utf8), file: "errors.yaml")
        return try Player(documents: documents, story: Story(parsing: story))
    }

    /// What became of its pods and its Service, in order.
    private func acts(_ transcript: Transcript) -> [String] {
        transcript.lines.map(\.act).filter { !$0.isEmpty }
    }

    @Test func `runs for its time, and leaves no pods behind`() throws {
        let transcript = try player("0s metric error-rate 0\n5m end").play()
        #expect(
            acts(transcript) == [
                "trial-only 0 → 2 pods, create service trial-only", "trial-only 2 → 0 pods",
                "delete service trial-only",
            ], "\(transcript.text)")
        #expect(
            transcript.lines.contains {
                $0.reason == "experiment trial: Running, running until 00:01:02 UTC"
            })
        #expect(transcript.lines.last?.reason == "experiment trial: Successful")
        #expect(transcript.lines.last?.milliseconds == 92_000)
    }

    @Test func `ends with a bad measurement`() throws {
        let transcript = try player("0s metric error-rate 0\n20s metric error-rate 1\n5m end")
            .play()
        #expect(transcript.lines.last?.reason == "experiment trial: Failed")
        #expect(
            acts(transcript).suffix(2) == ["trial-only 2 → 0 pods", "delete service trial-only"])
    }

    @Test(arguments: 1...12)
    func `ends the same, whichever write the controller dies after`(_ write: Int) throws {
        var player = try player("0s metric error-rate 0\n5m end")
        player.faults = [.killAfter(write)]
        let transcript = player.play()
        let last = transcript.lines.last { $0.reason.hasPrefix("experiment") }
        #expect(last?.reason == "experiment trial: Successful", "\(transcript.text)")
        #expect(acts(transcript).contains("trial-only 2 → 0 pods"))
        #expect(acts(transcript).last == "delete service trial-only")
    }
}
