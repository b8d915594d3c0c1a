import Documents
import Glibc
import KubernetesObjects
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5)))
struct `A mounted volume` {
    private let box: TestNode

    init() throws {
        box = try TestNode()
        // Pods see it where their own directories are mounted.
        chmod(box.scratch.path, 0o755)
    }

    private func configMap(_ mode: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "settings"],
            "data": ["mode": .string(mode)],
        ]
    }

    @Test(.enabled(if: Account.canSwitch))
    func `is seen by its pod alone, in a place that the machine does not have`() async throws {
        try await box.cluster.create(.configMaps, configMap("calm"))
        let mounts: JSON = [
            ["name": "settings", "mountPath": "/etc/sluice-test/settings"],
            ["name": "cache", "mountPath": "/sluice-cache"],
        ]
        try await box.createPod(
            "cat /etc/sluice-test/settings/mode /sluice-cache/made; echo; ls /etc/passwd; id -u",
            ["volumeMounts": mounts], restartPolicy: "Never",
            spec: [
                "volumes": [
                    ["name": "settings", "configMap": ["name": "settings", "defaultMode": 0o400]],
                    ["name": "cache", "emptyDir": [:]],
                ],
                "initContainers": [
                    [
                        "name": "first", "image": "none", "volumeMounts": mounts,
                        "command": ["/bin/sh", "-c", "echo -n kept > /sluice-cache/made"],
                    ]
                ],
            ])
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.podPhase == "Succeeded" }
            let nobody = Account(named: "nobody")?.user ?? 0
            let log = try await box.log()
            #expect(log == "calmkept\n/etc/passwd\n\(nobody)\n")
        }
        #expect(PrivateRoot.Machine.own.facts("/etc/sluice-test") == nil)
        #expect(PrivateRoot.Machine.own.facts("/sluice-cache") == nil)
        #expect(Files.names(in: box.node.root).isEmpty)
    }

    @Test(.enabled(if: Account.canSwitch))
    func `follows its ConfigMap while the pod runs, also for probes`() async throws {
        try await box.cluster.create(.configMaps, configMap("old"))
        try await box.createPod(
            "sleep 100 & wait",
            [
                "volumeMounts": [["name": "settings", "mountPath": "/sluice-settings"]],
                "readinessProbe": [
                    "exec": ["command": ["/bin/grep", "-q", "new", "/sluice-settings/mode"]]
                ],
            ],
            spec: ["volumes": [["name": "settings", "configMap": ["name": "settings"]]]])
        try await box.run { cluster in
            await cluster.wait { await $0.get(.pods, "web")?.podPhase == "Running" }
            #expect(await cluster.get(.pods, "web")?.isReady == false)
            try await cluster.write(
                .patch(
                    Reference(.configMaps, namespace: "default", name: "settings"),
                    ["data": ["mode": "new"]]))
            await cluster.wait { await $0.get(.pods, "web")?.isReady ?? false }
            #expect(await cluster.get(.pods, "web")?.restartCount == 0)
        }
    }
}

struct `What a volume holds` {
    private func volumes(_ list: JSON) throws(PodFault) -> [String: VolumeContent] {
        let pod = Object([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": "web", "namespace": "default", "labels": ["a": "b"]],
            "spec": ["volumes": list],
        ])
        let map = Object([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": "settings", "namespace": "default"],
            "data": ["mode": "calm", "size": "9"], "binaryData": ["raw": "AAE="],
        ])
        let secret = Object([
            "apiVersion": "v1", "kind": "Secret",
            "metadata": ["name": "token", "namespace": "default"], "data": ["value": "eA=="],
        ])
        let surroundings = PodSurroundings(configMaps: [map], secrets: [secret])
        return try VolumeSources(pod: pod, address: "127.16.0.1", surroundings: surroundings)
            .volumes()
    }

    private func file(_ path: String, _ text: String, mode: mode_t = 0o644) -> VolumeFile {
        VolumeFile(path: path, bytes: Array(text.utf8), mode: mode)
    }

