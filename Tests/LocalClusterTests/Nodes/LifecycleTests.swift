import Documents
import Glibc
import KubernetesObjects
import Testing

@testable import LocalCluster

private func shell(_ script: String) -> JSON { ["/bin/sh", "-c", .string(script)] }

@Suite(.timeLimit(.minutes(5)))
struct `The life of a pod` {
    private let box: TestNode

    init() throws { box = try TestNode() }

    private func initial(_ name: String, _ script: String) -> JSON {
        ["name": .string(name), "image": "none", "command": shell(script)]
    }

    @Test func `begins with its init containers, one after the other`() async throws {
        try await box.createPod(
            "cat order", restartPolicy: "Never",
            spec: [
                "initContainers": [
                    initial("first", "echo first >> order"),
                    initial("second", "echo second >> order"),
                ]
            ])
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.podPhase == "Succeeded" }
            let pod = try #require(await cluster.get(.pods, "web"))
            let lines = pod["status", "initContainerStatuses"]?.array ?? []
            #expect(lines.map { $0["ready"] } == [true, true])
            #expect(lines.map { $0["state"]?["terminated"]?["exitCode"] } == [0, 0])
            #expect(pod.condition("Initialized")?["status"] == "True")
            #expect(try await box.log() == "first\nsecond\n")
        }
    }

    @Test func `ends with an init container that fails and is not to be started again`()
        async throws
    {
        try await box.createPod(
            "echo never", restartPolicy: "Never",
            spec: ["initContainers": [initial("first", "exit 4")]])
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.podPhase == "Failed" }
            let pod = try #require(await cluster.get(.pods, "web"))
            #expect(pod.condition("Initialized")?["reason"] == "ContainersNotInitialized")
            let state = pod["status", "containerStatuses"]?[0]?["state"]
            #expect(state?["waiting"]?["reason"] == "PodInitializing")
        }
    }

    @Test func `ends with its preStop hook, and SIGTERM after that`() async throws {
        let farewell = "\(box.scratch.path)/farewell"
        try Files.write("", to: farewell, mode: 0o666)
        chmod(farewell, 0o666)
        try await box.createPod(
            "trap 'echo term >> \(farewell); exit 0' TERM; touch up; while :; do sleep 0.02; done",
            [
                "readinessProbe": ["exec": ["command": ["/usr/bin/test", "-e", "up"]]],
                "lifecycle": ["preStop": ["exec": ["command": shell("echo hook >> \(farewell)")]]],
            ])
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.isReady ?? false }
            try await cluster.delete(.pods, "web")
            await cluster.wait { await $0.get(.pods, "web") == nil }
            #expect(Files.glance(farewell) == "hook\nterm\n")
        }
    }

    @Test func `has its preStop hooks also where the whole box ends`() async throws {
        let farewell = "\(box.scratch.path)/farewell"
        try Files.write("", to: farewell, mode: 0o666)
        chmod(farewell, 0o666)
        try await box.createPod(
            "sleep 100 & wait",
            ["lifecycle": ["preStop": ["exec": ["command": shell("echo hook >> \(farewell)")]]]])
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.isReady ?? false }
        }
        #expect(Files.glance(farewell) == "hook\n")
    }

    @Test func `begins anew where its postStart hook fails, which an event tells`() async throws {
        try await box.createPod(
            "sleep 100 & wait",
            ["lifecycle": ["postStart": ["exec": ["command": shell("exit 1")]]]])
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.restartCount ?? 0 > 0 }
            let event = await cluster.list(.events).first
            #expect(event?["reason"] == "FailedPostStartHook")
            #expect(event?["involvedObject", "name"] == "web")
            let line = await cluster.get(.pods, "web")?["status", "containerStatuses"]?[0]
            #expect(
                line?["lastState"]?["terminated"]?["message"] == "its postStart hook failed")
        }
    }

    @Test func `tells once what of it has no effect`() async throws {
        try await box.createPod(
            "sleep 100 & wait",
            [
                "resources": ["limits": ["memory": "1Gi"]],
                "securityContext": ["runAsUser": 1000],
            ])
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.isReady ?? false }
            let message = await cluster.list(.events).first?["message"]?.string ?? ""
            #expect(
                message.hasPrefix(
                    "no effect in the box: resources (processes share the machine); "
                        + "securityContext (processes run as "))
            #expect(await cluster.list(.events).count == 1)
        }
    }
}

