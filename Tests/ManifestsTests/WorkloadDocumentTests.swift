import Documents
import KubernetesObjects
import Rollouts
import Testing

@testable import Manifests

private let template: JSON = [
    "metadata": ["creationTimestamp": .null, "labels": ["app": "shop"]],
    "spec": ["containers": [["name": "shop", "image": "shop:1"]]],
]

/// A rollout that refers to `kind`; `change` makes it another.
private func referring(
    to kind: Resource = .deployments, _ change: (inout JSON) -> Void = { _ in }
) -> Object {
    rollout {
        var spec = $0["spec"] ?? [:]
        spec["template"] = .none
        spec["selector"] = .none
        spec["workloadRef"] = [
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind), "name": "web",
            "scaleDown": "onsuccess",
        ]
        change(&spec)
        $0["spec"] = spec
    }
}

private func workload(
    _ kind: Resource = .deployments, annotations: [String: String] = [:]
) -> Object {
    let spec: JSON = [
        "replicas": 4, "selector": ["matchLabels": ["app": "shop"]], "template": template,
    ]
    var object: JSON = [
        "apiVersion": .string(kind.apiVersion), "kind": .string(kind.kind),
        "metadata": [
            "name": "web", "namespace": "web", "generation": 9,
            "annotations": JSON(strings: annotations),
        ],
    ]
    if kind == .podTemplates { object["template"] = template } else { object["spec"] = spec }
    return Object(object)
}

private func parse(_ object: Object, _ seen: WorkloadSeen) -> ParsedRollout {
    RolloutDocument.parse(object, workload: seen, routers: someRouters)
}

struct `A rollout that refers to a workload` {
    /// Holds: 1.2 Deployment, 1.2 ReplicaSet.
    @Test(arguments: [Resource.deployments, .replicaSets])
    func `is read as if template and selector were its own`(kind: Resource) {
        let own = parse(rollout(), .elsewhere)
        let found = parse(referring(to: kind), .found(workload(kind)))
        #expect(found.findings == [])
        #expect(found.rollout.spec == own.rollout.spec)
        #expect(found.meaning == own.meaning)
        #expect(found.workload?.scaleDown == .onSuccess)
    }

    /// Holds: 1.2 PodTemplate.
    @Test func `gives a PodTemplate the selector it does not have`() {
        let seen = WorkloadSeen.found(workload(.podTemplates))
        let bare = parse(referring(to: .podTemplates), seen)
        #expect(
            bare.invalidSpecMessage
                == "The Rollout \"shop\" is invalid: spec.selector: Required value: "
                + "Rollout has missing field '.spec.selector'")
        let whole = parse(
            referring(to: .podTemplates) { $0["selector"] = ["matchLabels": ["app": "shop"]] },
            seen)
        #expect(whole.findings == [])
        #expect(whole.rollout.spec == parse(rollout(), .elsewhere).rollout.spec)
    }

    /// Holds: 1.2 not found.
    @Test func `is refused while the workload is not there`() {
        let found = parse(referring(), .missing)
        #expect(
            found.invalidSpecMessage
                == "The Rollout \"shop\" is invalid: spec.workloadRef: Internal error: "
                + "deployments.apps \"web/web\" not found")
        #expect(found.findings.count == 1)
    }

    @Test func `is fine where nobody looked for the workload`() {
        #expect(parse(referring(), .elsewhere).findings == [])
    }

    @Test func `may have the empty template that typed clients write`() {
        let object = referring {
            $0["template"] = [
                "metadata": ["creationTimestamp": .null], "spec": ["containers": .null],
            ]
        }
        #expect(parse(object, .found(workload())).findings == [])
    }

    /// Holds: 4.1 workload first.
    @Test func `is refused for what is wrong with the template`() {
        var broken = workload()
        broken["spec", "template", "spec", "containers"] = []
        #expect(
            parse(referring(), .found(broken)).invalidSpecMessage
                == "The Rollout \"shop\" is invalid: spec.template.spec.containers: Required value")
    }

    @Test func `makes ReplicaSets of the workload's template`() {
        let object = referring().resolved(by: .found(workload()))
        let made = ReplicaSetDocument.created(for: object, hash: "abc", revision: 1)
        #expect(made.spec?["template"]?["spec"] == template["spec"])
        #expect(
            made.spec?["selector"]
                == ["matchLabels": ["app": "shop", .init(Keys.templateHash): "abc"]])
    }

    @Test func `is read anew when the workload changes`() {
        let object = referring()
        let before = RolloutReading(object, workload: .found(workload()), routers: someRouters)
        var changed = workload()
        changed["spec", "template", "spec", "containers"] = [["name": "shop", "image": "shop:2"]]
        let after = RolloutReading(
            object, workload: .found(changed), routers: someRouters, after: before)
        #expect(
            after.parsed.rollout.spec.templateHash != before.parsed.rollout.spec.templateHash)
        let gone = RolloutReading(
            object, workload: .missing, routers: someRouters, after: after)
        #expect(gone.parsed.findings.count == 1)
    }
}

