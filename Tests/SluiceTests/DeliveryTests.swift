import Controller
import Documents
import KubernetesObjects
import Testing

@testable import sluice

struct `An order` {
    private func bench(_ changes: JSON = [:]) throws -> Bench {
        try Bench([(.rollouts, try rollout(changes))])
    }

    private func delivery(_ command: OperatorCommand..., to bench: Bench) -> Delivery {
        Delivery(
            cluster: bench.cluster,
            order: Order(commands: command, actor: "ann@desk", reason: "looks good"),
            server: "https://cluster", now: { Timestamp(milliseconds: 1_767_323_045_000) },
            pause: { _ in })
    }

    private func status(_ json: JSON) -> Write {
        Write(Bench.reference, .patchStatus(.merge(["status": json])))
    }

    @Test func `is noted with actor and reason before it is sent`() async throws {
        let bench = try bench()
        let receipt = try await delivery(.promote, to: bench).send(to: Bench.key)
        #expect(receipt.text == "rollout web/shop: asked to go on after step 2 of 4")
        let rollout = try #require(await bench.rollout)
        let note = CommandNote(rollout.annotations[CommandNote.annotation] ?? "")
        #expect(note?.actor == "ann@desk")
        #expect(note?.reason == "looks good")
        #expect(note?.command == "promote")
        #expect(note?.revision == 2)
        #expect(rollout.status?["pauseConditions"] == nil)
        #expect(rollout.status?["currentStepIndex"] == 1)
    }

    @Test func `is sent again after a conflict while it means the same`() async throws {
        let bench = try bench()
        await bench.before(2, status(["readyReplicas": 4]))
        _ = try await delivery(.promote, to: bench).send(to: Bench.key)
        #expect(await bench.writes.count == 3)
        #expect(await bench.rollout?.status?["pauseConditions"] == nil)
    }

