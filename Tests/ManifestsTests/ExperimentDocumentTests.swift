import Analysis
import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

@testable import Manifests

extension JSON {
    /// Changes an element of a list.
    fileprivate mutating func change(
        _ list: String, _ index: Int, _ body: (inout JSON) -> Void
    ) {
        var elements = self[list]?.array ?? []
        body(&elements[index])
        self[list] = .array(elements)
    }
}

/// A sample with two templates and one analysis.
private func experiment(_ change: (inout JSON) -> Void = { _ in }) -> Object {
    let labels: JSON = ["app": "shop"]
    func template(_ name: String, _ image: String) -> JSON {
        [
            "name": .string(name), "replicas": 2, "selector": ["matchLabels": labels],
            "template": [
                "metadata": ["labels": labels],
                "spec": [
                    "containers": [
                        [
                            "name": "web", "image": .string(image),
                            "ports": [["containerPort": 80], ["containerPort": 80]],
                        ]
                    ]
                ],
            ],
        ]
    }
    var json: JSON = [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Experiment",
        "metadata": [
            "name": "trial", "namespace": "web", "uid": "u-9",
            "annotations": ["rollout.argoproj.io/revision": "4"],
        ],
        "spec": [
            "duration": "5m",
            "templates": [template("baseline", "shop:1"), template("canary", "shop:2")],
            "analyses": [
                [
                    "name": "errors", "templateName": "errors", "requiredForCompletion": true,
                    "args": [
                        ["name": "hash", "value": "{{templates.canary.podTemplateHash}}"],
                        ["name": "end", "value": "{{ experiment.finishedAt }}"],
                    ],
                ]
            ],
        ],
    ]
    change(&json)
    return Object(json)
}

private func changed(_ change: (inout JSON) -> Void) -> Object {
    experiment { json in
        var spec = json["spec"] ?? .null
        change(&spec)
        json["spec"] = spec
    }
}

/// Rules of rollout-semantics §8.4.
struct `An experiment document` {
    struct Case: Sendable, CustomTestStringConvertible {
        let message: String
        let change: @Sendable (inout JSON) -> Void
        init(_ message: String, _ change: @escaping @Sendable (inout JSON) -> Void) {
            self.message = message
            self.change = change
        }
        var testDescription: String { message }
    }

    static let wrong: [Case] = [
        Case("spec.templates: Required value") { $0["templates"] = [] },
        Case("Experiment trial has repeated template name 'baseline' in templates") {
            $0.change("templates", 1) { $0["name"] = "baseline" }
        },
        Case("Experiment trial has empty template name at index 1") {
            $0.change("templates", 1) { $0["name"] = .none }
        },
        Case(
            "This experiment is selecting all pods at index 0. A non-empty selector is required."
        ) { $0.change("templates", 0) { $0["selector"] = .none } },
        Case(
            "This experiment is selecting all pods at index 1. A non-empty selector is required."
        ) { $0.change("templates", 1) { $0["selector"] = [:] } },
        Case(
            "spec.templates[0].template.metadata.labels: Invalid value: {\"app\":\"other\"}: "
                + "`selector` does not match template `labels`"
        ) {
            $0.change("templates", 0) { $0["template"]?["metadata"]?["labels"] = ["app": "other"] }
        },
        Case("spec.templates[0].template.spec.containers: Required value") {
            $0.change("templates", 0) { $0["template"]?["spec"]?["containers"] = [] }
        },
        Case(
            "MinReadySeconds cannot be longer than ProgressDeadlineSeconds. Check template index 1"
        ) { $0.change("templates", 1) { $0["minReadySeconds"] = 600 } },
        Case("spec.duration: Invalid value: \"soon\": must be a duration that is not negative") {
            $0["duration"] = "soon"
        },
        Case("spec.analyses[0].templateName: is missing") {
            $0.change("analyses", 0) { $0["templateName"] = .none }
        },
        Case("spec.templates[0].service: Invalid value: \"trial-baseline\": a Service needs a port")
        {
            $0.change("templates", 0) { $0["service"] = [:] }
            $0.change("templates", 0) {
                $0["template"]?["spec"]?["containers"] = [["name": "web", "image": "shop"]]
            }
        },
    ]

    /// Holds: 8.4 templates, 8.4 selector, 8.4 deadline.
    @Test(arguments: wrong) func `is refused`(_ wrong: Case) {
        let parsed = ExperimentDocument.parse(changed(wrong.change))
        #expect(parsed.invalidSpecMessage == wrong.message)
    }

