import Documents
import KubernetesObjects
import Testing
import Traffic

@testable import Manifests

struct `A wrong rollout document` {
    /// A change of the sample, and the condition's message behind the name of the rollout.
    struct Case: Sendable, CustomTestStringConvertible {
        let message: String
        let change: @Sendable (inout JSON) -> Void

        init(_ message: String, _ change: @escaping @Sendable (inout JSON) -> Void) {
            self.message = message
            self.change = change
        }

        var testDescription: String { message }
    }

    static let spec: [Case] = [
        Case("spec.replicas: Invalid value: -1: must be greater than or equal to 0") {
            $0["replicas"] = -1
        },
        Case("spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0") {
            $0["revisionHistoryLimit"] = -1
        },
        Case("spec.progressDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0")
        { $0["progressDeadlineSeconds"] = -1 },
        Case(
            "spec.selector: Invalid value: {\"matchExpressions\":"
                + "[{\"key\":\"app\",\"operator\":\"Is\"}]}: invalid label selector"
        ) { $0["selector"] = ["matchExpressions": [["key": "app", "operator": "Is"]]] },
        Case(
            "spec.progressDeadlineSeconds: Invalid value: 2: must be greater than minReadySeconds"
        ) { $0["progressDeadlineSeconds"] = 2 },
        Case("spec.selector: Required value: Rollout has missing field '.spec.selector'") {
            $0["selector"] = .none
        },
        Case("spec.selector: Invalid value: {}: empty selector is invalid for deployment") {
            $0["selector"] = [:]
        },
        Case(
            "spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: "
                + "`selector` does not match template `labels`"
        ) { $0["template"]?["metadata"]?["labels"] = ["app": "other"] },
        Case("spec.template.spec.containers: Required value") {
            $0["template"]?["spec"]?["containers"] = []
        },
        Case("spec.template.spec.containers[0].image: Required value") {
            $0["template"]?["spec"]?["containers"] = [["name": "c"]]
        },
        Case(
            "spec.template.spec.restartPolicy: Unsupported value: \"Never\": "
                + "supported values: \"Always\""
        ) { $0["template"]?["spec"]?["restartPolicy"] = "Never" },
        Case(
            "spec.strategy.strategy: Invalid value: \"blueGreen: true canary: true\": "
                + "Multiple Strategies can not be listed"
        ) { $0["strategy"]?["blueGreen"] = ["activeService": "a"] },
        Case(
            "spec.strategy.strategy: Required value: Rollout has missing field "
                + "'.spec.strategy.canary or .spec.strategy.blueGreen'"
        ) { $0["strategy"] = [:] },
        Case(
            "spec.template: Internal error: "
                + "template must be empty for workload reference rollout"
        ) { $0["workloadRef"] = ["apiVersion": "apps/v1", "kind": "Deployment", "name": "x"] },
        Case(
            "spec.workloadRef: Internal error: "
                + "workload of type apps/StatefulSet is not supported"
        ) {
            $0["workloadRef"] = ["apiVersion": "apps/v1", "kind": "StatefulSet", "name": "x"]
            $0["template"] = .none
        },
        Case("spec.workloadRef: Internal error: workload of type /Pod is not supported") {
            $0["workloadRef"] = ["apiVersion": "v1", "kind": "Pod", "name": "x"]
            $0["template"] = .none
        },
        Case("spec.workloadRef.name: Required value") {
            $0["workloadRef"] = ["apiVersion": "apps/v1", "kind": "Deployment"]
            $0["template"] = .none
        },
        Case(
            "spec.workloadRef.scaleDown: Unsupported value: \"soon\": "
                + "supported values: \"never\", \"onsuccess\", \"progressively\""
        ) {
            $0["workloadRef"] = [
                "apiVersion": "apps/v1", "kind": "Deployment", "name": "x", "scaleDown": "soon",
            ]
            $0["template"] = .none
        },
        Case("spec.restartAt: Invalid value: \"soon\": must be a time of RFC 3339") {
            $0["restartAt"] = "soon"
        },
        Case("spec.replicas: Invalid value: \"five\": expected a whole number, found a string") {
            $0["replicas"] = "five"
        },
    ]

