import Documents
import Glibc
import KubernetesObjects
import Testing

@testable import LocalCluster

/// A directory of a test, gone with it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure("cannot make a directory") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        // Pods walk through it as somebody without rights.
        chmod(path, 0o711)
    }

    deinit { Files.removeTree(path) }
}

/// A node with real processes on a store of its own.
struct TestNode {
    let cluster = TestCluster(realTime: true)
    let scratch: Scratch
    let node: Node
    let routed = Routed()

    /// The addresses to which a proxy that the test plays still sends requests.
    actor Routed {
        private var addresses: Set<String> = []
        private let asked = AsyncStream.makeStream(of: Void.self)
        func set(_ addresses: Set<String>) { self.addresses = addresses }
        func contains(_ address: String) -> Bool {
            asked.continuation.yield()
            return addresses.contains(address)
        }
        /// Returns when the node has asked so often whether it may stop a pod.
        func wait(questions: Int) async {
            var left = questions
            for await _ in asked.stream {
                left -= 1
                if left == 0 { return }
            }
        }
    }

    init() throws {
        scratch = try Scratch()
        let routed = routed
        let edges = Node.Edges(
            cluster: cluster.access, httpGet: { _ in 200 }, isRouted: { await routed.contains($0) },
            now: wallClock)
        node = Node(
            edges, directory: scratch.path,
            block: try AddressBlock.take(preferred: Int.random(in: 16...250)),
            account: try Accounts.standard().pods)
    }

