import Documents
import KubernetesObjects
import Testing

@testable import LocalCluster

struct `A Deployment in the box` {
    private let cluster = TestCluster()

    private func update(_ name: String, _ patch: JSON) async throws {
        try await cluster.write(
            .patch(Reference(.deployments, namespace: "default", name: name), patch))
    }

    private func image(_ image: String) -> JSON {
        [
            "spec": [
                "template": ["spec": ["containers": [["name": "app", "image": .string(image)]]]]
            ]
        ]
    }

    private func sizes() async -> [String: Int] {
        let sets = await cluster.list(.replicaSets)
        return Dictionary(
            uniqueKeysWithValues: sets.map {
                (
                    $0.annotations["deployment.kubernetes.io/revision"] ?? "",
                    $0["spec", "replicas"]?.int ?? 0
                )
            })
    }

    @Test func `brings up its pods and says that they are available`() async throws {
        try await cluster.create(.deployments, deployment("web", replicas: 3, image: "web:1"))
        await cluster.settle()
        let status = try #require(await cluster.get(.deployments, "web")?.status)
        #expect(await cluster.list(.pods).count == 3)
        #expect(status["availableReplicas"] == 3)
        #expect(status["updatedReplicas"] == 3)
        #expect(status["observedGeneration"] == 1)
        #expect(
            status["conditions"]?.array?.compactMap { $0["reason"]?.string }
                == ["MinimumReplicasAvailable", "NewReplicaSetAvailable"])
    }

    @Test func `replaces its pods by those of a new template and counts revisions`() async throws {
        try await cluster.create(.deployments, deployment("web", replicas: 3, image: "web:1"))
        await cluster.settle()
        try await update("web", image("web:2"))
        await cluster.settle()
        #expect(await sizes() == ["1": 0, "2": 3])
        let web = await cluster.get(.deployments, "web")
        #expect(web?.annotations["deployment.kubernetes.io/revision"] == "2")
        let images = await cluster.list(.pods).map {
            $0["spec", "containers"]?[0]?["image"]?.string
        }
        #expect(images == ["web:2", "web:2", "web:2"])
    }

    @Test func `takes an earlier template up again under the next revision`() async throws {
        try await cluster.create(.deployments, deployment("web", replicas: 1, image: "web:1"))
        await cluster.settle()
        try await update("web", image("web:2"))
        await cluster.settle()
        try await update("web", image("web:1"))
        await cluster.settle()
        #expect(await sizes() == ["2": 0, "3": 1])
    }

    @Test func `never has fewer pods available than it may while it moves`() async throws {
        let strategy: JSON = ["rollingUpdate": ["maxSurge": 1, "maxUnavailable": 0]]
        try await cluster.create(
            .deployments, deployment("web", replicas: 4, image: "web:1", strategy: strategy))
        await cluster.settle()
        try await update("web", image("web:2"))
        let controllers = WorkloadControllers(cluster.access, now: { Timestamp(milliseconds: 0) })
        let node = HollowNode(cluster.access, now: { Timestamp(milliseconds: 0) })
        for _ in 0..<40 {
            _ = await controllers.turn()
            let pods = await cluster.list(.pods)
            #expect(pods.count { $0.isReady && $0.isActivePod } >= 4)
            #expect(pods.count(where: \.isActivePod) <= 5)
            _ = await node.turn()
        }
        #expect(await sizes() == ["1": 0, "2": 4])
    }

    @Test func `has its pods on the node that runs nothing, where that has a name`() async throws {
        try await cluster.create(.deployments, deployment("web", replicas: 2, image: "web:1"))
        await cluster.settle(hollow: false)
        let node = HollowNode(
            cluster.access, named: "hollow", now: { Timestamp(milliseconds: 0) })
        _ = await node.turn()
        let pods = await cluster.list(.pods)
        #expect(pods.map { $0["spec", "nodeName"] } == ["hollow", "hollow"])
        #expect(pods.map(\.isReady) == [true, true])
    }

    @Test func `stops every old pod first when it is to recreate`() async throws {
        try await cluster.create(
            .deployments,
            deployment("web", replicas: 2, image: "web:1", strategy: ["type": "Recreate"]))
        await cluster.settle()
        try await update("web", image("web:2"))
        await cluster.settle(hollow: false)
        #expect(await sizes() == ["1": 0, "2": 0])
        await cluster.settle()
        #expect(await sizes() == ["1": 0, "2": 2])
    }

    @Test func `keeps as many old ReplicaSets as its history may have`() async throws {
        try await cluster.create(.deployments, deployment("web", replicas: 1, image: "web:0"))
        try await update("web", ["spec": ["revisionHistoryLimit": 2]])
        for version in 1...5 {
            await cluster.settle()
            try await update("web", image("web:\(version)"))
        }
        await cluster.settle()
        #expect(await sizes() == ["4": 0, "5": 0, "6": 1])
    }

    @Test func `does not begin an update while it is paused, but follows its size`() async throws {
        try await cluster.create(.deployments, deployment("web", replicas: 1, image: "web:1"))
        await cluster.settle()
        try await update("web", ["spec": ["paused": true, "replicas": 2]])
        try await update("web", image("web:2"))
        await cluster.settle()
        #expect(await sizes() == ["1": 2])
    }

    @Test func `says when it has been stuck for longer than it may`() async throws {
        try await cluster.create(.deployments, deployment("web", replicas: 1, image: "web:1"))
        try await update("web", ["spec": ["progressDeadlineSeconds": 60]])
        await cluster.settle(hollow: false)
        await cluster.pass(seconds: 61)
        await cluster.settle(hollow: false)
        let conditions =
            await cluster.get(.deployments, "web")?["status", "conditions"]?.array ?? []
        #expect(conditions.last?["reason"] == "ProgressDeadlineExceeded")
        #expect(conditions.last?["status"] == "False")
    }
}

