import Documents
import KubernetesObjects
import ObjectStore
import Serving
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5)))
struct `The log of a pod` {
    private let scratch: Scratch
    private let logs: PodLogs
    private let records: PodRecords

    init() throws {
        scratch = try Scratch()
        logs = PodLogs(directory: scratch.path)
        records = PodRecords(scratch.path)
        try Files.makeDirectory("\(scratch.path)/records")
        try Files.makeDirectory(records.logs(uid: "u"))
    }

    private func pod(restarts: Int, _ state: JSON = ["running": [:]]) -> Object {
        Object([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": "web", "namespace": "default", "uid": "u"],
            "status": [
                "containerStatuses": [
                    ["name": "app", "restartCount": count(restarts), "state": state]
                ]
            ],
        ])
    }

    private func ask(_ pod: Object, previous: Bool = false, follow: Bool = false) -> LogRequest {
        LogRequest(
            pod: pod, container: "app", isFollowing: follow, isPrevious: previous, tailLines: nil,
            sinceSeconds: nil, limitBytes: nil, hasTimestamps: false)
    }

    private func text(_ request: LogRequest) throws -> String? {
        guard case .bytes(let bytes) = try logs.body(request) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(_ text: String, restarts: Int) throws {
        try Files.write(text, to: records.log(uid: "u", container: "app", restarts: restarts))
    }

    @Test func `of the run before is said to be missing where there was none`() throws {
        try write("now\n", restarts: 0)
        let error = #expect(throws: StoreError.self) {
            try logs.body(ask(pod(restarts: 0), previous: true))
        }
        #expect(error?.code == 400)
        #expect(
            error?.message == "previous terminated container \"app\" in pod \"web\" not found")
    }

    @Test func `of the run before is another than that of this one`() throws {
        try write("before\n", restarts: 0)
        try write("now\n", restarts: 1)
        #expect(try text(ask(pod(restarts: 1), previous: true)) == "before\n")
        #expect(try text(ask(pod(restarts: 1))) == "now\n")
    }

    @Test func `is that of the last run while the next one waits`() throws {
        try write("before\n", restarts: 0)
        let waiting: JSON = ["waiting": ["reason": "CrashLoopBackOff"]]
        #expect(try text(ask(pod(restarts: 1, waiting))) == "before\n")
    }

    @Test func `says what a container waits for that never ran`() throws {
        let waiting: JSON = ["waiting": ["reason": "CreateContainerConfigError"]]
        let error = #expect(throws: StoreError.self) {
            try logs.body(ask(pod(restarts: 0, waiting)))
        }
        #expect(
            error?.message == "container \"app\" in pod \"web\" is waiting to start: "
                + "CreateContainerConfigError")
    }

    @Test func `is followed without a gap until the container ends`() async throws {
        try write("one\n", restarts: 0)
        let identity = ProcessIdentity(pid: 7, start: 7, boot: "none")
        try records.keep(
            PodRecord(
                process: identity, uid: "u", container: "app", restarts: 0, started: wallClock()))
        let part = try logs.tail(uid: "u", container: "app", restarts: 0)
        #expect(part.bytes == Array("one\n".utf8))
        // Written after the first part was read and before anybody follows.
        try write("one\ntwo\n", restarts: 0)
        var seen = ""
        for await bytes in logs.follow(uid: "u", container: "app", restarts: 0, from: part.end) {
            seen += String(decoding: bytes, as: UTF8.self)
            if seen == "two\n" {
                try write("one\ntwo\nlast\n", restarts: 0)
                records.remove(uid: "u", container: "app")
            }
        }
        #expect(seen == "two\nlast\n")
    }
}