struct `An errand of a probe` {
    @Test func `is ended by the next run where ours was killed`() async throws {
        let scratch = try Scratch()
        let errands = Errands(directory: "\(scratch.path)/errands")
        try Files.makeDirectory(errands.directory)
        let launch = Launch(
            command: ["/bin/sh", "-c", "sleep 1000 & sleep 1000"], directory: scratch.path,
            log: "\(scratch.path)/log")
        let process = try launch.start { identity throws(SystemFailure) in
            try errands.keep(identity)
        }
        errands.end()
        #expect(await process.exit() == .signal(Int(SIGKILL)))
        #expect(Files.names(in: errands.directory).isEmpty)
    }
}

struct `The end of a container` {
    private let pod = Object([
        "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "web", "uid": "u"],
        "spec": ["terminationGracePeriodSeconds": 5, "containers": [["name": "app"]]],
    ])
    private let now = Timestamp(seconds: 1_000)

    private func leaving(hook: Bool) -> (PodState, Object) {
        var state = PodState(pod, address: "127.16.0.1")
        state.started("app", nil, at: now)
        state.containers[0].hasPreStop = hook
        var leaving = pod
        leaving["metadata", "deletionTimestamp"] = .string(now.rfc3339)
        return (state, leaving)
    }

    private func effects(
        _ state: inout PodState, _ pod: Object, after seconds: Int
    ) -> [PodEffect] {
        state.turn(pod, isRouted: false, at: now.advanced(bySeconds: seconds)).effects
    }

    @Test func `is SIGTERM, and SIGKILL once its grace is over`() {
        var (state, pod) = leaving(hook: false)
        #expect(effects(&state, pod, after: 0) == [.terminate(container: "app")])
        #expect(effects(&state, pod, after: 4).isEmpty)
        #expect(effects(&state, pod, after: 5) == [.kill(container: "app")])
    }

    @Test func `waits for its hook, whose time is part of the grace`() {
        var (state, pod) = leaving(hook: true)
        let run = PodEffect.run(container: "app", .preStop, withinSeconds: 5)
        #expect(effects(&state, pod, after: 0) == [run])
        #expect(effects(&state, pod, after: 1).isEmpty)
        state.hooked("app", .preStop, true, at: now.advanced(bySeconds: 1))
        #expect(effects(&state, pod, after: 1) == [.terminate(container: "app")])
        #expect(effects(&state, pod, after: 5) == [.kill(container: "app")])
    }

    @Test func `leaves two seconds after SIGTERM where the hook takes all of the grace`() {
        var (state, pod) = leaving(hook: true)
        _ = effects(&state, pod, after: 0)
        #expect(effects(&state, pod, after: 5) == [.terminate(container: "app")])
        #expect(effects(&state, pod, after: 6).isEmpty)
        #expect(effects(&state, pod, after: 7) == [.kill(container: "app")])
    }
}

struct `A probe` {
    private func probe(_ json: JSON) throws(PodFault) -> Probe? {
        try Probe(json, container: [:], address: "127.16.0.1")
    }

    @Test func `may ask over TLS, and begins where its pod is`() throws {
        let get: JSON = ["httpGet": ["port": 8443, "path": "/ready", "scheme": "HTTPS"]]
        guard case .httpGet(let target)? = try probe(get)?.action else {
            Issue.record("it is no GET")
            return
        }
        #expect(
            target.probe(timeoutSeconds: 2)
                == HTTPProbe(
                    isSecure: true, host: "127.16.0.1", port: 8443, path: "/ready", headers: [],
                    timeoutSeconds: 2))
    }

    @Test func `of gRPC is refused with what to use instead`() {
        let fault = #expect(throws: PodFault.self) { try probe(["grpc": ["port": 1]]) }
        #expect(
            fault?.message
                == "grpc probes are not asked in the box; use httpGet, tcpSocket or exec")
    }
}
