import Documents
import Foundation
import KubernetesObjects
import Manifests
import Testing
import Traffic

/// What `kubectl apply -k` would apply.
struct `An installation` {
    @Test(arguments: [
        ("crds", ["CustomResourceDefinition": 5]),
        (
            "install",
            [
                "CustomResourceDefinition": 5, "Namespace": 1, "Deployment": 1, "Service": 1,
                "ServiceAccount": 1, "NetworkPolicy": 1, "ClusterRole": 4, "ClusterRoleBinding": 1,
                "Role": 1, "RoleBinding": 1,
            ]
        ),
        (
            "install/namespaced",
            [
                "Deployment": 1, "Service": 1, "ServiceAccount": 1, "NetworkPolicy": 1, "Role": 2,
                "RoleBinding": 2,
            ]
        ),
        (
            "overlays/kubernetes-1.20",
            [
                "CustomResourceDefinition": 5, "Namespace": 1, "Deployment": 1, "Service": 1,
                "ServiceAccount": 1, "NetworkPolicy": 1, "ClusterRole": 4, "ClusterRoleBinding": 1,
                "Role": 1, "RoleBinding": 1, "PodDisruptionBudget": 1,
            ]
        ),
        (
            "overlays/production",
            [
                "CustomResourceDefinition": 5, "Namespace": 1, "StatefulSet": 1, "Service": 1,
                "ServiceAccount": 1, "NetworkPolicy": 1, "ClusterRole": 4, "ClusterRoleBinding": 1,
                "Role": 1, "RoleBinding": 1, "PodDisruptionBudget": 1, "ServiceMonitor": 1,
                "PrometheusRule": 1, "ConfigMap": 1,
            ]
        ),
        (
            "webhook",
            [
                "ConfigMap": 1, "Deployment": 1, "Service": 1, "ServiceAccount": 1,
                "NetworkPolicy": 1, "ValidatingWebhookConfiguration": 1,
            ]
        ),
        (
            "overlays/webhook",
            [
                "ConfigMap": 1, "Deployment": 1, "Service": 1, "ServiceAccount": 1,
                "NetworkPolicy": 1, "ValidatingWebhookConfiguration": 1,
                "PodDisruptionBudget": 1,
            ]
        ),
        (
            "webhook/cert-manager",
            [
                "ConfigMap": 1, "Deployment": 1, "Service": 1, "ServiceAccount": 1,
                "NetworkPolicy": 1, "ValidatingWebhookConfiguration": 1, "Issuer": 2,
                "Certificate": 2,
            ]
        ),
    ])
    func `holds what it names, and nothing else`(folder: String, kinds: [String: Int]) async throws
    {
        let documents = try await built(folder)
        let found = Dictionary(
            grouping: documents.compactMap { $0.value["kind"]?.string }, by: { $0 }
        ).mapValues(\.count)
        #expect(found == kinds)
    }

    @Test(arguments: ["install/cluster-role.yaml", "install/namespaced/role.yaml"])
    func `may read and patch every kind of route`(file: String) throws {
        let path = Tool.repository.appending(path: "manifests/\(file)")
        let role = try YAML.documents(in: [UInt8](Data(contentsOf: path)), file: file).first?.value
        for route in Resource.routes.keys {
            let verbs = (role?["rules"]?.array ?? []).filter {
                $0["apiGroups"] == [.string(route.group)]
                    && $0["resources"]?.array?.contains(.string(route.plural)) == true
            }.flatMap { $0["verbs"]?.array ?? [] }
            // Only these may be the rollout's own; a TrafficSplit stays with it.
            let isCome = [.trafficSplits, .apisixRoutes, .mappings].contains(route)
            let isGone = isCome && route != .trafficSplits
            let own: [JSON] = (isCome ? ["create"] : []) + ["patch"] + (isGone ? ["delete"] : [])
            #expect(verbs == ["get", "list", "watch"] + own, "\(route.plural)")
        }
    }

    /// Where the server knows rules: they are not in the definitions themselves, since older ones
    /// take none.
    /// Holds: 1.0 selector.
    @Test(arguments: [("install", nil), ("overlays/production", "self == oldSelf")])
    func `has the server keep selectors as they are`(folder: String, rule: String?) async throws {
        let definition = try await built(folder).first {
            $0.value["metadata"]?["name"] == "rollouts.argoproj.io"
        }
        let schema = definition?.value["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"]
        let selector = schema?["properties"]?["spec"]?["properties"]?["selector"]
        #expect(selector?["type"] == "object")
        #expect(selector?["x-kubernetes-validations"]?[0]?["rule"]?.string == rule)
    }

