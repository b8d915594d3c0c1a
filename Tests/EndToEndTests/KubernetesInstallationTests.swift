import Documents
import Foundation
import KubernetesObjects
import Testing

/// An installation as a stranger makes it, and a controller that has no more rights than that.
@Suite(
    .serialized, .timeLimit(.minutes(4)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes installation` {
    @Test func `for all namespaces has the rights that its controller uses, and no others`()
        async throws
    {
        try await Kubernetes.with { cluster in
            if try await cluster.kubectl("get", "namespace", Self.namespace).status == 0 {
                try Test.cancel("the namespace \(Self.namespace) is somebody else's there")
            }
            try await cluster.afterwards(
                ["delete", "clusterrole,clusterrolebinding", "sluice"],
                ["delete", "clusterrole"] + Self.peoplesRoles,
                ["delete", "namespace", Self.namespace]
            ) {
                try await install(on: cluster)
                try await people(on: cluster)
                let account = try await Account(in: Self.namespace, of: cluster)
                try await Gateway.with(on: cluster) {
                    let controller = try account.startController(watching: nil)
                    try await releaseEverything(on: cluster)
                    try await cluster.holds(controller, account, to: ["clusterrole/sluice"])
                }
            }
        }
    }

    @Test func `for one namespace has rights in no other, and its controller needs none`()
        async throws
    {
        try await Kubernetes.with { cluster in
            try await installNamespaced(on: cluster)
            let account = try await Account(in: cluster.namespace, of: cluster)
            try await Gateway.with(on: cluster) {
                let controller = try account.startController(watching: cluster.namespace)
                try await releaseEverything(on: cluster)
                try await cluster.holds(controller, account, to: ["role/sluice"])
            }
        }
    }

    @Test func `for one namespace and another has rights in the other by its role there`()
        async throws
    {
        try await Kubernetes.with { cluster in
            try await installNamespaced(on: cluster)
            let other = cluster.namespace + "-more"
            _ = try await cluster.anywhere("create", "namespace", other).checked()
            try await cluster.afterwards(["delete", "namespace", other, "--wait=false"]) {
                let role = Tool.repository.appending(
                    path: "manifests/install/namespaced/role.yaml"
                ).path
                let account = "--serviceaccount=\(cluster.namespace):sluice"
                for words in [
                    ["apply", "-f", role],
                    ["create", "rolebinding", "sluice", "--role=sluice", account],
                ] { _ = try await cluster.anywhere(["-n", other] + words).checked() }
                let controller = try await Account(in: cluster.namespace, of: cluster)
                    .startController(watching: "\(cluster.namespace),\(other)")
                for namespace in [cluster.namespace, other] {
                    try await releaseSomething(in: namespace, of: cluster)
                }
                #expect(controller.status == nil)
                #expect(!controller.errors.contains("forbidden"), "\(controller.errors)")
            }
        }
    }

    @Test(arguments: ["mock", "gpu", "bentoml"])
    func `of an example is one that the server takes`(overlay: String) async throws {
        try await Kubernetes.with { cluster in
            try await cluster.define()
            let folder = Tool.repository.appending(path: "manifests/overlays/\(overlay)").path
            _ = try await cluster.kubectl("apply", "--dry-run=server", "-k", folder).checked()
        }
    }

    @Test func `with its history on volumes is one that the server takes`() async throws {
        try await Kubernetes.with { cluster in
            try cluster.scratch.folder(
                "volumes",
                """
                namespace: \(cluster.namespace)
                resources: [\(cluster.scratch.relative("manifests/install/base"))]
                components: [\(cluster.scratch.relative("manifests/components/history-volume"))]
                """)
            let folder = cluster.scratch.path("volumes")
            let said = try await cluster.kubectl("apply", "--dry-run=server", "-k", folder)
                .checked()
            #expect(said.contains("statefulset.apps/sluice created"), "\(said)")
        }
    }

    /// By the server's own autoscaler, which brings a rollout to the least size without metrics.
    @Test func `with the example's autoscaler has its rollout scaled`() async throws {
        try await Kubernetes.with { cluster in
            try await cluster.define()
            try cluster.startNode()
            try cluster.startController()
            for folder in ["overlays/mock", "examples/autoscaling"] {
                let path = Tool.repository.appending(path: "manifests/\(folder)").path
                _ = try await cluster.kubectl("apply", "-k", path).checked()
            }
            try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/model-api")
            _ = try await cluster.kubectl("scale", "rollout/model-api", "--replicas=1").checked()
            for field in ["spec.replicas", "status.availableReplicas"] {
                try await cluster.waits(for: "{.\(field)}=3", of: "rollout/model-api")
            }
        }
    }

    private static let namespace = "argo-rollouts"

    /// As the first line of the instructions says, and then as the server's age asks for, by both
    /// ways of applying; then its pods come up.
    private func install(on cluster: Kubernetes) async throws {
        let versions = try await cluster.kubectl("api-versions").checked()
        let isNew = versions.split(separator: "\n").contains("policy/v1")
        let folders = ["install"] + (isNew ? [] : ["overlays/kubernetes-1.20"])
        for folder in folders.map({ Tool.repository.appending(path: "manifests/\($0)").path }) {
            for way in ["--server-side=false", "--server-side"] {
                _ = try await cluster.anywhere("apply", way, "-k", folder).checked()
            }
        }
        _ = try Program(
            [Tool.sluice, "stand-in", "node", "-n", Self.namespace], in: cluster.scratch,
            environment: cluster.environment, limitSeconds: 200)
        _ = try await cluster.anywhere(
            "-n", Self.namespace, "rollout", "status", "deployment/sluice", "--timeout=60s"
        ).checked()
    }

    private static let peoplesRoles = ["admin", "edit", "view"].map {
        "sluice-aggregate-to-\($0)"
    }

    /// Whoever may look at a namespace, or change it, may so its rollouts, and no more.
    private func people(on cluster: Kubernetes) async throws {
        for (person, words, answer) in [
            ("view", ["list", "rollouts.argoproj.io"], "yes"),
            ("view", ["patch", "rollouts.argoproj.io"], "no"),
            ("edit", ["patch", "rollouts.argoproj.io"], "yes"),
            ("edit", ["patch", "rollouts.argoproj.io", "--subresource=status"], "yes"),
            ("admin", ["create", "analysistemplates.argoproj.io"], "yes"),
        ] {
            // That it is there already from the line before is no matter.
            _ = try await cluster.kubectl(
                "create", "rolebinding", person, "--clusterrole=\(person)", "--user=\(person)")
            _ = try await eventually("\(answer) to \(person) \(words)", seconds: 30) {
                let said = try await cluster.kubectl(["auth", "can-i", "--as=\(person)"] + words)
                return said.output.hasPrefix(answer) ? true : nil
            }
        }
    }

    /// As a kustomization of somebody's own names the namespace.
    private func installNamespaced(on cluster: Kubernetes) async throws {
        try await cluster.define()
        try cluster.scratch.folder(
            "installation",
            """
            namespace: \(cluster.namespace)
            resources: [\(cluster.scratch.relative("manifests/install/namespaced"))]
            """)
        let folder = cluster.scratch.path("installation")
        _ = try await cluster.kubectl("apply", "-k", folder).checked()
    }

    /// A first version.
    private func releaseSomething(in namespace: String, of cluster: Kubernetes) async throws {
        _ = try Program(
            [Tool.sluice, "stand-in", "node", "-n", namespace], in: cluster.scratch,
            environment: cluster.environment, limitSeconds: 200)
        let file = cluster.scratch.path(cluster.scratch.fresh("applied"))
        try """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: small}
        spec:
          replicas: 1
          selector: {matchLabels: {app: small}}
          template:
            metadata: {labels: {app: small}}
            spec: {containers: [{name: small, image: "small:v1"}]}
          strategy: {canary: {}}
        """.write(toFile: file, atomically: true, encoding: .utf8)
        _ = try await cluster.anywhere("-n", namespace, "apply", "-f", file).checked()
        _ = try await cluster.anywhere(
            "-n", namespace, "wait", "rollout/small", "--for=jsonpath={.status.phase}=Healthy",
            "--timeout=60s"
        ).checked()
    }

    /// A good release and a bad one behind an Ingress, and one behind a gateway, with all that the
    /// controller does besides: secrets, clients that stick, and tidying up.
    private func releaseEverything(on cluster: Kubernetes) async throws {
        try cluster.startNode()
        let scratch = cluster.scratch
        let example = try await Example("model-api", rollout: "model-api", on: cluster)
        try scratch.setSteps(["setWeight: 50", "analysis: {templates: [{templateName: errors}]}"])
        try scratch.edit("analysis.yaml", "name: model-api-errors", to: "name: errors")
        try scratch.edit(
            "analysis.yaml", "  args:\n",
            to:
                "  args:\n"
                + "    - {name: word, valueFrom: {secretKeyRef: {name: asking, key: word}}}\n"
        )
        try scratch.edit(
            "rollout.yaml", "  revisionHistoryLimit: 5\n",
            to: "  revisionHistoryLimit: 0\n"
                + "  analysis: {successfulRunHistoryLimit: 0, unsuccessfulRunHistoryLimit: 0}\n")
        try scratch.edit("rollout.yaml", "scaleDownDelaySeconds: 5", to: "scaleDownDelaySeconds: 1")
        try scratch.edit(
            "ingress.yaml", "metadata:\n  name: model-api\n",
            to: "metadata:\n  name: model-api\n"
                + "  annotations: {nginx.ingress.kubernetes.io/affinity: cookie}\n")
        _ = try await cluster.kubectl(
            "create", "secret", "generic", "asking", "--from-literal=word=please"
        ).checked()
        try await example.begin()
        for (old, new) in [("v1", "v2"), ("v2", "v3")] {
            try await example.release(new, instead: old)
            try await example.ends(with: 0)
        }
        try example.prometheus.answer("0.9")
        try await example.release("v4", instead: "v3")
        try await example.ends(with: 1)
        try await gateway(on: cluster)
        try await template(on: cluster)
        try await trial(on: cluster)
        try await Gateway.release(on: cluster)
        _ = try await eventually("the first two versions to be tidied up", seconds: 60) {
            let sets = try await cluster.kubectl(
                "get", "replicasets", "-l", "app=model-api", "-o", "name"
            ).checked()
            return sets.split(separator: "\n").count <= 2 ? true : nil
        }
    }

    /// A rollout that refers to a PodTemplate, which is read only then. Its pods change, too.
    private func template(on cluster: Kubernetes) async throws {
        try await cluster.apply(
            """
            apiVersion: v1
            kind: PodTemplate
            metadata: {name: referred}
            template:
              metadata: {labels: {app: referred}}
              spec: {containers: [{name: app, image: "referred:v1"}]}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: referring}
            spec:
              replicas: 1
              selector: {matchLabels: {app: referred}}
              workloadRef: {apiVersion: v1, kind: PodTemplate, name: referred}
              strategy: {canary: {}}
            """)
        try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/referring")
        try await changePods(of: "referring", on: cluster)
    }

    /// Running pods get metadata, and are replaced.
    private func changePods(of rollout: String, on cluster: Kubernetes) async throws {
        let patch = #"{"spec":{"strategy":{"canary":{"stableMetadata":{"labels":{"part":"a"}}}}}}"#
        _ = try await cluster.kubectl(
            "patch", "rollout", rollout, "--type=merge", "-p", patch
        ).checked()
        _ = try await eventually("its pods to be marked", seconds: 60) {
            let pods = try await cluster.kubectl("get", "pods", "-l", "part=a", "-o", "name")
                .checked()
            return pods.isEmpty ? nil : true
        }
        // What was created in the second of a restart is not older than it.
        _ = try await eventually("a second after they were created", seconds: 10) {
            let created = try await cluster.kubectl(
                "get", "pods", "-l", "part=a", "-o",
                "jsonpath={.items[*].metadata.creationTimestamp}"
            ).checked()
            let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970)).rfc3339
            return created.split(separator: " ").allSatisfy { $0 < now } ? true : nil
        }
        let restart = try await cluster.sluice("restart", rollout)
        #expect(restart.status == 0, "\(restart)")
        _ = try await eventually("the restart to be over", seconds: 60) {
            let done = try await cluster.kubectl(
                "get", "rollout", rollout, "-o", "jsonpath={.status.restartedAt}"
            ).checked()
            return done.isEmpty ? nil : true
        }
    }

    /// A release through two Jobs, of which the first is given up, and an experiment, and one that
    /// ends beside it. Some servers let nobody make a Job who may not hold up its run's deletion.
    private func trial(on cluster: Kubernetes) async throws {
        try await cluster.apply(Self.trial)
        try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/tried")
        try await cluster.setImage("tried:v2", of: "tried")
        let first = try await job(but: nil, on: cluster)
        _ = try await cluster.kubectl(
            "patch", "analysisrun", first.run, "--type=merge", "-p", #"{"spec":{"terminate":true}}"#
        ).checked()
        let second = try await job(but: first.job, on: cluster)
        let pod = try await eventually("the pod of a Job", seconds: 60) {
            let pods = try await cluster.kubectl(
                "get", "pods", "-l", "job-name=\(second.job)", "-o", "name"
            ).checked().split(separator: "\n")
            return pods.first.map(String.init)
        }
        _ = try await cluster.kubectl("wait", pod, "--for=condition=Ready", "--timeout=60s")
            .checked()
        _ = try await cluster.kubectl(
            "patch", pod, "--subresource=status", "--type=merge", "-p",
            #"{"status":{"phase":"Succeeded"}}"#
        ).checked()
        try await cluster.waits(for: "{.status.phase}=Healthy", of: "rollout/tried")
        try await cluster.waits(for: "{.status.phase}=Successful", of: "experiment/beside")
        _ = try await eventually("the end of its Service", seconds: 60) {
            let services = try await cluster.kubectl("get", "services", "-o", "name").checked()
            return services.contains("service/beside") ? nil : true
        }
    }

    /// A Job and the run that it measures for, once there is another one than that.
    private func job(
        but former: String?, on cluster: Kubernetes
    ) async throws -> (job: String, run: String) {
        try await eventually("a Job", seconds: 60) {
            let lines = try await cluster.kubectl(
                "get", "jobs", "--no-headers",
                "-o", "custom-columns=:.metadata.name,:.metadata.ownerReferences[0].name"
            ).checked().split(separator: "\n")
            let pairs = lines.map { $0.split(separator: " ").map(String.init) }
            return pairs.first { $0.count == 2 && $0[0] != former }.map { ($0[0], $0[1]) }
        }
    }

    private static let trial = """
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: trial}
        spec:
          metrics:
            - name: trial
              provider:
                job:
                  spec:
                    backoffLimit: 0
                    template:
                      spec:
                        restartPolicy: Never
                        containers: [{name: trial, image: trial}]
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: tried}
        spec:
          replicas: 1
          revisionHistoryLimit: 0
          analysis: {successfulRunHistoryLimit: 0}
          selector: {matchLabels: {app: tried}}
          template:
            metadata: {labels: {app: tried}}
            spec: {containers: [{name: tried, image: "tried:v1"}]}
          strategy:
            canary:
              steps:
                - analysis: {templates: [{templateName: trial}]}
                - analysis: {templates: [{templateName: trial}]}
                - experiment:
                    duration: 1s
                    templates: [{name: candidate, specRef: canary}]
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: Experiment
        metadata: {name: beside}
        spec:
          duration: 1s
          scaleDownDelaySeconds: 0
          templates:
            - name: only
              service: {}
              selector: {matchLabels: {app: beside}}
              template:
                metadata: {labels: {app: beside}}
                spec:
                  containers: [{name: beside, image: beside, ports: [{containerPort: 8080}]}]
        """

    private func gateway(on cluster: Kubernetes) async throws {
        let folder = Tool.repository.appending(path: "manifests/examples/llm-gateway").path
        _ = try await cluster.kubectl("apply", "-k", folder).checked()
        _ = try await cluster.kubectl(
            "wait", "rollout/llama3", "--for=jsonpath={.status.phase}=Healthy", "--timeout=60s",
            seconds: 70
        ).checked()
        let image = "/spec/template/spec/containers/0/image"
        let steps =
            #"{"op":"replace","path":"/spec/strategy/canary/steps","value":[{"setWeight":50}]}"#
        for patch in [steps, #"{"op":"replace","path":"\#(image)","value":"llama3:v2"}"#] {
            _ = try await cluster.kubectl(
                "patch", "rollout", "llama3", "--type=json", "-p", "[\(patch)]"
            ).checked()
            let end = try await cluster.sluice(
                "status", "llama3", "--watch", "--timeout", "90s", seconds: 100)
            #expect(end.status == 0, "\(end)")
        }
    }
}