    @Test func `is read whole`() {
        let parsed = ExperimentDocument.parse(experiment(), strictness: .lint)
        #expect(parsed.findings == [])
        #expect(parsed.experiment.templates.map(\.name) == ["baseline", "canary"])
        #expect(parsed.experiment.templates.map(\.replicas) == [2, 2])
        #expect(parsed.experiment.durationSeconds == 300)
        #expect(parsed.experiment.analyses.map(\.isRequired) == [true])
        #expect(parsed.experiment.scaleDownDelaySeconds == 30)
        #expect(parsed.experiment.progressDeadlineSeconds == 600)
    }

    @Test func `is linted with what it refers to`() {
        let document = Document(value: experiment().json, file: "trial.yaml")
        #expect(
            Lint.findings(in: [document], routers: [], isComplete: true).map(\.message)
                == ["Invalid value: \"errors\": AnalysisTemplate 'errors' not found"])
        #expect(Lint.findings(in: [document], routers: []).isEmpty)
    }

    @Test func `says which fields the API does not have`() {
        let object = changed { $0.change("templates", 0) { $0["weight"] = 5 } }
        #expect(
            ExperimentDocument.parse(object, strictness: .lint).findings.map(\.message)
                == ["unknown field \"weight\""])
        #expect(ExperimentDocument.parse(object).findings == [])
    }
}

/// What belongs to an experiment (rollout-semantics §7.1, rows RS, service and analyses).
struct `What an experiment makes` {
    private func set(_ template: String, _ object: Object = experiment()) throws -> Object {
        try #require(
            ExperimentDocument.replicaSet("trial-\(template)", of: template, for: object))
    }

    /// Holds: 7.1 ReplicaSets.
    @Test func `is a ReplicaSet without pods, marked and owned`() throws {
        let made = try set("canary")
        #expect(made.name == "trial-canary" && made.spec?["replicas"] == 0)
        #expect(made.controllerOwner?.kind == "Experiment" && made.controllerOwner?.uid == "u-9")
        #expect(
            made.annotations == [
                "experiment.argoproj.io/name": "trial",
                "experiment.argoproj.io/template-name": "canary",
            ])
        #expect(ExperimentDocument.byTemplate([made])["canary"]?.name == "trial-canary")
    }

    @Test func `selects its own pods and nobody else's`() throws {
        let image = experiment().spec?["templates"]?[0]?["template"]
        let same = changed { $0.change("templates", 1) { $0["template"] = image } }
        let template = same.spec?["templates"]?[0]?["template"]
        let rollouts = TemplateHash.ofTemplate(template, collisionCount: nil)
        let hashes = try ["baseline", "canary"].map { name in
            let made = try set(name, same)
            let hash = made.spec?["selector"]?["matchLabels"]?[Keys.templateHash]?.string
            #expect(
                made.spec?["template"]?["metadata"]?["labels"]?[Keys.templateHash]?.string == hash)
            return hash ?? ""
        }
        #expect(Set(hashes + [rollouts]).count == 3)
    }

    /// Holds: 7.1 service.
    @Test func `is a Service with each port once, for the pods of its ReplicaSet`() throws {
        let made = try set("canary")
        let service = ExperimentDocument.service(
            "mine", of: "canary", selecting: made, for: experiment())
        #expect(service.spec?["selector"] == made.spec?["template"]?["metadata"]?["labels"])
        #expect(service.spec?["ports"]?.array?.compactMap { $0["port"]?.int } == [80])
        #expect(ExperimentDocument.byTemplate([service]) as [String: String] == ["canary": "mine"])
    }

    /// A route leads to it by the port by which it leads to the canary's Service.
    @Test func `is a Service with the ports of the canary's Service before its own`() throws {
        func ports(_ given: [JSON]) throws -> [JSON] {
            let canary = Object(["spec": ["ports": .array(given)]])
            let service = ExperimentDocument.service(
                "mine", of: "canary", selecting: try set("canary"), for: experiment(),
                beside: canary)
            return service.spec?["ports"]?.array ?? []
        }
        let own: JSON = [
            "name": "tcp-80", "port": 80, "targetPort": 80, "protocol": "TCP",
        ]
        #expect(
            try ports([["port": 8080, "targetPort": "web", "nodePort": 30000]]) == [
                ["port": 8080, "targetPort": "web", "name": "tcp-8080"], own,
            ])
        let taken: JSON = ["name": "http", "port": 80, "targetPort": 8080, "appProtocol": "h2c"]
        #expect(try ports([taken]) == [taken])
        #expect(try ports([]) == [own])
    }

    /// Holds: 7.1 service.
    @Test func `is a Service whose ports are called as the containers call them`() {
        func ports(_ own: [JSON], beside given: [JSON] = []) -> [String] {
            let pods: JSON = ["spec": ["containers": [["ports": .array(own)]]]]
            return ExperimentDocument.ports(of: pods, beside: given).map {
                "\($0["name"]?.string ?? "") \($0["port"]?.int ?? 0)"
            }
        }
        let web: JSON = ["name": "web", "containerPort": 8080]
        #expect(ports([web, ["containerPort": 9090]]) == ["web 8080", "tcp-9090 9090"])
        // Two containers may use one name, and one number for two protocols.
        let quic: JSON = ["name": "web", "containerPort": 8080, "protocol": "UDP"]
        #expect(ports([web, quic, web]) == ["web 8080", "udp-8080 8080"])
        #expect(ports([web], beside: [["name": "web", "port": 80]]) == ["tcp-8080 8080"])
        #expect(ports([web], beside: [["name": "http", "port": 8080]]) == [])
    }

    /// Where no route leads to its Service, a port means what the pods say.
    @Test func `has traffic only where a step gives it a weight`() {
        let versions: JSON = [["name": "trial", "weight": 10], ["name": "preview"]]
        let steps: JSON = [["setWeight": 10], ["experiment": ["templates": versions]]]
        let rollout = Object(["spec": ["strategy": ["canary": ["steps": steps]]]])
        #expect(ExperimentDocument.hasWeight("trial", in: rollout))
        #expect(!ExperimentDocument.hasWeight("preview", in: rollout))
    }

    private func run(_ object: Object) throws -> Object {
        var parsed = ExperimentDocument.parse(object)
        parsed.experiment.status.availableAt = Instant(milliseconds: 1_767_225_600_000)
        let template = TemplateSpec(
            metrics: [MetricSpec(name: "errors")],
            arguments: [Argument(name: "hash"), Argument(name: "end")])
        return try ExperimentDocument.run(
            "trial-errors", of: try #require(parsed.analyses.first), for: object,
            parsed.experiment,
            replicaSets: ["canary": ReplicaSetDocument.parse(try set("canary"))]
        ) { _ in template }
    }

    /// Holds: 7.1 analyses.
    @Test func `is a run that knows what it is about`() throws {
        let made = try run(experiment())
        let hash = try set("canary").labels[Keys.templateHash] ?? ""
        #expect(
            made.spec?["args"] == [
                ["name": "hash", "value": .string(hash)],
                ["name": "end", "value": "2026-01-01T00:05:00Z"],
            ])
        #expect(made.controllerOwner?.name == "trial" && made.name == "trial-errors")
        #expect(made.annotations["rollout.argoproj.io/revision"] == "4")
    }

    @Test func `is no run where an argument asks for what there is not`() {
        #expect(throws: RunError("failed to resolve {{experiment.finishedAt}}")) {
            _ = try run(changed { $0["duration"] = .none })
        }
    }

    @Test func `takes only the rules for its own metrics`() throws {
        let made = try run(
            changed { $0["dryRun"] = [["metricName": "err.*"], ["metricName": "other"]] })
        #expect(made.spec?["dryRun"] == [["metricName": "err.*"]])
    }
}