    /// Older servers take no conditions. One that cannot be answered would pass the document.
    @Test(arguments: [("webhook", nil), ("overlays/webhook", 1)])
    func `asks about changes of a spec only, where the server can tell`(
        folder: String, conditions: Int?
    ) async throws {
        let hook = try await built(folder).first {
            $0.value["kind"] == "ValidatingWebhookConfiguration"
        }?.value["webhooks"]?[0]
        #expect(hook?["matchConditions"]?.array?.count == conditions)
        let test = hook?["matchConditions"]?[0]?["expression"]?.string
        let guards = ["oldObject == null", "!has(object.spec)", "!has(oldObject.spec)"]
        for part in guards where conditions != nil { #expect(test?.contains(part) == true) }
    }

    @Test(arguments: ["mock", "gpu", "bentoml"])
    func `of an example is free of findings`(overlay: String) async throws {
        let documents = try await built("overlays/\(overlay)")
        #expect(documents.count == 6)
        #expect(Lint.findings(in: documents, routers: RouterKind.all).isEmpty)
    }

    /// A Prometheus of a cluster scrapes every 15 or 30 seconds, and a rate needs two samples.
    @Test(arguments: [
        "overlays/mock", "overlays/gpu", "overlays/bentoml", "examples/model-api",
        "examples/llm-gateway", "examples/gateway-api", "examples/experiment",
        "examples/blue-green", "examples/kserve",
    ])
    func `of an example asks for rates over more than a few scrapes`(folder: String) async throws {
        var windows = 0
        for template in try await built(folder).map(\.value)
        where template["kind"] == "AnalysisTemplate" {
            let window = template["spec"]?["args"]?.array?.first { $0["name"] == "window" }
            for metric in template["spec"]?["metrics"]?.array ?? [] {
                let query = metric["provider"]?["prometheus"]?["query"]?.string?
                    .replacing("{{args.window}}", with: window?["value"]?.string ?? "")
                for range in try #require(query).matches(of: /\[([^\]]*)\]/) {
                    let length = try #require(GoDuration.parse(String(range.1)))
                    #expect(length >= 60_000)
                    windows += 1
                }
                let pause = metric["interval"]?.string.flatMap(GoDuration.parse) ?? 0
                #expect(pause >= 15_000)
            }
        }
        #expect(windows > 0)
    }

    /// On GPU nodes there is something better than a stand-in.
    @Test func `for GPU nodes runs what the image has`() async throws {
        let rollout = try await built("overlays/gpu").first { $0.value["kind"] == "Rollout" }
        let container = rollout?.value["spec"]?["template"]?["spec"]?["containers"]?[0]
        #expect(container?["image"] == "model-api:v1")
        #expect(container?["command"] == nil && container?["args"] == nil)
    }