    @Test func `are the keys of a ConfigMap, or those that are chosen`() throws {
        let all = try volumes([["name": "v", "configMap": ["name": "settings"]]])
        #expect(
            all["v"] == .files([file("mode", "calm"), file("raw", "\0\u{1}"), file("size", "9")]))
        let items: JSON = [["key": "mode", "path": "etc/mode", "mode": 0o600]]
        let one = try volumes([["name": "v", "configMap": ["name": "settings", "items": items]]])
        #expect(one["v"] == .files([file("etc/mode", "calm", mode: 0o600)]))
    }

    @Test func `is projected from several sources`() throws {
        let sources: JSON = [
            ["secret": ["name": "token"]],
            [
                "downwardAPI": [
                    "items": [["path": "labels", "fieldRef": ["fieldPath": "metadata.labels"]]]
                ]
            ],
        ]
        let projected: JSON = ["defaultMode": 0o400, "sources": sources]
        let found = try volumes([["name": "v", "projected": projected]])
        #expect(
            found["v"]
                == .files([
                    file("value", "x", mode: 0o400), file("labels", "a=\"b\"\n", mode: 0o400),
                ]))
    }

    @Test(
        arguments: [
            ["persistentVolumeClaim": ["claimName": "c"]], ["configMap": ["name": "absent"]],
            ["secret": ["secretName": "token", "items": [["key": "value", "path": "../x"]]]],
            ["projected": ["sources": [["serviceAccountToken": ["path": "t"]]]]],
            ["configMap": ["name": "settings", "defaultMode": -1]],
            ["projected": ["defaultMode": 0o1000, "sources": [["secret": ["name": "token"]]]]],
            [
                "secret": [
                    "secretName": "token",
                    "items": [["key": "value", "path": "x", "mode": 4_294_967_296]],
                ]
            ],
        ] as [JSON])
    func `is refused where the box cannot give it`(volume: JSON) {
        var volume = volume
        volume["name"] = "v"
        #expect(throws: PodFault.self) { try volumes([volume]) }
    }
}

struct `What a process sees instead of the machine` {
    private typealias Facts = PrivateRoot.Facts
    private let machine = PrivateRoot.Machine(
        names: { ["/": ["bin", "etc", "usr"], "/etc": ["hosts", "ssl"]][$0] ?? [] },
        facts: {
            let all: [String: PrivateRoot.Facts] = [
                "/": Facts(), "/bin": Facts(kind: .link("usr/bin")), "/usr": Facts(),
                "/usr/bin": Facts(), "/etc": Facts(mode: 0o751), "/etc/ssl": Facts(),
                "/etc/hosts": Facts(kind: .other),
            ]
            return all[$0]
        })

    private func root(_ places: [String]) throws(PodFault) -> PrivateRoot {
        try PrivateRoot(
            at: "/r",
            places.map {
                PrivateRoot.Binding(source: "/v", place: $0, isReadOnly: true, isFile: false)
            }, on: machine)
    }

    @Test func `is the same, with what lies on the way to a new place made anew`() throws {
        let steps = try root(["/etc/app/conf"]).steps
        #expect(
            steps == [
                .link("/r/bin", to: "usr/bin"), .directory("/r/usr", like: Facts()),
                .keep("/usr", at: "/r/usr"), .directory("/r/etc", like: Facts(mode: 0o751)),
                .file("/r/etc/hosts"), .keep("/etc/hosts", at: "/r/etc/hosts"),
                .directory("/r/etc/ssl", like: Facts()), .keep("/etc/ssl", at: "/r/etc/ssl"),
                .directory("/r/etc/app", like: Facts()),
                .directory("/r/etc/app/conf", like: Facts()),
                .bind("/v", at: "/r/etc/app/conf", isReadOnly: true),
            ])
    }

    @Test func `has a place where the links of the machine lead`() throws {
        let last = try root(["/bin/tools"]).steps.last
        #expect(last == .bind("/v", at: "/r/usr/bin/tools", isReadOnly: true))
    }

    @Test(arguments: [["/proc/1"], ["/dev/x"], ["/etc/hosts/x"], ["/a", "/a/b"]])
    func `is refused for places that cannot be made`(places: [String]) {
        #expect(throws: PodFault.self) { try root(places) }
    }
}