/// The status on the wire (rollout-semantics §7.1).
struct `The status of an experiment` {
    private var status: ExperimentStatus {
        var status = ExperimentStatus()
        status.phase = .running
        status.availableAt = Instant(milliseconds: 1_767_225_600_000)
        var template = ExperimentStatus.TemplateStatus(name: "canary")
        template.availableReplicas = 1
        template.phase = .running
        template.podTemplateHash = "abc"
        template.lastTransition = Instant(milliseconds: 1_767_225_600_000)
        status.templates = [template]
        status.analyses = [.init(name: "errors", run: "trial-errors", phase: .running)]
        return status
    }

    /// Holds: 7.1 status.
    @Test func `is written as clients read it`() {
        #expect(
            ExperimentDocument.statusPatch(from: experiment(), to: status) == [
                "status": [
                    "analysisRuns": [
                        ["analysisRun": "trial-errors", "name": "errors", "phase": "Running"]
                    ],
                    "availableAt": "2026-01-01T00:00:00Z", "phase": "Running",
                    "templateStatuses": [
                        [
                            "availableReplicas": 1, "lastTransitionTime": "2026-01-01T00:00:00Z",
                            "name": "canary", "podTemplateHash": "abc", "readyReplicas": 0,
                            "replicas": 0, "status": "Running", "updatedReplicas": 0,
                        ]
                    ],
                ]
            ])
    }

    @Test func `comes back as it was written, and is not written twice`() {
        var object = experiment()
        object["status"] = ExperimentDocument.statusPatch(from: object, to: status)?["status"]
        #expect(ExperimentDocument.status(of: object) == status)
        #expect(ExperimentDocument.statusPatch(from: object, to: status) == nil)
        let anew = ExperimentDocument.statusPatch(from: object, to: ExperimentStatus())
        #expect(anew?["status"]?["phase"] == .some(.null))
    }
}