/// A ServiceAccount of an installation, and what it asks of the server.
private struct Account {
    let cluster: Kubernetes
    let namespace: String
    private let kubeconfig: String

    /// Gets a token for it, as every version of Kubernetes gives one.
    init(in namespace: String, of cluster: Kubernetes) async throws {
        self.cluster = cluster
        self.namespace = namespace
        kubeconfig = cluster.scratch.path("account.kubeconfig")
        let secret = cluster.scratch.path("token.yaml")
        try """
        apiVersion: v1
        kind: Secret
        metadata:
          name: sluice-test-token
          namespace: \(namespace)
          annotations: {kubernetes.io/service-account.name: sluice}
        type: kubernetes.io/service-account-token
        """.write(toFile: secret, atomically: true, encoding: .utf8)
        _ = try await cluster.kubectl("apply", "-n", namespace, "-f", secret).checked()
        let token = try await eventually("a token", seconds: 30) {
            let encoded = try await cluster.kubectl(
                "get", "-f", secret, "-n", namespace, "-o", "jsonpath={.data.token}"
            ).checked()
            return Data(base64Encoded: encoded).flatMap {
                $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self)
            }
        }
        try FileManager.default.copyItem(
            atPath: cluster.scratch.path("kubeconfig"), toPath: kubeconfig)
        for change in [
            ["set-credentials", "sluice", "--token=\(token)"],
            ["set-context", "--current", "--user=sluice"],
        ] {
            _ = try await cluster.scratch.run(
                [Tool.kubectl, "--kubeconfig", kubeconfig, "config"] + change
            ).checked()
        }
    }

    /// Starts the controller as the Deployment does: with these rights, and the Lease beside it.
    func startController(watching watched: String?) throws -> Program {
        try Program(
            [
                Tool.sluice, "controller", "--healthzPort", "0", "--metricsPort", "0",
                "--logformat=json",
            ] + (watched.map { ["--namespaced", "--namespace=\($0)"] } ?? []), in: cluster.scratch,
            environment: ["KUBECONFIG": kubeconfig, "POD_NAMESPACE": namespace], limitSeconds: 230)
    }

    /// The same, once the server has written down that all of `needed` was.
    func asked(upTo needed: Set<Right>) async throws -> Set<Right> {
        var unused = needed
        do {
            return try await eventually("an audit", seconds: 10, everyMilliseconds: 200) {
                let asked = try asked() ?? []
                unused = needed.subtracting(asked)
                return unused.isEmpty ? asked : nil
            }
        } catch {
            throw Failure("nobody needs \(unused.map(\.description).sorted())")
        }
    }

    /// What it has asked for, as the server has written it down; nil where that is not known.
    func asked() throws -> Set<Right>? {
        guard let path = ProcessInfo.processInfo.environment["SLUICE_TEST_AUDIT"] else {
            return nil
        }
        let user = "system:serviceaccount:\(namespace):sluice"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        return try lines.reduce(into: []) { rights, line in
            let event = try JSON(parsing: Array(line.utf8))
            guard event["user"]?["username"]?.string == user else { return }
            // What kinds a server has anybody may ask who is known to it.
            let isDiscovery = event["requestURI"]?.string?.hasPrefix("/api") == true
            if event["objectRef"] == nil, isDiscovery { return }
            rights.insert(Right(asked: event))
        }
    }
}