    static let canary: [Case] = [
        Case(
            ".stableService: Invalid value: \"shop-canary\": This rollout uses the same service "
                + "for the stable and canary services, but two different services are required."
        ) { $0["stableService"] = "shop-canary" },
        Case(
            ".canaryService: Invalid value: \"\": Canary service and Stable service must to be set "
                + "to use Traffic Routing"
        ) { $0["canaryService"] = .none },
        Case(".maxSurge: Invalid value: 0: MaxSurge and MaxUnavailable both can not be zero") {
            $0["maxSurge"] = 0
            $0["maxUnavailable"] = "0%"
        },
        Case(
            ".dynamicStableScale: Invalid value: true: Canary dynamicStableScale cannot be used "
                + "with scaleDownDelaySeconds"
        ) {
            $0["dynamicStableScale"] = true
            $0["scaleDownDelaySeconds"] = 5
        },
        Case(
            ".dynamicStableScale: Invalid value: true: Canary dynamicStableScale can only be used "
                + "with traffic routing"
        ) {
            $0["trafficRouting"] = .none
            $0["dynamicStableScale"] = true
        },
        Case(
            ".trafficRouting.maxTrafficWeight: Invalid value: 1000: Canary maxTrafficWeight in "
                + "traffic routing only supported in Nginx and Plugins"
        ) {
            $0["trafficRouting"] = ["istio": [:], "maxTrafficWeight": 1000]
        },
        Case(
            ".scaleDownDelaySeconds: Invalid value: 5: Canary scaleDownDelaySeconds can only be "
                + "used with traffic routing"
        ) {
            $0["trafficRouting"] = .none
            $0["scaleDownDelaySeconds"] = 5
        },
        Case(
            ".trafficRouting.istio: Forbidden: the traffic router istio is not supported yet"
        ) { $0["trafficRouting"] = ["istio": [:]] },
        Case(
            ".trafficRouting.plugins.a/b: Forbidden: no extension is registered as \"a/b\", and "
                + "programs of others are not loaded"
        ) { $0["trafficRouting"] = ["plugins": ["a/b": [:]]] },
        Case(".trafficRouting.nginx.stableIngress: Invalid value: \"bad\": is bad") {
            $0["trafficRouting"] = ["nginx": ["stableIngress": "bad"]]
        },
        Case(".trafficRouting: Required value: SetCanaryScale requires TrafficRouting to be set") {
            $0["trafficRouting"] = .none
            $0["steps"] = [["setCanaryScale": ["weight": 10]]]
        },
        Case(".steps[0].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100") {
            $0["steps"] = [["setWeight": 101]]
        },
        Case(".steps[1].pause.duration: Invalid value: -1: Duration needs to be greater than 0") {
            $0["steps"] = [["setWeight": 1], ["pause": ["duration": "soon"]]]
        },
        Case(".steps[0].pause.duration: Invalid value: -5: Duration needs to be greater than 0") {
            $0["steps"] = [["pause": ["duration": -5]]]
        },
        Case(
            ".steps[0].setHeaderRoute: Invalid value: {\"name\":\"x\"}: SetHeaderRoute requires "
                + "TrafficRouting, supports Istio and ALB and Apisix"
        ) { $0["steps"] = [["setHeaderRoute": ["name": "x"]]] },
        Case(
            ".steps[0].setMirrorRoute: Invalid value: {\"name\":\"x\"}: SetMirrorRoute requires "
                + "TrafficRouting, supports Istio only"
        ) { $0["steps"] = [["setMirrorRoute": ["name": "x"]]] },
        Case(
            ".trafficRouting.managedRoutes: Required value: Rollout has missing field "
                + "'spec.strategy.canary.trafficRouting.managedRoutes'"
        ) {
            $0["trafficRouting"] = routed(managing: nil)
            $0["steps"] = [["setHeaderRoute": ["name": "x"]]]
        },
        Case(
            ".steps[0].setHeaderRoute: Invalid value: \"x\": Steps define a route that does not "
                + "exist in spec.strategy.canary.trafficRouting.managedRoutes"
        ) {
            $0["trafficRouting"] = routed(managing: "y")
            $0["steps"] = [["setHeaderRoute": ["name": "x"]]]
        },
        Case(
            ".steps[0].setHeaderRoute.match[1]: Invalid value: {\"exact\":\"a\",\"regex\":\"b\"}: "
                + "StringMatch match value must have exactly one of the following: exact, regex, "
                + "prefix"
        ) {
            $0["trafficRouting"] = routed(managing: "x")
            $0["steps"] = [["setHeaderRoute": ["name": "x", "match": matches]]]
        },
        Case(
            ".steps[0].setHeaderRoute.match[0]: Invalid value: {}: StringMatch value missed, match "
                + "value must have one of the following: exact, regex, prefix"
        ) {
            $0["trafficRouting"] = routed(managing: "x")
            $0["steps"] = [
                [
                    "setHeaderRoute": [
                        "name": "x", "match": [["headerName": "h", "headerValue": [:]]],
                    ]
                ]
            ]
        },
        Case(
            ".steps[0].analyses: Invalid value: [{\"name\":\"a\",\"valueFrom\":{\"fieldRef\":"
                + "{\"fieldPath\":\"metadata.colour\"}}}]: Analyses arguments must refer to valid "
                + "object metadata supported by downwardAPI"
        ) {
            $0["steps"] = [
                [
                    "analysis": [
                        "templates": [["templateName": "t"]],
                        "args": [
                            [
                                "name": "a",
                                "valueFrom": ["fieldRef": ["fieldPath": "metadata.colour"]],
                            ]
                        ],
                    ]
                ]
            ]
        },
        Case(
            ".replicaProgressThreshold.type: Unsupported value: \"Share\": "
                + "supported values: \"Percent\", \"Pods\""
        ) { $0["replicaProgressThreshold"] = ["type": "Share", "value": 5] },
        Case(".replicaProgressThreshold.value: Required value") {
            $0["replicaProgressThreshold"] = ["type": "Pods"]
        },
        Case(
            ".antiAffinity: Invalid value: {}: AntiAffinity must have exactly one strategy listed"
        ) { $0["antiAffinity"] = [:] },
        Case(
            ".antiAffinity.preferredDuringSchedulingIgnoredDuringExecution.weight: Invalid value: "
                + "101: AntiAffinity weight must be between 1-100"
        ) {
            $0["antiAffinity"] = [
                "preferredDuringSchedulingIgnoredDuringExecution": ["weight": 101]
            ]
        },
        Case(
            ".canaryMetadata.labels.app: Invalid value: \"other\": the label is one that pods are "
                + "selected by"
        ) { $0["canaryMetadata"] = ["labels": ["app": "other"]] },
        Case(
            ".trafficRouting.alb: Invalid value: null: Ping-pong feature works with the ALB and "
                + "Istio traffic routers only"
        ) { $0["pingPong"] = ["pingService": "a", "pongService": "b"] },
        Case(
            ".pingPong.pongService: Invalid value: \"\": Ping service and Pong service must to be "
                + "set to use Ping-Pong feature"
        ) {
            $0["trafficRouting"] = ["istio": [:]]
            $0["pingPong"] = ["pingService": "a"]
        },
        Case(
            ".pingPong.pingService: Invalid value: \"a\": This rollout uses the same service for "
                + "the ping and pong services, but two different services are required."
        ) {
            $0["trafficRouting"] = ["istio": [:]]
            $0["pingPong"] = ["pingService": "a", "pongService": "a"]
        },
        Case(
            ".trafficRouting.alb.rootService: Invalid value: \"\": Root service field is required "
                + "for the configuration with ALB and ping-pong feature enabled"
        ) {
            $0["trafficRouting"] = ["alb": [:]]
            $0["pingPong"] = ["pingService": "a", "pongService": "b"]
        },
    ]