struct `A workload document` {
    @Test func `says how far this rollout has taken it over`() throws {
        let object = referring()
        let reference = try #require(parse(object, .elsewhere).workload)
        func adoption(_ annotations: [String: String]) -> Workload.Adoption {
            WorkloadDocument.parse(workload(annotations: annotations), reference, for: object)
                .adoption
        }
        #expect(adoption([:]) == .untouched)
        #expect(adoption(["sluice/adopted-by": "u-1"]) == .over)
        #expect(
            adoption(["sluice/adopted-by": "u-1", "sluice/pods-before": "4"])
                == .underWay(before: 4))
        #expect(adoption(["sluice/adopted-by": "somebody else"]) == .untouched)
    }

    /// Two rollouts that refer to one workload would mark it in turns, for ever.
    @Test func `is left alone once another rollout has taken it over`() throws {
        let object = referring()
        let reference = try #require(parse(object, .elsewhere).workload)
        var taken = workload(annotations: ["sluice/adopted-by": "somebody else"])
        taken["spec", "replicas"] = 0
        #expect(WorkloadDocument.parse(taken, reference, for: object).adoption == .over)
    }

    @Test func `that the server does not show is named as such`() {
        let found = parse(referring(), .unreadable("deployments.apps is forbidden"))
        #expect(
            found.invalidSpecMessage?.hasSuffix(
                "deployments.apps \"web/web\" cannot be read: deployments.apps is forbidden")
                == true)
    }

    @Test(arguments: [Workload.Adoption.untouched, .underWay(before: 4), .over])
    func `reads again what was marked`(adoption: Workload.Adoption) throws {
        let object = referring()
        let reference = try #require(parse(object, .elsewhere).workload)
        let patch = WorkloadDocument.scaling(to: 2, adoption, by: object)
        let stored = Object(workload().json.merged(with: patch))
        let seen = WorkloadDocument.parse(stored, reference, for: object)
        #expect(seen.adoption == adoption)
        #expect(seen.desired == 2)
        #expect(seen.generation == 9)
    }

    @Test func `has no size where another object sizes it`() throws {
        let object = referring(to: .replicaSets)
        let reference = try #require(parse(object, .elsewhere).workload)
        var set = workload(.replicaSets)
        #expect(WorkloadDocument.parse(set, reference, for: object).desired == 4)
        set["metadata", "ownerReferences"] = [
            ["kind": "Deployment", "name": "web", "uid": "d-1", "controller": true]
        ]
        #expect(WorkloadDocument.parse(set, reference, for: object).desired == nil)
    }

    @Test func `is found in the same set of documents`() {
        let set = [referring(), workload()].map { Document(value: $0.json, file: "set") }
        #expect(Lint.findings(in: set, routers: someRouters) == [])
        let alone = Lint.findings(in: [set[0]], routers: someRouters, isComplete: true)
        #expect(alone.contains { $0.message.contains("not found") })
    }
}