    @Test(arguments: ["admin", "edit", "view"])
    func `gives the people of a namespace what they may do`(role: String) async throws {
        let path = Tool.repository.appending(path: "manifests/install/aggregate-roles.yaml")
        let roles = try YAML.documents(in: [UInt8](Data(contentsOf: path)), file: path.path)
        let label = "rbac.authorization.k8s.io/aggregate-to-\(role)"
        let found = roles.map(\.value).filter { $0["metadata"]?["labels"]?[label] == "true" }
        let rules = found.flatMap { $0["rules"]?.array ?? [] }
        #expect(rules.count == 1)
        #expect(rules.first?["apiGroups"] == ["argoproj.io"])
        #expect(
            rules.first?["resources"] == [
                "rollouts", "rollouts/scale", "rollouts/status", "experiments",
                "analysistemplates", "clusteranalysistemplates", "analysisruns",
            ])
        let changing: [JSON] = ["create", "delete", "deletecollection", "get", "list", "patch"]
        #expect(
            rules.first?["verbs"]
                == (role == "view"
                    ? ["get", "list", "watch"] : .array(changing + ["update", "watch"])))
    }

    @Test(arguments: [
        ("kserve", ["AnalysisTemplate", "ConfigMap", "InferenceService", "Rollout"]),
        ("autoscaling", ["HorizontalPodAutoscaler"]),
    ])
    func `of a part for other operators is free of findings`(
        example: String, kinds: [String]
    ) async throws {
        let documents = try await built("examples/\(example)")
        let found = documents.compactMap { $0.value["kind"]?.string }
        #expect(Set(found).isSuperset(of: kinds))
        #expect(Lint.findings(in: documents, routers: RouterKind.all).isEmpty)
    }

    /// What an overlay adds comes without one.
    @Test(arguments: [
        "install", "install/namespaced", "overlays/kubernetes-1.20", "overlays/production",
        "webhook", "webhook/cert-manager", "overlays/webhook",
    ])
    func `is in the namespace of the lease`(folder: String) async throws {
        let ofAll: Set<JSON> = [
            "Namespace", "CustomResourceDefinition", "ClusterRole", "ClusterRoleBinding",
            "ValidatingWebhookConfiguration",
        ]
        for document in try await built(folder).map(\.value)
        where !ofAll.contains(document["kind"] ?? .null) {
            #expect(document["metadata"]?["namespace"] == "argo-rollouts", "\(document)")
        }
    }

    /// As the level `restricted` of Pod Security wants it.
    @Test(arguments: [
        "install", "install/namespaced", "overlays/kubernetes-1.20", "overlays/production",
        "webhook", "webhook/cert-manager",
    ])
    func `runs pods that may do nothing but their work`(folder: String) async throws {
        let pods = try await built(folder).compactMap { $0.value["spec"]?["template"]?["spec"] }
        #expect(pods.count == 1)
        for pod in pods {
            let whole = pod["securityContext"]
            #expect(whole?["runAsNonRoot"] == true)
            #expect(whole?["seccompProfile"]?["type"] == "RuntimeDefault")
            #expect(pod["hostNetwork"] == nil && pod["hostPID"] == nil && pod["hostIPC"] == nil)
            let containers = ["initContainers", "containers"].flatMap { pod[$0]?.array ?? [] }
            #expect(!containers.isEmpty)
            for container in containers {
                let own = container["securityContext"]
                #expect(own?["allowPrivilegeEscalation"] == false)
                #expect(own?["readOnlyRootFilesystem"] == true)
                #expect(own?["capabilities"]?["drop"] == ["ALL"])
                #expect(own?["capabilities"]?["add"] == nil && own?["privileged"] == nil)
            }
            let volumes = pod["volumes"]?.array ?? []
            #expect(volumes.allSatisfy { $0["hostPath"] == nil })
        }
    }

    @Test func `has more memory than the controller was ever seen to take`() async throws {
        let page = Tool.repository.appending(path: "docs/BENCHMARKS.md")
        let peaks = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("| Peak RSS | ") }
            .compactMap { $0.split(separator: " ").dropFirst(4).first.flatMap { Double($0) } }
        let pod = try await built("install").first { $0.value["kind"] == "Deployment" }?
            .value["spec"]?["template"]?["spec"]?["containers"]?[0]
        #expect(pod?["resources"]?["limits"]?["memory"] == "1Gi")
        #expect((try #require(peaks.max())) < 1024)
    }

    @Test func `for production keeps its history where the next pod finds it`() async throws {
        let set = try await built("overlays/production").first { $0.value["kind"] == "StatefulSet" }
        let claim = set?.value["spec"]?["volumeClaimTemplates"]?[0]
        #expect(claim?["metadata"]?["name"] == "history")
        let pod = set?.value["spec"]?["template"]?["spec"]
        #expect(pod?["volumes"]?.array?.contains { $0["name"] == "history" } == false)
        let mount = pod?["containers"]?[0]?["volumeMounts"]?.array?.first {
            $0["name"] == "history"
        }
        let folder = try #require(mount?["mountPath"]?.string)
        let arguments = pod?["containers"]?[0]?["args"]?.array?.compactMap(\.string) ?? []
        #expect(arguments.contains { $0.hasPrefix("--history=\(folder)/") })
    }

    /// As somebody writes it beside a checkout of ours.
    @Test(arguments: Self.shown)
    func `of a page of ours can be applied to a fresh cluster`(kustomization: String) async throws {
        try await Scratch.with { scratch in
            try FileManager.default.createDirectory(
                atPath: scratch.path("sluice"), withIntermediateDirectories: false)
            try FileManager.default.copyItem(
                at: Tool.repository.appending(path: "manifests"),
                to: URL(filePath: scratch.path("sluice/manifests")))
            try kustomization.write(
                toFile: scratch.path("kustomization.yaml"), atomically: true, encoding: .utf8)
            let documents = try await built(at: scratch.root, scratch).map(\.value)
            let made = documents.filter { $0["kind"] == "Namespace" }.map {
                $0["metadata"]?["name"]
            }
            let used = Set(documents.compactMap { $0["metadata"]?["namespace"] })
            #expect(used.count == 1)
            // Whoever has rights in one namespace only has it already.
            let isOwn = kustomization.contains("install/namespaced")
            #expect(made == (isOwn ? [] : used.map { $0 }))
            let pod = documents.first { $0["kind"] == "Deployment" }?["spec"]?["template"]?["spec"]
            let image = pod?["containers"]?[0]?["image"]?.string
            let isNamed = kustomization.contains("images:")
            #expect(image == (isNamed ? "registry.example.com/sluice:1.0" : "sluice:latest"))
        }
    }

    @Test func `shows how to share a cluster`() {
        #expect(Self.shown.count == 4)
        #expect(Self.shown.contains { $0.contains("--instance-id=blue") })
    }

    /// The kustomizations with resources that our pages show.
    private static let shown: [String] = ["README.md", "docs/KUBERNETES.md"].flatMap { page in
        let place = Tool.repository.appending(path: page).path
        let text = String(
            decoding: FileManager.default.contents(atPath: place) ?? Data(), as: UTF8.self)
        let blocks = text.split(separator: "\n", omittingEmptySubsequences: false)
            .split { !$0.hasPrefix("    ") }
        return blocks.map { $0.map { "\($0.dropFirst(4))\n" }.joined() }
            .filter { $0.contains("resources:") }
    }

    private func built(_ folder: String) async throws -> [Document] {
        var documents: [Document] = []
        let place = Tool.repository.appending(path: "manifests/\(folder)").path
        try await Scratch.with { documents = try await built(at: place, $0) }
        return documents
    }

    private func built(at place: String, _ scratch: Scratch) async throws -> [Document] {
        let yaml = try await scratch.run([Tool.kubectl, "kustomize", place]).checked()
        return try Document.readAll(Array(yaml.utf8), file: "\(place).yaml")
    }
}