    private func message(_ object: Object) -> String? { parsed(object).invalidSpecMessage }

    /// Holds: 8.1 not negative, 8.1 progressDeadlineSeconds, 8.1 selector.
    /// Holds: 8.1 selector and template, 8.1 pod template, 8.1 strategy.
    /// Holds: 8.1 template with workloadRef, 1.2 other kinds, 1.2 template as well, 1.1 strategy.
    @Test(arguments: spec) func `is refused in the words of Argo Rollouts`(_ wrong: Case) {
        let object = rollout { json in
            var spec = json["spec"] ?? .null
            wrong.change(&spec)
            json["spec"] = spec
        }
        #expect(message(object) == "The Rollout \"shop\" is invalid: " + wrong.message)
    }

    /// Holds: 8.1 canary services, 8.1 services for a router, 8.1 no room, 8.1 dynamicStableScale.
    /// Holds: 8.1 scaleDownDelaySeconds, 8.1 setWeight, 8.1 pause, 8.1 metadata arguments.
    /// Holds: 8.1 setCanaryScale.
    /// Holds: 8.1 antiAffinity, 8.1 setHeaderRoute, 8.1 setMirrorRoute, 8.1 managedRoutes.
    /// Holds: 6.4 headers.
    /// Holds: 8.1 pingPong.
    @Test(arguments: canary) func `is refused for its strategy`(_ wrong: Case) {
        let object = changedCanary(wrong.change)
        #expect(
            message(object) == "The Rollout \"shop\" is invalid: spec.strategy.canary"
                + wrong.message)
    }

    /// Holds: 8.1 setHeaderRoute.
    @Test func `is refused for headers that its load balancer cannot compare`() {
        let object = changedCanary {
            $0["trafficRouting"] = [
                "alb": ["ingress": "shop", "servicePort": 80], "managedRoutes": [["name": "beta"]],
            ]
            let match: JSON = ["headerName": "x", "headerValue": ["regex": "a.*"]]
            $0["steps"] = [["setHeaderRoute": ["name": "beta", "match": [match]]]]
        }
        let message = RolloutDocument.parse(object, routers: RouterKind.all).invalidSpecMessage
        #expect(
            message?.hasSuffix(
                "SetHeaderRoute match value invalid. ALB supports 'exact' value only") == true)
    }

    /// Holds: 8.1 one key.
    @Test func `is refused for a step with two keys or none`() {
        for step in [["setWeight": 5, "setCanaryScale": [:]], [:]] as [JSON] {
            let object = changedCanary { $0["steps"] = [step] }
            let ending =
                "Step must have one of the following set: experiment, setWeight, setCanaryScale, "
                + "plugin or pause"
            #expect(message(object)?.hasSuffix(ending) == true)
        }
    }

    @Test(
        arguments: [
            [["name": "PIN", "value": 73_551_337]], ["PIN=73551337"], ["PIN": "73551337"],
        ] as [JSON])
    func `is refused without a word of its environment`(_ environment: JSON) throws {
        let object = rollout {
            $0["spec"]?["template"]?["spec"] = [
                "containers": [["name": "app", "image": "a:1", "env": environment]]
            ]
        }
        let text = try #require(message(object))
        #expect(text.contains("containers[0].env"), "\(text)")
        #expect(!text.contains("73551337"), "\(text)")
    }

    /// Holds: 8.0 all errors, 8.1 not negative.
    @Test func `names all its errors at once`() {
        let object = rollout {
            $0["spec"]?["replicas"] = -1
            $0["spec"]?["minReadySeconds"] = -1
            $0["spec"]?["strategy"]?["canary"]?["steps"] = [["setWeight": -1], ["setWeight": 300]]
        }
        #expect(
            parsed(object).findings.map(\.path.description) == [
                "spec.replicas", "spec.minReadySeconds", "spec.strategy.canary.steps[0].setWeight",
                "spec.strategy.canary.steps[1].setWeight",
            ])
    }

    /// Holds: 8.0 all errors, 8.0 condition.
    /// Holds: 9.3 first error.
    @Test func `has its first error in the condition, and all of them in the event`() throws {
        let found = parsed(
            rollout {
                $0["spec"]?["replicas"] = -1
                $0["spec"]?["strategy"]?["canary"]?["steps"] = [["setWeight": 300]]
            })
        let first =
            "The Rollout \"shop\" is invalid: spec.replicas: Invalid value: -1: "
            + "must be greater than or equal to 0"
        #expect(found.invalidSpecMessage == first)
        #expect(
            found.refusalInFull == first
                + "\nspec.strategy.canary.steps[0].setWeight: Invalid value: 300: SetWeight needs "
                + "to be between 0 and 100; use a whole number from 0 to 100")
        #expect(parsed(rollout()).refusalInFull == nil)
    }

    @Test func `has as many errors in the event as an API server takes`() throws {
        let found = parsed(
            changedCanary { $0["steps"] = .array((0..<30).map { _ in ["setWeight": 300] }) })
        let told = try #require(found.refusalInFull)
        #expect(told.utf8.count <= Object.eventMessageLimit && told.utf8.count > 800)
        let ending = try #require(told.split(separator: "\n").last)
        let shown = told.split(separator: "\n").count - 1
        #expect(ending == "and \(30 - shown) more; sluice lint shows them all")
    }
}

/// A router that takes header routes, and the routes that steps may make.
private func routed(managing name: String?) -> JSON {
    var routing: JSON = ["plugins": ["sluice/route-policy": [:]]]
    if let name { routing["managedRoutes"] = [["name": .string(name)]] }
    return routing
}

private let matches: JSON = [
    ["headerName": "g", "headerValue": ["prefix": "a"]],
    ["headerName": "h", "headerValue": ["exact": "a", "regex": "b"]],
]