/// The experiment of a step (rollout-semantics §7.1, row "from a rollout step"; §8.1).
struct `An experiment step of a document` {
    private static let step: JSON = [
        "experiment": [
            "duration": "1m",
            "templates": [
                ["name": "baseline", "specRef": "stable"],
                [
                    "name": "canary", "specRef": "canary", "replicas": 2, "service": [:],
                    "metadata": ["labels": ["role": "trial"], "annotations": ["a": "b"]],
                ],
            ],
            "analyses": [
                [
                    "name": "errors", "templateName": "errors", "requiredForCompletion": true,
                    "args": [
                        ["name": "old", "valueFrom": ["podTemplateHashValue": "Stable"]],
                        ["name": "new", "value": "{{templates.canary.podTemplateHash}}"],
                    ],
                ]
            ],
        ]
    ]

    private func rollout(_ change: (inout JSON) -> Void = { _ in }) -> Object {
        changedCanary { canary in
            var step = Self.step
            change(&step)
            canary["steps"] = [step]
        }
    }

    private func set(_ hash: String) -> Object {
        let labels: JSON = ["app": "shop", "rollouts-pod-template-hash": .string(hash)]
        return Object([
            "metadata": ["name": .string("shop-\(hash)"), "labels": labels],
            "spec": [
                "selector": ["matchLabels": labels],
                "template": ["metadata": ["labels": labels], "spec": ["containers": []]],
            ],
        ])
    }

    @Test func `is read, and keeps what it measures`() {
        let parsed = parsed(rollout())
        #expect(parsed.findings == [] && parsed.rollout.spec.canary.steps == [.experiment])
        #expect(parsed.stepExperiments[0]?.map(\.name) == ["errors"])
        #expect(parsed.analyses.flatMap(\.templates).contains(TemplateReference(name: "errors")))
    }

