import Documents
import Foundation
import Testing

/// What `kubectl argo rollouts` and the actions of Argo CD send, byte for byte, on an API server
/// where pods come and go: on the one that is named, else on one in a box.
@Suite(.serialized, .timeLimit(.minutes(6))) struct `A Kubernetes client of Argo Rollouts` {
    /// Holds: 7.6 pause, 7.6 resume, 7.6 skip a step, 7.6 set image, 7.6 undo, 7.6 terminate.
    /// Holds: 7.6 without the subresource, 5.12 end.
    @Test func `has its requests followed`() async throws {
        try await Shop.play { shop in
            let document = try await shop.document()
            try await shop.replace(with: document.replacing("shop:v1", with: "shop:v2"))
            try await shop.pauses(at: 1, revision: "2")
            // As clients of before 0.10 did: it is taken, and changes nothing.
            try await shop.patch(#"{"status":{"abort":true,"currentStepIndex":4}}"#)
            try await shop.patch(#"{"spec":{"paused":true}}"#)
            try await shop.wait(for: "the user's pause") { $0.status?.message == "manually paused" }
            try await shop.patch(#"{"spec":{"paused":false}}"#)
            try await shop.pauses(at: 1, revision: "2")

            try await shop.patch(
                #"{"status":{"pauseConditions":null, "currentStepIndex":2}}"#, .status)
            let run = try await shop.named("analysisruns")
            _ = try await shop.named("jobs")
            try await shop.patch(#"{"spec":{"terminate":true}}"#, of: run)
            try await shop.pauses(at: 3, revision: "2")
            try await shop.end(of: "jobs")

            let template = try await shop.template(of: "shop:v1")
            try await shop.patch(
                #"[{"op":"replace","path":"/spec/template","value":\#(template)}]"#, .json)
            try await shop.wait(for: "version 1 as revision 3") {
                $0.phase == "Healthy" && $0.isUpdated && $0.image == "shop:v1"
                    && $0.revision == "3"
            }
        }
    }

    /// Holds: 7.6 restart, 4.13 eviction, 4.14 applied, 4.14 promotion, 5.12 job.
    /// Holds: 7.6 promote a pause, 7.6 promote full.
    @Test func `has pods marked and restarted, and a Job judge them`() async throws {
        try await Shop.play { shop in
            try await shop.labels(["stable", "stable"])
            try await shop.patch(
                #"[{"op":"replace","path":"\#(Shop.image)","value":"shop:v2"}]"#, .json)
            try await shop.pauses(at: 1, revision: "2")
            try await shop.labels(["canary", "stable"])

            let time = Date.now.formatted(.iso8601)
            try await shop.patch(#"{"spec":{"restartAt":"\#(time)"}}"#)
            try await shop.restarts(at: time)
            try await shop.labels(["canary", "stable"])

            try await shop.patch(#"{"status":{"pauseConditions":null}}"#, .status)
            try await shop.succeed(try await shop.named("pods", "job-name"))
            try await shop.pauses(at: 3, revision: "2")
            try await shop.patch(#"{"status":{"promoteFull":true}}"#, .status)
            try await shop.wait(for: "the new version") { $0.phase == "Healthy" && $0.isUpdated }
            try await shop.labels(["stable", "stable"])
        }
    }

    /// Holds: 7.6 terminate an experiment, 7.6 retry an experiment.
    @Test func `ends an experiment, and begins it anew`() async throws {
        try await Shop.play { shop in
            try await shop.apply(Shop.experiment)
            let trial = "experiment/trial"
            try await shop.wait(for: "Running", of: trial)
            try await shop.patch(#"{"spec":{"terminate":true}}"#, of: trial)
            try await shop.wait(for: "Successful", of: trial)
            try await shop.patch(#"{"spec":{"terminate":null}}"#, of: trial)
            try await shop.patch(#"{"status":null}"#, of: trial)
            try await shop.wait(for: "Running", of: trial)
        }
    }
}

/// A rollout of two pods on a cluster, spoken to with kubectl alone.
private struct Shop {
    let cluster: Kubernetes

    static let image = "/spec/template/spec/containers/0/image"

    /// Where a body goes, and how it is meant.
    enum Form { case merge, json, status }

    /// Plays `act` once the first version is healthy.
    static func play(_ act: (Shop) async throws -> Void) async throws {
        try await Kubernetes.orBox { cluster in
            try await cluster.define()
            if !cluster.isBox {
                try cluster.startNode()
                try cluster.startController()
            }
            let shop = Shop(cluster: cluster)
            try await shop.apply(documents)
            try await shop.wait(for: "the first version") { $0.phase == "Healthy" }
            try await act(shop)
        }
    }

    func apply(_ text: String) async throws {
        let file = cluster.scratch.path(cluster.scratch.fresh("applied"))
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        _ = try await cluster.kubectl("apply", "-f", file).checked()
    }

    func patch(
        _ body: String, _ form: Form = .merge, of object: String = "rollout/shop"
    ) async throws {
        let way =
            switch form {
            case .merge: ["--type=merge"]
            case .json: ["--type=json"]
            case .status: ["--type=merge", "--subresource=status"]
            }
        _ = try await cluster.kubectl(["patch", object, "-p", body] + way).checked()
    }

    private var path: String {
        "/apis/argoproj.io/v1alpha1/namespaces/\(cluster.namespace)/rollouts/shop"
    }

    /// The whole object, with the version that was read.
    func document() async throws -> String {
        try await cluster.kubectl("get", "--raw", path).checked()
    }

    func replace(with document: String) async throws {
        let file = cluster.scratch.path(cluster.scratch.fresh("replaced"))
        try document.write(toFile: file, atomically: true, encoding: .utf8)
        _ = try await cluster.kubectl("replace", "--raw", path, "-f", file).checked()
    }

    /// The template of the revision with that image, as its ReplicaSet has it, but for the hash,
    /// and for the part that it plays now.
    func template(of image: String) async throws -> String {
        let text = try await cluster.kubectl("get", "replicasets", "-o", "json").checked()
        let sets = try JSON(parsing: Array(text.utf8))["items"]?.array ?? []
        let templates = sets.compactMap { $0["spec"]?["template"] }
        let found = templates.first { $0["spec"]?["containers"]?[0]?["image"]?.string == image }
        var template = try #require(found)
        for label in ["rollouts-pod-template-hash", "part"] {
            template["metadata"]?["labels"]?[label] = .none
        }
        return template.text
    }

    /// The only object of its kind, once it is there, with a label where that is named.
    func named(_ kind: String, _ label: String? = nil) async throws -> String {
        let selection = label.map { ["-l", $0] } ?? []
        return try await eventually("one of the \(kind)", seconds: 60, everyMilliseconds: 200) {
            let names = try await cluster.kubectl(
                ["get", kind, "-o", "name"] + selection
            ).checked().split(separator: "\n")
            return names.count == 1 ? String(names[0]) : nil
        }
    }

    /// Waits until there is no object of the kind any more.
    func end(of kind: String) async throws {
        _ = try await eventually("the end of the \(kind)", seconds: 60, everyMilliseconds: 200) {
            try await cluster.kubectl("get", kind, "-o", "name").checked().isEmpty ? true : nil
        }
    }

    /// Ends a pod that has been started, as its node would when its program has done its work.
    func succeed(_ pod: String) async throws {
        _ = try await cluster.kubectl(
            "wait", pod, "--for=condition=Ready", "--timeout=60s", seconds: 70
        ).checked()
        try await patch(#"{"status":{"phase":"Succeeded"}}"#, .status, of: pod)
    }

    @discardableResult
    func wait(for what: String, until isThere: (Rollout) -> Bool) async throws -> Rollout {
        try await Rollout.wait(for: what, seconds: 60, everyMilliseconds: 200) {
            try JSONDecoder().decode(Rollout.self, from: Data(try await document().utf8))
        } until: {
            $0.isObserved && isThere($0)
        }
    }

    func wait(for phase: String, of object: String) async throws {
        _ = try await cluster.kubectl(
            "wait", object, "--for=jsonpath={.status.phase}=\(phase)", "--timeout=60s", seconds: 70
        ).checked()
    }

    func pauses(at step: Int, revision: String) async throws {
        try await wait(for: "the pause of step \(step)") {
            $0.status?.message == "CanaryPauseStep" && $0.status?.currentStepIndex == step
                && $0.revision == revision
        }
    }

    /// Waits until the living pods are marked with these parts.
    func labels(_ parts: [String]) async throws {
        _ = try await eventually("pods of \(parts)", seconds: 60, everyMilliseconds: 200) {
            let found = try await pods("{.metadata.labels.part}")
            return found.sorted() == parts ? true : nil
        }
    }

    /// Waits until the restart is over, which leaves no pod that was there before.
    func restarts(at time: String) async throws {
        let limit = 90
        _ = try await eventually("the restart", seconds: limit, everyMilliseconds: 200) {
            try await document().contains(#""restartedAt":"\#(time)""#) ? true : nil
        }
        let created = try await pods("{.metadata.creationTimestamp}")
        #expect(created.count == 2 && created.allSatisfy { $0 >= time }, "\(created), \(time)")
    }

    private func pods(_ path: String) async throws -> [String] {
        try await cluster.kubectl(
            "get", "pods", "-l", "app=shop", "-o", "jsonpath={range .items[*]}\(path){\"\\n\"}{end}"
        ).checked().split(separator: "\n").map(String.init)
    }

    private static let documents = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: smoke}
        spec:
          metrics:
            - name: smoke
              provider:
                job:
                  spec:
                    backoffLimit: 0
                    template:
                      spec:
                        restartPolicy: Never
                        containers: [{name: smoke, image: smoke}]
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: shop}
        spec:
          replicas: 2
          selector: {matchLabels: {app: shop}}
          template:
            metadata: {labels: {app: shop}}
            spec: {containers: [{name: shop, image: "shop:v1"}]}
          strategy:
            canary:
              maxUnavailable: 2
              canaryMetadata: {labels: {part: canary}}
              stableMetadata: {labels: {part: stable}}
              steps:
                - setWeight: 50
                - pause: {}
                - analysis: {templates: [{templateName: smoke}]}
                - pause: {}
        """

    static let experiment = """
        apiVersion: argoproj.io/v1alpha1
        kind: Experiment
        metadata: {name: trial}
        spec:
          templates:
            - name: only
              selector: {matchLabels: {app: trial}}
              template:
                metadata: {labels: {app: trial}}
                spec: {containers: [{name: trial, image: trial}]}
        """
}
