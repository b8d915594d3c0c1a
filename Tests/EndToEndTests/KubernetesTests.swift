import Foundation
import Testing

/// Whole releases on an API server, where a stand-in makes the pods ready: on the one that
/// `SLUICE_TEST_KUBECONFIG` names, as `.ci/run` does after all other tests, else on one in a box.
@Suite(.serialized, .timeLimit(.minutes(10))) struct `A Kubernetes cluster, or one in a box` {
    /// Holds: 1.5 setWeight, 1.6 nginx, 4.10 by analysis.
    @Test func `sees a release go up as it is judged, and come back when it is bad`() async throws {
        try await Example.play { example in
            let course = try await Course(of: example.cluster)
            try await example.release("v2", instead: "v1")
            try await example.ends(with: 0)
            try await course.ends(with: ["0", "10", "30", "50", "100", "0"])
            let services = try await example.cluster.kubectl(
                "get", "service", "-o",
                "jsonpath={.items[*].spec.selector.rollouts-pod-template-hash}"
            ).checked()
            #expect(Set(services.split(separator: " ")).count == 1)
            if !example.cluster.isBox {
                // Pods on a node that is none are swept away after a minute.
                _ = try await example.cluster.kubectl("get", "node", "hollow").checked()
                // Made by the server's own controllers, of pods that are on a node.
                let isPod = "{.subsets[0].addresses[0].targetRef.kind}=Pod"
                _ = try await example.cluster.kubectl(
                    "wait", "endpoints/model-api", "--for=jsonpath=\(isPod)", "--timeout=60s",
                    seconds: 70
                ).checked()
            }

            try await example.release("v3", instead: "v2")
            try await course.ends(with: ["0", "10", "30", "50", "100", "0", "10", "30"])
            try example.prometheus.answer("0.9")
            try await example.ends(with: 1)
            try await course.ends(with: ["0", "10", "30", "50", "100", "0", "10", "30", "0"])
            let pods = try await example.cluster.kubectl(
                "get", "pods", "-o", "jsonpath={.items[*].spec.containers[0].image}"
            ).checked().split(separator: " ")
            #expect(pods.filter { $0 == "model-api:v2" }.count == 3)
        }
    }

    private static let pauses = ["setWeight: 20", "pause: {}", "setWeight: 60", "pause: {}"]

    @Test func `obeys the commands of sluice`() async throws {
        try await Example.play(steps: Self.pauses) { example in
            let course = try await Course(of: example.cluster)
            try await example.release("v2", instead: "v1")
            try await example.pauses(at: 20)
            try await example.command("promote")
            try await example.pauses(at: 60)
            try await example.command("abort")
            try await example.ends(with: 1)
            try await example.command("retry")
            try await example.pauses(at: 20)
            try await example.command("undo")
            // The status is stored before the revision is written down.
            try await example.wait(for: "version 1 as revision 3") {
                $0.phase == "Healthy" && $0.isUpdated && $0.image == "model-api:v1"
                    && $0.revision == "3"
            }
            try await course.ends(with: ["0", "20", "60", "0", "20", "0"])
        }
    }

    /// And gives all traffic back when the document names the stable version again.
    @Test func `obeys the patches of any other client`() async throws {
        try await Example.play(steps: Self.pauses) { example in
            let course = try await Course(of: example.cluster)
            let image = "/spec/template/spec/containers/0/image"
            _ = try await example.cluster.kubectl(
                "patch", "rollout", "model-api", "--type=json", "-p",
                #"[{"op":"replace","path":"\#(image)","value":"model-api:v2"}]"#
            ).checked()
            try await example.pauses(at: 20)
            try await example.apply()
            try await example.wait(for: "version 1") {
                $0.phase == "Healthy" && $0.isUpdated && $0.image == "model-api:v1"
            }
            try await example.release("v3", instead: "v1")
            try await example.pauses(at: 20)
            try await example.patch(status: #"{"pauseConditions":null}"#)
            try await example.pauses(at: 60)
            try await example.patch(status: #"{"abort":true}"#)
            try await example.ends(with: 1)
            try await example.patch(status: #"{"abort":false}"#)
            try await example.pauses(at: 20)
            try await example.patch(status: #"{"promoteFull":true}"#)
            try await example.ends(with: 0)
            #expect(try await example.look().image == "model-api:v3")
            try await course.ends(with: ["0", "20", "0", "20", "60", "0", "20", "0"])
        }
    }

    /// Holds: 1.5 setCanaryScale, 1.5 matchTrafficWeight.
    @Test func `sizes a canary apart from its traffic`() async throws {
        let steps = [
            "setCanaryScale: {replicas: 2}", "pause: {}", "setWeight: 10", "pause: {}",
            "setCanaryScale: {matchTrafficWeight: true}", "pause: {}",
        ]
        try await Example.play(steps: steps) { example in
            let course = try await Course(of: example.cluster)
            try await example.release("v2", instead: "v1")
            for (step, weight, size) in [(1, 0, 2), (3, 10, 2), (5, 10, 1)] {
                try await example.wait(for: "\(size) pods at the pause of step \(step)") {
                    $0.phase == "Paused" && $0.status?.currentStepIndex == step
                        && $0.weight == weight && $0.status?.updatedReplicas == size
                }
                try await example.command("promote")
            }
            try await example.ends(with: 0)
            try await course.ends(with: ["0", "10", "100", "0"])
        }
    }

    /// Holds: 6.7 route policy.
    @Test func `moves the route policy of a gateway, whose pods follow`() async throws {
        try await Example.play("llm-gateway", rollout: "llama3") { example in
            let policies = try example.cluster.follow(
                "configmap/llm-gateway", ".data.GATEWAY_ROUTE_POLICIES")
            try await example.release("v2", instead: "v1")
            try await example.ends(with: 0)
            #expect(Self.shares(policies.output) == ["10", "50"])
            let end = policies.output.split(separator: "\n").last ?? ""
            #expect(end.contains(#""small""#), "what is not ours stays")
            _ = try await example.cluster.kubectl(
                "rollout", "status", "deployment/llm-gateway", "--timeout=60s", seconds: 70
            ).checked()
            let sets = try await example.cluster.kubectl(
                "get", "replicasets", "-l", "app=llm-gateway", "-o", "name"
            ).checked()
            #expect(sets.split(separator: "\n").count >= 3, "once for each policy")
        }
    }

    /// A document as the field has it, without a router, and what people type all day.
    /// Holds: 1.0 columns, 1.0 scale, 2.4 kubectl wait, 7.6 get.
    @Test func `serves kubectl what it asks of a Rollout`() async throws {
        try await Kubernetes.orBox { cluster in
            try await cluster.define()
            if !cluster.isBox {
                try cluster.startNode()
                try cluster.startController()
            }
            let file = cluster.scratch.path("guestbook.yaml")
            try Self.guestbook.write(toFile: file, atomically: true, encoding: .utf8)
            let apply = ["apply", "--server-side", "-f", file]
            _ = try await cluster.kubectl(apply).checked()
            try await cluster.waits(for: "{.status.phase}=Healthy")
            let table = try await cluster.kubectl("get", "ro").checked()
            #expect(table.contains(#/^NAME +DESIRED +CURRENT +UP-TO-DATE +AVAILABLE +AGE\n/#))
            #expect(table.contains(#/\nguestbook +3 +3 +3 +3 /#))
            let described = try await cluster.kubectl("describe", "rollout", "guestbook").checked()
            #expect(described.contains("Phase:") && described.contains("RolloutCompleted"))
            #expect(try await cluster.kubectl("diff", "--server-side", "-f", file).status == 0)

            // Nobody else owns a field that the document names: another version is no conflict.
            try Self.guestbook.replacing("guestbook:v1", with: "guestbook:v2").write(
                toFile: file, atomically: true, encoding: .utf8)
            let difference = try await cluster.kubectl("diff", "--server-side", "-f", file)
            #expect(difference.status == 1 && difference.output.contains("guestbook:v2"))
            _ = try await cluster.kubectl(apply).checked()
            _ = try await cluster.sluice(
                "status", "guestbook", "--watch", "--timeout", "60s", seconds: 70
            ).checked()
            _ = try await cluster.kubectl(
                "wait", "rollout/guestbook", "--for=condition=Healthy", "--timeout=30s"
            ).checked()
            _ = try await cluster.kubectl("scale", "ro/guestbook", "--replicas=4").checked()
            try await cluster.waits(for: "{.status.availableReplicas}=4")
            try await cluster.kubectl("get", "rollouts", "-o", "yaml").checked().write(
                toFile: file, atomically: true, encoding: .utf8)
            #expect(try await cluster.scratch.run([Tool.sluice, "lint", file]).status == 0)
        }
    }

    private static let guestbook = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: guestbook
        spec:
          replicas: 3
          revisionHistoryLimit: 2
          selector:
            matchLabels:
              app: guestbook
          template:
            metadata:
              labels:
                app: guestbook
            spec:
              containers:
                - name: guestbook
                  image: registry.example.com/guestbook:v1
                  ports:
                    - containerPort: 80
                  resources:
                    requests:
                      cpu: 5m
                      memory: 32Mi
          strategy:
            canary:
              maxSurge: 1
              maxUnavailable: 0
              steps:
                - setWeight: 34
                - pause:
                    duration: 2s
        """

    /// The percent of each canary policy, without what stayed as it was.
    private static func shares(_ policies: String) -> [String] {
        policies.matches(of: #/"percent" ?: ?(\d+)/#).reduce(into: []) { shares, match in
            if shares.last != String(match.1) { shares.append(String(match.1)) }
        }
    }
}

extension Kubernetes {
    /// Waits as a pipeline does.
    fileprivate func waits(for condition: String) async throws {
        _ = try await kubectl(
            "wait", "rollout/guestbook", "--for=jsonpath=\(condition)", "--timeout=60s", seconds: 70
        ).checked()
    }
}