struct `A ReplicaSet in the box` {
    private let now = Timestamp(milliseconds: 1_000_000)

    private func pod(_ name: String, ready: Bool, age: Int64) -> Object {
        Object([
            "metadata": [
                "name": .string(name), "uid": .string(name), "namespace": "default",
                "creationTimestamp": .string(now.advanced(byMilliseconds: -age * 1000).rfc3339),
            ],
            "status": [
                "phase": "Running", "podIP": "127.16.0.1",
                "conditions": [
                    [
                        "type": "Ready", "status": .string(ready ? "True" : "False"),
                        "lastTransitionTime": .string(
                            now.advanced(byMilliseconds: -age * 1000).rfc3339),
                    ]
                ],
            ],
        ])
    }

    private func set(replicas: Int, minReadySeconds: Int = 0) -> Object {
        Object([
            "metadata": ["name": "web-1", "uid": "u", "namespace": "default", "generation": 1],
            "spec": [
                "replicas": .int(Int64(replicas)), "minReadySeconds": .int(Int64(minReadySeconds)),
            ],
        ])
    }

    private func deleted(_ outcome: Outcome) -> [String] {
        outcome.writes.compactMap {
            if case .delete(let reference, _, _) = $0 { reference.name } else { nil }
        }
    }

    @Test func `deletes what is not ready first, then what is youngest`() {
        let pods = [
            pod("old", ready: true, age: 300), pod("sick", ready: false, age: 400),
            pod("young", ready: true, age: 10),
        ]
        #expect(deleted(ReplicaSets.turn(set(replicas: 2), pods: pods, at: now)) == ["sick"])
        #expect(
            deleted(ReplicaSets.turn(set(replicas: 1), pods: pods, at: now)) == ["sick", "young"])
    }

    @Test func `counts a pod as available only after minReadySeconds, and looks again then`() {
        let outcome = ReplicaSets.turn(
            set(replicas: 2, minReadySeconds: 30),
            pods: [pod("a", ready: true, age: 60), pod("b", ready: true, age: 20)], at: now)
        #expect(outcome.wake == now.advanced(bySeconds: 10))
        guard case .patchStatus(_, let patch) = outcome.writes.last else {
            Issue.record("no status was written")
            return
        }
        #expect(patch["status"]?["readyReplicas"] == 2)
        #expect(patch["status"]?["availableReplicas"] == 1)
    }

    @Test func `writes nothing once everything is as it should be`() {
        var set = set(replicas: 0)
        set["status"] = ["replicas": 0, "observedGeneration": 1]
        #expect(ReplicaSets.turn(set, pods: [], at: now) == Outcome())
    }
}

struct `A Job in the box` {
    private let cluster = TestCluster()

