import Documents
import KubernetesObjects
import LocalCluster
import ObjectStore

/// Applications with rollouts, as teams have them: 25 in each namespace, each with two Services, an
/// Ingress and the probes, resources and annotations that real documents carry.
struct Fleet: Sendable {
    let names: [String]
    let steps: JSON
    /// Judges every rollout in the background, this often.
    var analysisInterval: String?

    /// `app-0042`: all objects of a rollout begin with these characters.
    static let nameLength = 8
    /// The pods of each.
    var size: Int64 = 4
    private static let teamSize = 25

    /// - Parameter first: the number of the first one.
    init(_ count: Int, from first: Int = 0, steps: JSON) {
        names = (first..<first + count).map { number in
            let text = String(number)
            return "app-" + String(repeating: "0", count: 4 - text.count) + text
        }
        self.steps = steps
    }

    func namespace(of name: String) -> String {
        "team-\((Int(name.suffix(4)) ?? 0) / Self.teamSize)"
    }

    func reference(_ name: String) -> Reference {
        Reference(.rollouts, namespace: namespace(of: name), name: name)
    }

    /// The namespaces, and what rollouts of the same namespace share.
    var shared: [Whole] {
        Set(names.map(namespace)).sorted().flatMap { namespace in
            [
                Whole(
                    .namespaces,
                    [
                        "apiVersion": "v1", "kind": "Namespace",
                        "metadata": ["name": .string(namespace)],
                    ]), Whole(.analysisTemplates, template(in: namespace)),
            ]
        }
    }

    /// All that one application consists of, its rollout last.
    func application(_ name: String) -> [Whole] {
        [
            Whole(.services, service(name, for: name)),
            Whole(.services, service("\(name)-canary", for: name)),
            Whole(.ingresses, ingress(name)), Whole(.rollouts, rollout(name)),
        ]
    }

    /// An object as `kubectl apply` creates it.
    struct Whole: Sendable {
        let resource: Resource
        let object: Object

        init(_ resource: Resource, _ json: JSON) {
            self.resource = resource
            var object = Object(json)
            object["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"] =
                .string(json.text)
            self.object = object
        }
    }

    /// Creates everything.
    func create(in server: ObjectServer) async throws(StoreError) {
        for whole in shared + names.flatMap(application) {
            _ = try await server.create(
                whole.object, in: whole.resource, namespace: whole.object.namespace,
                by: Caller(manager: "kubectl-client-side-apply"))
        }
    }

    /// Deletes the applications; what their rollouts own goes with them.
    func delete(from server: ObjectServer) async throws(StoreError) {
        for whole in names.flatMap(application).reversed() {
            let object = whole.object
            _ = try await server.delete(
                Reference(whole.resource, namespace: object.namespace, name: object.name))
        }
    }

    /// Asks for another version of one application.
    func release(_ version: String, of name: String, in server: ObjectServer)
        async throws(StoreError)
    {
        try await server.patch(
            reference(name), with: patch(to: version, of: name), by: Caller(manager: "kubectl-set"))
    }

    /// What `kubectl set image` would write.
    ///
    /// - Parameter steps: other ones, where the rollout shall have other ones from now on.
    func patch(to version: String, of name: String, steps: JSON? = nil) -> Patch {
        func change(_ path: String, _ value: JSON) -> JSON {
            ["op": "replace", "path": .string(path), "value": value]
        }
        return .json(
            [change("/spec/template/spec/containers/0/image", .string(image(name, version)))]
                + (steps.map { [change("/spec/strategy/canary/steps", $0)] } ?? []))
    }

    /// How many rollouts are in `phase`, at `message` where one is given.
    func count(_ phase: String, message: String? = nil, in server: ObjectServer)
        async throws(StoreError) -> Int
    {
        let wanted = Set(names)
        return try await server.list(.rollouts).items.filter {
            wanted.contains($0.name) && $0.status?["phase"]?.string == phase
                && $0.status?["observedGeneration"]?.string == String($0.generation)
                && (message == nil || $0.status?["message"]?.string == message)
        }.count
    }

