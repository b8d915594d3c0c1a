import Curl
import Dispatch
import Documents
import KubernetesObjects
import Testing

@testable import KubernetesClient

/// A server that keeps one lease, as an API server would.
private final class LeaseServer: Sendable {
    private let lease = Lock<(spec: JSON, version: Int)?>(nil)
    /// Answers 500 to all but reads while it is set.
    let isBroken = Lock(false)
    /// Whether the namespace of the lease is there.
    let hasNamespace = Lock(true)
    /// What a watch brings, once somebody may watch; it waits for it.
    let watched = Lock<DispatchSemaphore?>(nil)

    var record: LeaseRecord? {
        lease.withLock { $0.map { LeaseRecord(Object(["spec": $0.spec])) } }
    }

    func set(_ record: LeaseRecord?) {
        lease.withLock { $0 = record.map { ($0.spec, 100) } }
    }

    var script: ScriptedServer.Script {
        { [self] request, dialogue in
            if request.path.hasSuffix("/leases"), request.method == "GET" {
                return serveWatch(request, dialogue)
            }
            if request.method != "GET", isBroken.withLock({ $0 }) { return dialogue.answer(500) }
            let (status, text) = lease.withLock { lease -> (Int, String) in
                if !hasNamespace.withLock({ $0 }) { return (404, "") }
                switch (request.method, lease) {
                case ("GET", nil), ("PATCH", nil): return (404, "")
                case ("POST", .some): return (409, #"{"kind":"Status","reason":"AlreadyExists"}"#)
                case ("POST", nil): lease = (Self.body(request)["spec"] ?? .null, 1)
                case ("PATCH", .some(let old)):
                    let body = Self.body(request)
                    guard body["metadata"]?["resourceVersion"]?.string == "\(old.version)" else {
                        return (409, #"{"kind":"Status","reason":"Conflict"}"#)
                    }
                    lease = (body["spec"] ?? .null, old.version + 1)
                default: break
                }
                return (200, Self.object(lease).text)
            }
            dialogue.answer(status, text)
        }
    }

    /// Without `watched`, nobody may list or watch leases, as under the field's own roles.
    private func serveWatch(_ request: ScriptedServer.Request, _ dialogue: Dialogue) {
        guard let watched = watched.withLock({ $0 }) else { return dialogue.answer(403) }
        if request.query["watch"] == nil {
            let list: JSON = ["metadata": ["resourceVersion": "100"], "items": []]
            return dialogue.answer(200, list.text)
        }
        dialogue.begin()
        watched.wait()
        let object = lease.withLock { Self.object($0) }
        let event: JSON = ["type": "ADDED", "object": object]
        dialogue.chunk(event.text + "\n")
        dialogue.waitForHangUp()
    }

    private static func body(_ request: ScriptedServer.Request) -> JSON {
        do { return try JSON(parsing: request.body) } catch { return .null }
    }

    private static func object(_ lease: (spec: JSON, version: Int)?) -> JSON {
        [
            "kind": "Lease",
            "metadata": [
                "name": "argo-rollouts-controller-lock", "namespace": "argo",
                "resourceVersion": .string("\(lease?.version ?? 0)"),
            ],
            "spec": lease?.spec ?? .null,
        ]
    }
}

struct `A leadership` {
    private let clock = ManualClock()
    private let server = LeaseServer()
    /// What it has told of.
    private let troubles = Lock<[APIError]>([])

    private func withLeadership(_ body: (Leadership) async throws -> Void) async throws {
        try await withClient(server.script) { client, _ in
            let lease = Reference(.leases, namespace: "argo", name: "argo-rollouts-controller-lock")
            try await body(
                Leadership(
                    lease, .init(identity: "me"), client: client, clock: clock,
                    time: { Timestamp(seconds: 0) },
                    report: { error in troubles.withLock { $0.append(error) } }))
        }
    }

    /// Runs the election; each term says so and waits for its end.
    private func terms(_ leadership: Leadership) -> (AsyncStream<String>, Task<Void, Never>) {
        let (terms, report) = AsyncStream<String>.makeStream()
        let task = Task {
            await leadership.run {
                report.yield(leadership.remaining > .zero ? "leads" : "leads not")
                // Ends when it is cancelled.
                do { try await ContinuousClock().sleep(for: .seconds(3600)) } catch {}
                report.yield("ends")
            }
            report.finish()
        }
        return (terms, task)
    }

    @Test func `works while it leads, and gives the lease back when it resigns`() async throws {
        try await withLeadership { leadership in
            let (terms, task) = terms(leadership)
            var reports = terms.makeAsyncIterator()
            #expect(await reports.next() == "leads")
            #expect(server.record?.holder == "me")
            #expect(leadership.holder == "me")
            leadership.resign()
            #expect(await reports.next() == "ends")
            await task.value
            #expect(leadership.remaining == .zero)
            #expect(server.record?.holder == "")
        }
    }

    @Test func `renews in time`() async throws {
        try await withLeadership { leadership in
            let (terms, task) = terms(leadership)
            var reports = terms.makeAsyncIterator()
            #expect(await reports.next() == "leads")
            for _ in 0..<10 {
                await clock.sleeper(for: .seconds(2))
                clock.advance(by: .seconds(2))
            }
            #expect(leadership.remaining > .zero)
            #expect(server.record?.transitions == 0)
            let renewed = server.record?.renewTime
            #expect(renewed != server.record?.acquireTime)
            leadership.resign()
            await task.value
            #expect(await reports.next() == "ends")
        }
    }

    @Test func `ends its work when it cannot renew`() async throws {
        try await withLeadership { leadership in
            let (terms, task) = terms(leadership)
            var reports = terms.makeAsyncIterator()
            #expect(await reports.next() == "leads")
            await clock.sleeper(for: .seconds(2))
            server.isBroken.withLock { $0 = true }
            clock.advance(by: .seconds(10))
            #expect(await reports.next() == "ends")
            #expect(leadership.remaining == .zero)
            server.isBroken.withLock { $0 = false }
            await clock.sleeper(for: .seconds(2))
            clock.advance(by: .seconds(2))
            #expect(await reports.next() == "leads")
            task.cancel()
            await task.value
        }
    }

    @Test func `says once what is missing, and tries again later`() async throws {
        server.hasNamespace.withLock { $0 = false }
        try await withLeadership { leadership in
            let (terms, task) = terms(leadership)
            var reports = terms.makeAsyncIterator()
            for _ in 0..<3 {
                await clock.sleeper(for: .seconds(2))
                #expect(leadership.lastTrouble != nil)
                #expect(troubles.withLock { $0.count } == 1)
                clock.advance(by: .seconds(2))
            }
            await clock.sleeper(for: .seconds(2))
            server.hasNamespace.withLock { $0 = true }
            clock.advance(by: .seconds(2))
            #expect(await reports.next() == "leads")
            #expect(leadership.lastTrouble == nil)
            task.cancel()
            await task.value
        }
    }

    @Test func `waits for a holder that is silent, and never works beside one`() async throws {
        let holder = LeaseRecord(
            holder: "it", durationSeconds: 15, acquireTime: nil, renewTime: nil, transitions: 3)
        server.set(holder)
        try await withLeadership { leadership in
            let (terms, task) = terms(leadership)
            for _ in 0..<7 {
                await clock.sleeper(for: .seconds(2))
                clock.advance(by: .seconds(2))
            }
            await clock.sleeper(for: .seconds(1))
            #expect(leadership.remaining == .zero)
            #expect(leadership.holder == "it")
            #expect(server.record == holder)
            clock.advance(by: .seconds(1))
            var reports = terms.makeAsyncIterator()
            #expect(await reports.next() == "leads")
            #expect(server.record?.transitions == 4)
            leadership.resign()
            await task.value
        }
    }

    @Test func `that is told to end before it leads leaves the lease alone`() async throws {
        server.set(
            LeaseRecord(
                holder: "it", durationSeconds: 15, acquireTime: nil, renewTime: nil,
                transitions: 3))
        try await withLeadership { leadership in
            let (terms, task) = terms(leadership)
            await clock.sleeper(for: .seconds(2))
            leadership.resign()
            await task.value
            var reports = terms.makeAsyncIterator()
            #expect(await reports.next() == nil)
            #expect(server.record?.holder == "it")
        }
    }

    @Test func `takes a lease that is given back while it waits, without waiting on`() async throws
    {
        let holder = LeaseRecord(
            holder: "it", durationSeconds: 15, acquireTime: nil, renewTime: nil, transitions: 3)
        server.set(holder)
        let given = DispatchSemaphore(value: 0)
        server.watched.withLock { $0 = given }
        try await withLeadership { leadership in
            let (terms, task) = terms(leadership)
            await clock.sleeper(for: .seconds(2))
            var free = holder
            free.holder = ""
            server.set(free)
            given.signal()
            var reports = terms.makeAsyncIterator()
            #expect(await reports.next() == "leads")
            leadership.resign()
            await task.value
        }
    }
}