    private func create(_ spec: JSON) async throws {
        var spec = spec
        let container: JSON = ["name": "task", "image": "task:1", "command": ["/bin/true"]]
        spec["template"] = ["spec": ["containers": [container]]]
        try await cluster.create(
            .jobs,
            ["apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "task"], "spec": spec])
    }

    /// Ends the one active pod of the Job.
    private func end(_ phase: String) async throws {
        await cluster.settle(hollow: false)
        let pod = try #require(await cluster.list(.pods).first { $0.isActivePod })
        try await cluster.write(
            .patchStatus(
                Reference(.pods, namespace: "default", name: pod.name),
                ["status": ["phase": .string(phase)]]))
        await cluster.settle(hollow: false)
    }

    private var status: JSON {
        get async { await cluster.get(.jobs, "task")?.status ?? [:] }
    }

    @Test func `is complete when its pod has succeeded`() async throws {
        try await create([:])
        try await end("Succeeded")
        #expect(await status["conditions"]?[0]?["type"] == "Complete")
        #expect(await status["succeeded"] == 1)
        #expect(await status["active"] == nil)
    }

    @Test func `fails after as many retries as it may have`() async throws {
        try await create(["backoffLimit": 1])
        try await end("Failed")
        #expect(await status["conditions"] == nil)
        await cluster.pass(seconds: 5)
        try await end("Failed")
        #expect(await status["conditions"]?[0]?["reason"] == "BackoffLimitExceeded")
        #expect(await status["failed"] == 2)
    }

    @Test func `fails and stops its pods at its deadline`() async throws {
        try await create(["activeDeadlineSeconds": 10])
        await cluster.settle(hollow: false)
        await cluster.pass(seconds: 10)
        await cluster.settle(hollow: false)
        #expect(await status["conditions"]?[0]?["reason"] == "DeadlineExceeded")
        #expect(await cluster.list(.pods).allSatisfy { $0.deletionTimestamp != nil })
    }
}

struct `The EndpointSlices of a Service` {
    private func pod(_ name: String, ready: Bool = true, leaving: Bool = false, port: Int = 8080)
        -> Object
    {
        var pod = Object([
            "metadata": [
                "name": .string(name), "namespace": "default", "uid": .string(name),
                "labels": ["app": "web"],
            ],
            "spec": [
                "containers": [["ports": [["name": "http", "containerPort": .int(Int64(port))]]]]
            ],
            "status": [
                "phase": "Running", "podIP": .string("127.16.0.\(name)"),
                "conditions": [["type": "Ready", "status": .string(ready ? "True" : "False")]],
            ],
        ])
        if leaving { pod["metadata", "deletionTimestamp"] = "2026-01-02T03:04:05Z" }
        return pod
    }

    private let service = Object([
        "metadata": ["name": "web", "namespace": "default", "uid": "s"],
        "spec": ["selector": ["app": "web"], "ports": [["port": 80, "targetPort": "http"]]],
    ])

    private func created(_ pods: [Object]) -> [Object] {
        EndpointSlices.turn(service, pods: pods, slices: []).writes.compactMap {
            if case .create(_, let slice) = $0 { slice } else { nil }
        }
    }

    private func addresses(_ slice: Object) -> [String?] {
        (slice["endpoints"]?.array ?? []).map { $0["addresses"]?[0]?.string }
    }

    @Test func `name ready pods only, and none that is about to end`() throws {
        let slices = created([pod("1"), pod("2", ready: false), pod("3", leaving: true)])
        let slice = try #require(slices.first)
        #expect(slices.count == 1)
        #expect(addresses(slice) == ["127.16.0.1"])
        #expect(slice.labels["kubernetes.io/service-name"] == "web")
        #expect(slice["ports"] == [["name": "", "port": 8080, "protocol": "TCP"]])
    }

    @Test func `keep pods apart that mean other numbers by the same port name`() {
        let slices = created([pod("1"), pod("2", port: 9090)])
        #expect(slices.map(addresses) == [["127.16.0.1"], ["127.16.0.2"]])
    }

    @Test func `change in place, and are left alone where nothing changed`() throws {
        let slice = try #require(created([pod("1")]).first)
        #expect(EndpointSlices.turn(service, pods: [pod("1")], slices: [slice]) == Outcome())
        let outcome = EndpointSlices.turn(service, pods: [], slices: [slice])
        guard case .patch(let reference, let patch, _) = outcome.writes.first else {
            Issue.record("the slice was not patched")
            return
        }
        #expect(reference.name == slice.name)
        #expect(patch["endpoints"] == [])
    }
}