extension Kubernetes {
    /// Nothing was refused, nothing was asked that is not given, and all that is given is needed.
    fileprivate func holds(
        _ controller: Program, _ account: Account, to roles: [String]
    ) async throws {
        #expect(controller.status == nil, "\(controller.errors)")
        let refused = controller.errors.split(separator: "\n").filter {
            // A namespace of another test that goes takes no events; that is no lack of a right.
            ($0.contains("forbidden") && !$0.contains("is being terminated"))
                || $0.contains("waiting for the cluster")
        }
        #expect(refused == [])
        var given: Set<Right> = []
        for role in roles + ["role/sluice-leader-election"] {
            let text = try await kubectl(
                "-n", account.namespace, "get", role, "-o", "json"
            ).checked()
            given.formUnion(Right.given(by: try JSON(parsing: Array(text.utf8))))
        }
        // The server writes down a watch when it ends.
        controller.signal(SIGTERM)
        #expect(try await controller.ended(within: 30) == 0)
        guard try account.asked() != nil else { return }
        let asked = try await account.asked(upTo: given.subtracting(Right.rare))
        #expect(asked.subtracting(given).map(\.description).sorted() == [])
    }
}

extension Scratch {
    /// A directory with nothing but a kustomization.
    fileprivate func folder(_ name: String, _ kustomization: String) throws {
        try FileManager.default.createDirectory(
            atPath: path(name), withIntermediateDirectories: false)
        try kustomization.write(
            toFile: path("\(name)/kustomization.yaml"), atomically: true, encoding: .utf8)
    }

    /// A folder of the repository, as kustomize wants it named from a directory in here.
    fileprivate func relative(_ folder: String) -> String {
        let depth = path("folder").split(separator: "/").count
        return String(repeating: "../", count: depth)
            + Tool.repository.appending(path: folder).path.drop { $0 == "/" }
    }
}
