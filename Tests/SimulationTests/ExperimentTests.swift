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

struct `The Service of a version` {
    /// Where no route leads to it, a port means what the pods say.
    @Test func `has the canary's ports only with a weight`() async throws {
        let versions: JSON = [
            ["name": "trial", "specRef": "canary", "weight": 10, "service": ["name": "trial"]],
            ["name": "preview", "specRef": "canary", "service": ["name": "preview"]],
        ]
        let canary: JSON = [
            "trafficRouting": ["nginx": .null, "smi": [:]],
            "steps": [["experiment": ["duration": "1m", "templates": versions]]],
        ]
        let site = try Site(
            try modelAPI().map { object in
                let json = object.json.merged(with: [
                    "metadata": ["namespace": "default", "uid": .string(object.name)]
                ])
                let plan: JSON = ["spec": ["strategy": ["canary": canary]]]
                return object.kind == "Rollout" ? json.merged(with: plan) : json
            }, now: Timestamp(milliseconds: 1_767_225_600_000))
        await site.settle()
        let containers =
            #"[{"name":"model","image":"model-api:v2","ports":[{"containerPort":8080}]}]"#
        try await site.send(
            Sent(.mergePatch, #"{"spec":{"template":{"spec":{"containers":\#(containers)}}}}"#),
            to: .rollouts, "model-api")
        await site.settle()
        for (name, ports) in [("trial", [80, 8080]), ("preview", [8080])] {
            let service = await site.get(.services, name)
            let found = service?.spec?["ports"]?.array?.compactMap { $0["port"]?.int }
            #expect(found == ports)
        }
    }
}