    private func image(_ name: String, _ version: String) -> String {
        "registry.example.com/teams/\(name):\(version)"
    }

    private func metadata(_ name: String, for rollout: String) -> JSON {
        [
            "name": .string(name), "namespace": .string(namespace(of: rollout)),
            "labels": ["app": .string(rollout), "app.kubernetes.io/part-of": "bench"],
        ]
    }

    private func service(_ name: String, for rollout: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": metadata(name, for: rollout),
            "spec": [
                "selector": ["app": .string(rollout)],
                "ports": [["name": "http", "port": 80, "targetPort": "http"]],
            ],
        ]
    }

    private func ingress(_ name: String) -> JSON {
        let backend: JSON = ["service": ["name": .string(name), "port": ["name": "http"]]]
        let path: JSON = ["path": "/", "pathType": "Prefix", "backend": backend]
        return [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": metadata(name, for: name),
            "spec": [
                "ingressClassName": "nginx",
                "rules": [
                    ["host": .string("\(name).example.com"), "http": ["paths": [path]]]
                ],
            ],
        ]
    }

    private func template(in namespace: String) -> JSON {
        let query = """
            sum(rate(http_requests_total{app="{{args.app}}",canary="true",code=~"5.."}[1m]))
            / sum(rate(http_requests_total{app="{{args.app}}",canary="true"}[1m]))
            """
        let metric: JSON = [
            "name": "error-rate", "interval": .string(analysisInterval ?? "30s"),
            "failureLimit": 0, "successCondition": "result[0] <= 0.01",
            "provider": ["prometheus": ["query": .string(query)]],
        ]
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate",
            "metadata": ["name": "errors", "namespace": .string(namespace)],
            "spec": ["args": [["name": "app"]], "metrics": [metric]],
        ]
    }

    private func rollout(_ name: String) -> JSON {
        var canary: JSON = [
            "stableService": .string(name), "canaryService": .string("\(name)-canary"),
            "trafficRouting": ["nginx": ["stableIngress": .string(name)]], "steps": steps,
            // Shorter than what is taken for quiet, so that nothing comes after that.
            "scaleDownDelaySeconds": 1,
        ]
        if analysisInterval != nil {
            canary["analysis"] = [
                "templates": [["templateName": "errors"]],
                "args": [["name": "app", "value": .string(name)]],
            ]
        }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": metadata(name, for: name),
            "spec": [
                "replicas": .int(size), "revisionHistoryLimit": 5,
                "selector": ["matchLabels": ["app": .string(name)]],
                "template": podTemplate(name), "strategy": ["canary": canary],
            ],
        ]
    }

    private func podTemplate(_ name: String) -> JSON {
        let container: JSON = [
            "name": "app", "image": .string(image(name, "1.0.0")),
            "ports": [["name": "http", "containerPort": 8080]],
            "env": [
                ["name": "LOG_LEVEL", "value": "info"],
                ["name": "POD_IP", "valueFrom": ["fieldRef": ["fieldPath": "status.podIP"]]],
            ],
            "readinessProbe": ["httpGet": ["path": "/ready", "port": "http"], "periodSeconds": 5],
            "livenessProbe": ["httpGet": ["path": "/live", "port": "http"], "periodSeconds": 10],
            "resources": [
                "requests": ["cpu": "250m", "memory": "256Mi"],
                "limits": ["cpu": "1", "memory": "512Mi"],
            ],
        ]
        return [
            "metadata": [
                "labels": ["app": .string(name)],
                "annotations": ["prometheus.io/scrape": "true", "prometheus.io/port": "8080"],
            ],
            "spec": ["terminationGracePeriodSeconds": 30, "containers": [container]],
        ]
    }
}