    /// Holds: 7.1 step, 7.1 service.
    @Test func `becomes an experiment of the two ReplicaSets`() throws {
        let made = try ExperimentDocument.created(
            .init(
                name: "shop-new-4-0", step: 0, revision: 4, stable: set("old"), canary: set("new")),
            for: rollout())
        #expect(made.labels == ["team": "blue", "rollouts-pod-template-hash": "new"])
        #expect(made.annotations == ["rollout.argoproj.io/revision": "4"])
        #expect(made.controllerOwner?.kind == "Rollout")
        let spec = made.spec
        #expect(spec?["duration"] == "1m" && spec?["progressDeadlineSeconds"] == 60)
        let labels: JSON = [
            "app": "shop", "rollouts-pod-template-hash": "new", "role": "trial",
        ]
        #expect(spec?["templates"]?[0]?["template"] == set("old").spec?["template"])
        #expect(spec?["templates"]?[1]?["selector"]?["matchLabels"] == labels)
        #expect(spec?["templates"]?[1]?["template"]?["metadata"]?["labels"] == labels)
        #expect(
            spec?["templates"]?[1]?["replicas"] == 2 && spec?["templates"]?[1]?["service"] == [:])
        #expect(
            spec?["analyses"]?[0]?["args"] == [
                ["name": "old", "value": "old"],
                ["name": "new", "value": "{{templates.canary.podTemplateHash}}"],
            ])
        #expect(ExperimentDocument.parse(made).experiment.templates.count == 2)
    }

    /// "Serving" is what a router asks before it leads requests there.
    @Test func `serves with all of its pods, behind a Service that leads to them`() throws {
        func version(
            available: Int = 2, phase: String = "Running", serviceHash: String? = "t"
        ) -> StepExperiment.Version? {
            let template: JSON = [
                "name": "canary", "status": .string(phase), "serviceName": "mine",
                "podTemplateHash": "t",
            ]
            let experiment = Object(["status": ["templateStatuses": [template]]])
            let set = Object([
                "metadata": [
                    "name": "trial-canary", "labels": ["rollouts-pod-template-hash": "t"],
                    "annotations": ["experiment.argoproj.io/template-name": "canary"],
                ],
                "spec": ["replicas": 2], "status": ["availableReplicas": .int(Int64(available))],
            ])
            let services = serviceHash.map { hash in
                let selector: JSON = ["rollouts-pod-template-hash": .string(hash)]
                return ["mine": Object(["spec": ["selector": selector]])]
            }
            return ExperimentDocument.seen(
                experiment, replicaSets: [set], services: services ?? [:]
            ).versions.first
        }
        #expect(version()?.isServing == true && version()?.service == "mine")
        #expect(version(available: 1)?.isServing == false)
        #expect(version(phase: "Progressing")?.isServing == false)
        #expect(version(serviceHash: "other")?.isServing == false)
        #expect(version(serviceHash: nil)?.isServing == false)
    }

    static let wrong: [(String, @Sendable (inout JSON) -> Void)] = [
        (
            ".templates[0].weight: Invalid value: 9223372036854775807: "
                + "9223372036854775807 is out of range",
            { $0.change("templates", 0) { $0["weight"] = .int(.max) } }
        ),
        (
            ".templates[0].weight: Invalid value: 5: Experiment template weight is only available "
                + "for TrafficRouting with SMI, ALB, Istio and Plugins at this time",
            { $0.change("templates", 0) { $0["weight"] = 5 } }
        ),
        (
            ".templates[0].specRef: Unsupported value: \"old\": supported values: \"canary\", "
                + "\"stable\"", { $0.change("templates", 0) { $0["specRef"] = "old" } }
        ),
        (
            ".templates[1].name: Duplicate value: \"baseline\"",
            { $0.change("templates", 1) { $0["name"] = "baseline" } }
        ),
        (".templates: Required value", { $0["templates"] = .none }),
        (
            ".duration: Invalid value: \"-1s\": must be a duration that is not negative",
            { $0["duration"] = "-1s" }
        ),
    ]

    /// Holds: 8.1 experiment weight.
    @Test(arguments: wrong.indices) func `is refused`(_ index: Int) {
        let (message, change) = Self.wrong[index]
        let object = rollout { step in
            var experiment = step["experiment"] ?? .null
            change(&experiment)
            step["experiment"] = experiment
        }
        #expect(
            parsed(object).invalidSpecMessage
                == "The Rollout \"shop\" is invalid: spec.strategy.canary.steps[0].experiment"
                + message)
    }

    /// Holds: 8.1 experiment weight.
    @Test func `has no weight without a router either`() {
        let object = changedCanary { canary in
            canary["trafficRouting"] = .none
            canary["scaleDownDelaySeconds"] = .none
            canary["dynamicStableScale"] = .none
            var step = Self.step
            step["experiment"]?.change("templates", 0) { $0["weight"] = 5 }
            canary["steps"] = [step]
        }
        #expect(
            parsed(object).invalidSpecMessage?.hasSuffix(
                "Experiment template weight cannot be set unless TrafficRouting is enabled") == true
        )
    }

    /// Holds: 8.1 experiment weight.
    @Test(arguments: [(20, 40, nil), (60, 41, "get 101 of 100 together with the canary")])
    func `has weights where a router takes them, and no more than there is`(
        canary: Int, version: Int, message: String?
    ) {
        let object = changedCanary { document in
            document["trafficRouting"] = [
                "plugins": ["argoproj-labs/gatewayAPI": ["httpRoute": "shop"]]
            ]
            var step = Self.step
            step["experiment"]?.change("templates", 0) { $0["weight"] = .int(Int64(version)) }
            document["steps"] = [["setWeight": .int(Int64(canary))], step]
        }
        let parsed = RolloutDocument.parse(object, routers: RouterKind.all)
        #expect(parsed.invalidSpecMessage?.hasSuffix(message ?? "") ?? (message == nil))
        #expect(parsed.rollout.spec.canary.versionWeights == [1: ["baseline": version]])
    }

    @Test func `needs the templates of its analyses`() {
        let object = rollout()
        var resources = ReferencedResources()
        #expect(
            parsed(object).findings(in: resources, document: object).map(\.message).contains(
                "Invalid value: \"errors\": AnalysisTemplate 'errors' not found"))
        var metric = MetricSpec(name: "m", provider: ["prometheus": ["query": "up"]])
        metric.interval = "1s"
        resources.isComplete = false
        resources.templates[TemplateReference(name: "errors")] = TemplateSpec(metrics: [metric])
        #expect(
            parsed(object).findings(in: resources, document: object).contains {
                $0.message.contains("runs indefinitely")
            })
    }
}
