import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

@testable import Manifests

private func rollout(_ routing: JSON, note: String? = nil) -> Object {
    var object = Object([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "metadata": ["name": "shop", "namespace": "prod", "uid": "u-1"],
        "spec": [
            "selector": ["matchLabels": ["app": "shop"]],
            "template": ["metadata": ["labels": ["app": "shop"]]],
            "strategy": [
                "canary": [
                    "stableService": "stable", "canaryService": "canary",
                    "trafficRouting": routing, "steps": [["setWeight": 10]],
                ]
            ],
        ],
    ])
    if let note { object["metadata", "annotations"] = JSON(strings: [Keys.routers: note]) }
    return object
}

/// As the rollout has it once `present` is noted on it.
private func note(on object: Object, present: Bool = true) -> String? {
    let parsed = RolloutReading(object, routers: RouterKind.all).parsed
    return parsed.notePatch(present: present, on: object)["metadata"]?["annotations"]?[
        Keys.routers]?.string
}

private func traefik(_ name: String) -> JSON {
    ["traefik": ["weightedTraefikServiceName": .string(name)]]
}

struct `The note of a rollout's routers` {
    private let written =
        #"{"uid":"u-1","routers":[{"stableService":"stable","canaryService":"canary","#
        + #""trafficRouting":{"traefik":{"weightedTraefikServiceName":"a"}}}]}"#

    @Test func `says what the document says of services and routing`() {
        #expect(note(on: rollout(traefik("a"))) == written)
        let again = rollout(traefik("a"), note: written)
        #expect(note(on: again) == written)
        let parsed = RolloutReading(again, routers: RouterKind.all).parsed
        #expect(parsed.isNoted)
        #expect(parsed.noted.isEmpty)
    }

    @Test func `stands for the routers of an earlier document`() throws {
        let renamed = rollout(traefik("b"), note: written)
        let parsed = RolloutReading(renamed, routers: RouterKind.all).parsed
        #expect(!parsed.isNoted)
        #expect(parsed.noted.flatMap(\.former).flatMap(\.router.reads).map(\.name) == ["a"])
        let both = try #require(note(on: renamed))
        #expect(both.contains(#"ServiceName":"a"}"#) && both.contains(#"ServiceName":"b"}"#))
        #expect(note(on: rollout(.null, note: written), present: false) == written)
    }

    @Test func `is taken away with its last word`() {
        let renamed = rollout(traefik("b"), note: written)
        var parsed = RolloutReading(renamed, routers: RouterKind.all).parsed
        let observed = Observed(objects: [:], owner: renamed.ownerOfItsOwn)
        #expect(parsed.addFormer(in: observed).haveSpent)
        #expect(
            parsed.notePatch(present: false, on: renamed)
                == ["metadata": ["annotations": [Keys.routers: .null]]])
    }

    @Test(arguments: ["", "no json", "[]", #"{"uid":"u-2","routers":[{"trafficRouting":{}}]}"#])
    func `is nothing where it is somebody else's`(text: String) {
        let parsed = RolloutReading(rollout(traefik("a"), note: text), routers: RouterKind.all)
            .parsed
        #expect(!parsed.isNoted)
        #expect(parsed.noted.isEmpty)
    }

    @Test func `does not come to ReplicaSets`() {
        let set = ReplicaSetDocument.created(
            for: rollout(traefik("a"), note: written), hash: "h", revision: 1)
        #expect(set.annotations[Keys.routers] == nil)
    }

    @Test func `is read as far as one is written, whoever wrote it`() {
        let notes = Array(repeating: #"{"steps":[],"trafficRouting":{"smi":{}}}"#, count: 400)
        let text = #"{"uid":"u-1","routers":[\#(notes.joined(separator: ","))]}"#
        let parsed = RolloutReading(rollout(traefik("a"), note: text), routers: RouterKind.all)
            .parsed
        #expect(parsed.noted.count == 16)
        #expect(parsed.noted.allSatisfy { $0.said["steps"] == nil })
        let longer = text + String(repeating: " ", count: 100_000)
        let none = RolloutReading(rollout(traefik("a"), note: longer), routers: RouterKind.all)
        #expect(none.parsed.noted.isEmpty)
    }

    /// As many documents as `count` named another TraefikService each, and all still have traffic.
    private func full(_ count: Int, padding: Int = 0) -> (parsed: ParsedRollout, notes: RouterNotes)
    {
        var others = Observed(
            objects: [:], owner: rollout(traefik("new")).ownerOfItsOwn)
        let notes = (0..<count).map { number -> JSON in
            let name = "old-\(number)"
            let object = Object([
                "kind": "TraefikService",
                "metadata": ["name": .string(name), "namespace": "prod"],
                "spec": [
                    "weighted": [
                        "services": [
                            ["name": "stable", "weight": 50], ["name": "canary", "weight": 50],
                        ]
                    ]
                ],
            ])
            others.objects[Reference(.traefikServices, namespace: "prod", name: name)] = object
            return [
                "stableService": "stable", "canaryService": "canary",
                "trafficRouting": .object(
                    JSONObject([
                        ("traefik", ["weightedTraefikServiceName": .string(name)]),
                        (
                            "managedRoutes",
                            [["name": .string(String(repeating: "x", count: padding))]]
                        ),
                    ])),
            ]
        }
        let text: JSON = ["uid": "u-1", "routers": .array(notes)]
        let object = rollout(traefik("new"), note: text.text)
        var parsed = RolloutReading(object, routers: RouterKind.all).parsed
        let seen = parsed.addFormer(in: others)
        return (parsed, seen)
    }

    /// Another build wrote it, and may come back.
    @Test func `stays where it says what is not known here`() {
        let text =
            #"{"uid":"u-1","routers":[{"trafficRouting":{"appMesh":{"new":1}}}]}"#
        let object = rollout(traefik("a"), note: text)
        var parsed = RolloutReading(object, routers: RouterKind.all).parsed
        let seen = parsed.addFormer(in: Observed(objects: [:], owner: object.ownerOfItsOwn))
        #expect(!seen.haveSpent && parsed.noted.count == 1)
        #expect(note(on: object)?.contains(#"{"appMesh":{"new":1}}"#) == true)
    }

    /// One that was dropped would go on with its traffic, and nobody would know of it.
    @Test(arguments: [(15, 0, false), (16, 0, true), (10, 8_935, false), (11, 8_935, true)])
    func `is full rather than forgetful`(count: Int, padding: Int, areFull: Bool) {
        let (parsed, notes) = full(count, padding: padding)
        #expect(parsed.noted.count == count && notes.areFull == areFull)
        #expect(!notes.havePresent && !notes.haveSpent && notes.areNeeded)
        let text =
            parsed.notePatch(present: !areFull, on: rollout(traefik("new")))["metadata"]?[
                "annotations"]?[Keys.routers]?.string ?? ""
        for number in 0..<count { #expect(text.contains("\"old-\(number)\"")) }
    }
}