    @Test func `is not sent once it would mean something else`() async throws {
        let bench = try bench()
        await bench.before(2, status(["currentStepIndex": 3]))
        let failure = await #expect(throws: CommandFailure.self) {
            try await delivery(.promote, to: bench).send(to: Bench.key)
        }
        #expect(failure?.message.contains("moved on") == true)
        #expect(await bench.rollout?.status?["currentStepIndex"] == 3)
        #expect(await bench.rollout?.status?["pauseConditions"]?.array?.count == 1)
    }

    @Test func `leaves no note where it came too late`() async throws {
        let bench = try bench()
        await bench.before(1, status(["currentStepIndex": 3]))
        await #expect(throws: CommandFailure.self) {
            try await delivery(.promote, to: bench).send(to: Bench.key)
        }
        #expect(await bench.rollout?.annotations[CommandNote.annotation] == nil)
    }

    @Test func `gives up where the rollout never holds still`() async throws {
        let bench = try bench()
        for number in 1...30 {
            await bench.before(number, status(["readyReplicas": .int(Int64(number))]))
        }
        await #expect(throws: CommandFailure.self) {
            try await delivery(.promote, to: bench).send(to: Bench.key)
        }
        #expect(await bench.writes.count == Delivery.attemptLimit)
    }

    @Test func `to abort is sent before anything else`() async throws {
        let bench = try bench()
        await bench.refuse(2, .unreachable("gone"))
        let receipt = try await delivery(.abort, to: bench).send(to: Bench.key)
        #expect(await bench.writes.first == status(["abort": true]))
        #expect(await bench.rollout?.status?["abort"] == true)
        #expect(receipt.warning == "who asked and why was not noted: gone")
    }

    @Test func `to abort twice is one`() async throws {
        let bench = try bench(["status": ["abort": true]])
        let receipt = try await delivery(.abort, to: bench).send(to: Bench.key)
        #expect(receipt.text == "rollout web/shop: nothing to do")
        #expect(await bench.writes.isEmpty)
    }

    @Test func `to abort waits until the abort before is out of the way`() async throws {
        let bench = try bench(["status": ["abort": true, "observedGeneration": "0"]])
        let failure = await #expect(throws: CommandFailure.self) {
            try await delivery(.abort, to: bench).send(to: Bench.key)
        }
        #expect(failure?.message.contains("has not seen the last edit") == true)
    }

    @Test func `to abort what does not update is refused with what to do instead`() async throws {
        let bench = try bench(["status": ["stableRS": "new", "observedGeneration": "1"]])
        let failure = await #expect(throws: CommandFailure.self) {
            try await delivery(.abort, to: bench).send(to: Bench.key)
        }
        #expect(failure?.remedy == "to go back to an earlier revision: sluice undo shop")
        #expect(await bench.writes.isEmpty)
    }

    @Test func `to promote what is aborted is refused with what to do instead`() async throws {
        let aborted: JSON = ["abort": true, "pauseConditions": .null, "controllerPause": .null]
        let bench = try bench(["status": aborted])
        let failure = await #expect(throws: CommandFailure.self) {
            try await delivery(.promote, to: bench).send(to: Bench.key)
        }
        #expect(failure?.message.contains("sluice retry shop") == true)
        #expect(await bench.writes.isEmpty)
    }

    @Test func `to promote what was resumed under the user's own pause ends that one only`()
        async throws
    {
        let bench = try bench(["spec": ["paused": true], "status": ["pauseConditions": .null]])
        _ = try await delivery(.promote, to: bench).send(to: Bench.key)
        let rollout = try #require(await bench.rollout)
        #expect(rollout.spec?["paused"] == false)
        #expect(rollout.status?["currentStepIndex"] == 1)
        #expect(rollout.status?["controllerPause"] == true)
    }

    /// Between its two writes a controller could come to the next pause, and that one would end.
    @Test func `to promote under the user's own pause lets go of it last`() async throws {
        let bench = try bench(["spec": ["paused": true]])
        await bench.before(3, status(["readyReplicas": 4]))
        _ = try await delivery(.promote, to: bench).send(to: Bench.key)
        let acts = await bench.writes.suffix(2).map(\.act)
        guard case .patchStatus(.merge(let first)) = acts[0] else {
            Issue.record("\(acts)")
            return
        }
        #expect(first["metadata"]?["resourceVersion"] != nil)
        #expect(acts[1] == .patch(.merge(["spec": ["paused": false]])))
        let status = try #require(await bench.rollout?.status)
        #expect(status["pauseConditions"] == nil)
    }

    /// Whoever said it again would skip another step.
    @Test func `to promote that is carried out in part says what is left`() async throws {
        let bench = try bench(["spec": ["paused": true]])
        await bench.refuse(3, .refused("no"))
        let failure = await #expect(throws: CommandFailure.self) {
            try await delivery(.promote, to: bench).send(to: Bench.key)
        }
        #expect(failure?.message.contains("is taken, and spec.paused still holds it") == true)
        #expect(failure?.remedy == "sluice resume shop")
        #expect(await bench.rollout?.status?["pauseConditions"] == nil)
        #expect(await bench.rollout?.spec?["paused"] == true)
    }

    @Test func `to promote everything is about the version that was looked at`() async throws {
        let bench = try bench(["spec": ["paused": true]])
        await bench.before(2, status(["readyReplicas": 4]))
        _ = try await delivery(.promoteFull, to: bench).send(to: Bench.key)
        #expect(await bench.writes.count == 4)
        #expect(await bench.rollout?.status?["promoteFull"] == true)
        #expect(await bench.rollout?.spec?["paused"] == false)
    }

    @Test func `to abort takes back a full promotion of what was aborted`() async throws {
        let bench = try bench(["status": ["abort": true, "promoteFull": true]])
        _ = try await delivery(.abort, to: bench).send(to: Bench.key)
        #expect(await bench.writes.first == status(["abort": true, "promoteFull": false]))
    }

    private func revision(_ number: Int, image: String) -> Object {
        Object([
            "metadata": [
                "name": .string("shop-\(number)"),
                "labels": ["rollouts-pod-template-hash": .string("hash\(number)")],
                "annotations": ["rollout.argoproj.io/revision": .string(String(number))],
            ],
            "spec": ["template": template(image)],
        ])
    }

    private func template(_ image: String) -> JSON {
        [
            "metadata": ["labels": ["app": "shop"]],
            "spec": ["containers": [["name": "app", "image": .string(image)]]],
        ]
    }

    /// A quota may keep its pods away for long.
    /// Holds: 7.6 undo.
    @Test(arguments: [("shop:v2", "shop:v1"), ("shop:v3", "shop:v2")])
    func `to undo takes an edit back that is no revision yet`(present: String, before: String)
        throws
    {
        var rollout = try rollout([:])
        rollout["spec", "template"] = template(present)
        let sets = [revision(1, image: "shop:v1"), revision(2, image: "shop:v2")]
        let writes = try OperatorCommand.undo(toRevision: nil).writes(
            on: rollout, replicaSets: sets)
        let value = template(before)
        #expect(
            writes.map(\.act) == [
                .patch(.json([["op": "replace", "path": "/spec/template", "value": value]]))
            ])
    }

    @Test func `for several images starts one update`() async throws {
        let containers: JSON = [
            ["name": "app", "image": "shop:v2"], ["name": "log", "image": "log:1"],
        ]
        let bench = try bench(["spec": ["template": ["spec": ["containers": containers]]]])
        let before = await bench.rollout?.generation ?? 0
        _ = try await delivery(
            .setImage(container: "app", image: "shop:v3"),
            .setImage(container: "log", image: "log:2"), to: bench
        ).send(to: Bench.key)
        let rollout = try #require(await bench.rollout)
        let images = rollout["spec", "template", "spec", "containers"]?.array?.map { $0["image"] }
        #expect(images == ["shop:v3", "log:2"])
        #expect(rollout.generation == before + 1)
    }

    @Test func `for an image is sent again when its test fails`() async throws {
        let bench = try bench()
        await bench.before(2, status(["readyReplicas": 4]))
        _ = try await delivery(.setImage(container: "app", image: "shop:v3"), to: bench)
            .send(to: Bench.key)
        let template = await bench.rollout?["spec", "template", "spec", "containers"]
        #expect(template?[0]?["image"] == "shop:v3")
    }

    private static let workload: JSON = [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"],
        "spec": [
            "selector": ["matchLabels": ["app": "shop"]],
            "template": [
                "metadata": ["labels": ["app": "shop"]],
                "spec": ["containers": [["name": "app", "image": "shop:v2"]]],
            ],
        ],
    ]
    private static let referring: JSON = [
        "spec": [
            "template": .null,
            "workloadRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "web"],
        ]
    ]

    /// Holds: 1.2 set image.
    @Test func `for an image goes to what the rollout takes its template from`() async throws {
        let bench = try Bench([
            (.deployments, Object(Self.workload)), (.rollouts, try rollout(Self.referring)),
        ])
        let receipt = try await delivery(.setImage(container: "app", image: "shop:v3"), to: bench)
            .send(to: Bench.key)
        #expect(
            receipt.text == "rollout web/shop: deployment web, whose template it uses: "
                + "app runs shop:v3 from now on")
        let web = await bench.get(Reference(.deployments, namespace: "web", name: "web"))
        #expect(
            web?["spec", "template", "spec", "containers"]?[0]
                == ["name": "app", "image": "shop:v3"])
        #expect(await bench.rollout?.spec?["template"] == nil)
    }

    @Test func `for an image says so where the template's object is not there`() async throws {
        let bench = try bench(Self.referring)
        let failure = await #expect(throws: CommandFailure.self) {
            try await delivery(.setImage(container: "app", image: "shop:v3"), to: bench)
                .send(to: Bench.key)
        }
        #expect(
            failure?.message == "what rollout shop takes its template from is not there: "
                + "create it, or correct spec.workloadRef")
    }

    @Test func `that may have arrived says so`() async throws {
        let bench = try bench()
        await bench.refuse(2, .unreachable("timed out"))
        let failure = await #expect(throws: CommandFailure.self) {
            try await delivery(.promote, to: bench).send(to: Bench.key)
        }
        #expect(failure?.remedy == "promote may have arrived: look with sluice get shop")
    }

    @Test func `for a rollout that is not there says where to look`() async throws {
        let failure = await #expect(throws: CommandFailure.self) {
            try await delivery(.pause, to: try bench()).send(
                to: RolloutKey(namespace: "web", name: "none"))
        }
        #expect(failure?.message == "rollout web/none is not there")
    }
}