    /// Lets the node run while `story` is told, and ends it with all its processes.
    func run(_ story: (TestCluster) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let node = node
            group.addTask { try await node.run() }
            do {
                try await story(cluster)
            } catch {
                node.end()
                throw error
            }
            node.end()
            try await group.waitForAll()
        }
    }

    func createPod(
        _ script: String, _ more: JSON = [:], restartPolicy: JSON = "Always", spec: JSON = [:]
    ) async throws {
        var container: JSON = [
            "name": "app", "image": "demo:v2", "command": ["/bin/sh", "-c"],
            "args": [.string(script)],
        ]
        for (key, value) in more.object?.members ?? [] { container[key] = value }
        var whole: JSON = [
            "restartPolicy": restartPolicy, "containers": [container],
            "terminationGracePeriodSeconds": 5,
        ]
        for (key, value) in spec.object?.members ?? [] { whole[key] = value }
        try await cluster.create(
            .pods,
            [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": ["name": "web", "labels": ["tier": "front"]], "spec": whole,
            ])
    }

    func log(restarts: Int = 0) async throws -> String {
        let uid = try #require(await cluster.get(.pods, "web")).uid
        let part = try PodLogs(directory: scratch.path).tail(
            uid: uid, container: "app", restarts: restarts)
        return String(decoding: part.bytes, as: UTF8.self)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct `A pod as a process` {
    private let box: TestNode

    init() throws { box = try TestNode() }

    private func isReady(_ cluster: TestCluster) async -> Bool {
        await cluster.get(.pods, "web")?.isReady ?? false
    }

    @Test func `is ready only once its probe says so, and has an address of its own`() async throws
    {
        try await box.createPod(
            "echo begun; while [ ! -e go ]; do sleep 0.02; done; touch ready; sleep 100 & wait",
            ["readinessProbe": ["exec": ["command": ["/bin/sh", "-c", "touch go; test -e ready"]]]])
        try await box.run { cluster in
            await cluster.wait { await isReady($0) }
            let pod = try #require(await cluster.get(.pods, "web"))
            #expect(pod.podPhase == "Running")
            #expect(pod.podAddress?.hasPrefix("127.\(box.node.block.number).") == true)
            #expect(pod["status", "containerStatuses"]?[0]?["restartCount"] == 0)
            #expect(try await box.log() == "begun\n")
        }
    }

    @Test func `sees the environment that it describes and nothing of ours`() async throws {
        setenv("SLUICE_TEST_SECRET", "inherited", 1)
        try await box.cluster.create(
            .configMaps,
            [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "settings"],
                "data": ["mode": "calm"],
            ])
        try await box.createPod(
            "env | sort; ls /proc/self/fd | wc -l; id -u",
            [
                "env": [
                    ["name": "NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                    [
                        "name": "TIER",
                        "valueFrom": ["fieldRef": ["fieldPath": "metadata.labels['tier']"]],
                    ],
                    [
                        "name": "MODE",
                        "valueFrom": ["configMapKeyRef": ["name": "settings", "key": "mode"]],
                    ],
                    ["name": "BOTH", "value": "$(NAME)-$(MODE)-$(NOBODY)-$$(NAME)"],
                ]
            ], restartPolicy: "Never")
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.podPhase == "Succeeded" }
            let lines = try await box.log().split(separator: "\n").map(String.init)
            #expect(lines.contains("BOTH=web-calm-$(NOBODY)-$(NAME)"))
            #expect(lines.contains("TIER=front"))
            #expect(lines.contains("SLUICE_IMAGE=demo:v2"))
            #expect(!lines.contains { $0.contains("inherited") })
            // Standard streams and the one with which `ls` reads the directory.
            #expect(lines.suffix(2).first == "4")
            if Account.canSwitch {
                #expect(lines.last == String(Account(named: "nobody")?.user ?? 0))
            }
        }
    }

    @Test func `knows the address of each Service of its namespace`() async throws {
        try await box.cluster.create(.services, service("model-v1").json)
        try await box.createPod(
            "echo $MODEL_V1_SERVICE_HOST:$MODEL_V1_SERVICE_PORT; pwd", ["workingDir": "/tmp"],
            restartPolicy: "Never")
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.podPhase == "Succeeded" }
            let log = try await box.log()
            #expect(log == "127.\(box.node.block.number).200.1:80\n/tmp\n")
        }
    }

    @Test func `is started again when it ends, and counts how often`() async throws {
        try await box.createPod(
            "if [ -e once ]; then sleep 100 & wait; else touch once; exit 3; fi")
        try await box.run { cluster in
            await cluster.wait { cluster in
                let line = await cluster.get(.pods, "web")?["status", "containerStatuses"]?[0]
                return line?["restartCount"] == 1 && line?["state"]?["running"] != nil
            }
            let line = await cluster.get(.pods, "web")?["status", "containerStatuses"]?[0]
            #expect(line?["lastState"]?["terminated"]?["exitCode"] == 3)
        }
    }

    @Test func `fails for good where it is not to be started again`() async throws {
        try await box.createPod("exit 7", restartPolicy: "Never")
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.podPhase == "Failed" }
            let line = await cluster.get(.pods, "web")?["status", "containerStatuses"]?[0]
            #expect(line?["state"]?["terminated"]?["exitCode"] == 7)
        }
    }

    @Test func `says why it cannot be started, and starts when that has changed`() async throws {
        try await box.createPod(
            "sleep 100 & wait", ["envFrom": [["configMapRef": ["name": "later"]]]])
        try await box.run { cluster in
            await cluster.wait { cluster in
                let state = await cluster.get(.pods, "web")?["status", "containerStatuses"]?[0]?[
                    "state"]
                return state?["waiting"]?["message"] == "configmap \"later\" not found"
            }
            try await cluster.create(
                .configMaps,
                ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "later"]])
            await cluster.wait { await isReady($0) }
        }
    }

    @Test func `is stopped only after the proxy has let go of it, and may end in peace`()
        async throws
    {
        let farewell = "\(box.scratch.path)/farewell"
        try Files.write("", to: farewell, mode: 0o666)
        try await box.createPod(
            "trap 'echo goodbye > \(farewell); exit 0' TERM; echo up; while :; do sleep 0.02; done",
            ["readinessProbe": ["exec": ["command": ["/bin/true"]]]])
        chmod(box.scratch.path, 0o755)
        try await box.run { cluster in
            await cluster.wait { await isReady($0) }
            let address = try #require(await cluster.get(.pods, "web")?.podAddress)
            await box.routed.set([address])
            try await cluster.delete(.pods, "web")
            await box.routed.wait(questions: 3)
            #expect(Files.glance(farewell) == "")
            await box.routed.set([])
            await cluster.wait { await $0.get(.pods, "web") == nil }
            #expect(Files.glance(farewell) == "goodbye\n")
        }
    }

    @Test func `is found again after the node was killed, still ready`() async throws {
        let cluster = box.cluster
        try await box.createPod(
            "sleep 100 & wait",
            ["readinessProbe": ["exec": ["command": ["/bin/true"]], "periodSeconds": 600]])
        let pod = try #require(await cluster.get(.pods, "web"))
        let address = try #require(box.node.block.podAddress(after: 7, notIn: [])).address
        for name in ["records", "pods", "logs"] {
            try Files.makeDirectory("\(box.scratch.path)/\(name)")
        }
        // What a node leaves behind that is killed: the process, its record, and a status.
        let records = PodRecords(box.scratch.path)
        let log = try records.prepare(pod, container: "app", restarts: 0, owner: box.node.account)
        let launch = Launch(
            command: ["/bin/sh", "-c", "sleep 100 & wait"], directory: records.home(uid: pod.uid),
            log: log,
            account: box.node.account)
        let process = try launch.start { identity throws(SystemFailure) in
            try records.keep(
                PodRecord(
                    process: identity, uid: pod.uid, container: "app", restarts: 0,
                    started: wallClock()))
        }
        var state = PodState(pod, address: address)
        state.started("app", nil, at: wallClock())
        let status = PodStatus.json(pod, state, before: nil, at: wallClock())
        try await cluster.write(
            .patchStatus(Reference(.pods, namespace: "default", name: "web"), ["status": status]))

        try await box.run { cluster in
            // Once the node has brought up another pod it has looked at this one too.
            try await cluster.create(
                .pods,
                [
                    "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "other"],
                    "spec": [
                        "containers": [
                            ["name": "app", "image": "app:1", "command": ["/bin/sleep", "100"]]
                        ]
                    ],
                ])
            await cluster.wait { await $0.get(.pods, "other")?.isReady ?? false }
            let pod = await cluster.get(.pods, "web")
            #expect(pod?.isReady == true)
            #expect(pod?.podAddress == address)
            #expect(pod?.restartCount == 0)
            #expect(RunningProcess.found(process.identity) != nil)
        }
        #expect(RunningProcess.found(process.identity) == nil)
    }

    @Test func `leaves no process behind, not even one that it started itself`() async throws {
        try await box.createPod(
            "sleep 1000 & echo $! $$$$; touch up; wait",
            ["readinessProbe": ["exec": ["command": ["/usr/bin/test", "-e", "up"]]]])
        try await box.run { cluster in
            await cluster.wait { await isReady($0) }
        }
        let pids = try await box.log().split(whereSeparator: \.isWhitespace).compactMap {
            pid_t($0)
        }
        #expect(pids.count == 2)
        // Nobody can wait for what is killed and is no child.
        let limit = ContinuousClock.now + .seconds(10)
        while !pids.allSatisfy(isGone), ContinuousClock.now < limit { await Task.yield() }
        #expect(pids.allSatisfy(isGone))
    }

    private func isGone(_ pid: pid_t) -> Bool {
        (ProcessTable.entry(pid)?.state ?? "Z") == "Z"
    }
}

struct `A long log` {
    @Test func `keeps its end and gives its beginning back, while it is written and read`() throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/log"
        let line = String(repeating: "x", count: 99) + "\n"
        try Files.write(String(repeating: line, count: 1000) + "last\n", to: path)
        LogFile.bound(path, keep: 10_000, slack: 1_000)
        let log = try #require(LogFile(path))
        #expect(log.size == 100_005)
        #expect(log.firstKept > 80_000)
        let end = try log.read(from: log.size - 5, atMost: 100)
        #expect(String(decoding: end, as: UTF8.self) == "last\n")
    }
}
