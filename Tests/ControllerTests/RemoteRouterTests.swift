import Curl
import Documents
import Extensions
import KubernetesObjects
import Manifests
import Synchronization
import Testing
import Traffic

@testable import Controller

struct `A router of somebody else` {
    private let remote: RemoteRouter
    private let key = RolloutKey(namespace: "web", name: "shop")

    init() throws {
        let rollout = RoutedRollout(
            namespace: "web", name: "shop", stableService: nil, canaryService: nil,
            maximumWeight: nil)
        let reader = Reader([:], findings: Reader.Findings())
        let router = RouterKind.extension("acme/mesh").parse(reader, rollout)
        remote = try #require(router?.remote)
    }

    /// A turn whose extension answers so, and what that was asked.
    private func turn(
        _ status: Int, _ body: String, heard: @escaping @Sendable (JSON) -> Void = { _ in }
    ) throws -> RolloutTurn {
        let address = try ExtensionAddress("unix:/run/mesh.sock")
        return RolloutTurn(
            cluster: Cluster(
                get: { _ in nil }, list: { _, _ in [] },
                write: { _ throws(ClusterError) in throw .refused("nothing is written") }),
            memory: Recollection(), plugins: .none,
            journal: Journal(
                announce: { _, _ in }, decided: { _, _ in }, stumbled: { _, _, _ in }),
            now: { Timestamp(seconds: 0) },
            remoteRouters: ExtensionCaller(["acme/mesh": address]) { request throws(CurlError) in
                if let json = request.json { heard(json) }
                return Response(head: ResponseHead(status: status), body: Array(body.utf8))
            },
            askExtension: { _ in })
    }

    private var nothing: Observed {
        Observed(
            objects: [:],
            owner: OwnerReference(apiVersion: "v1", kind: "Rollout", name: "shop", uid: "u"))
    }

    @Test func `is seen as it says that it is`() async throws {
        let heard = Mutex<[JSON]>([])
        let turn = try turn(200, #"{"weight":30}"#) { json in heard.withLock { $0.append(json) } }
        var observed = nothing
        await turn.look(at: remote, of: key, for: &observed)
        #expect(observed.objects[remote.reference]?.json == ["weight": 30])
        #expect(heard.withLock { $0.map { $0["operation"] } } == ["read"])
    }

    @Test func `that is silent is unknown, and the turn goes on`() async throws {
        var observed = nothing
        let heard = Mutex(0)
        let turn = try turn(500, "") { _ in heard.withLock { $0 += 1 } }
        await turn.look(at: remote, of: key, for: &observed)
        #expect(observed.objects.isEmpty)
        #expect(observed.denied[remote.reference] == "received status 500")
        // No other rollout waits for it right afterwards.
        await turn.look(at: remote, of: key, for: &observed)
        #expect(observed.denied[remote.reference] == "it gave no answer a moment ago")
        #expect(heard.withLock { $0 } == 1)
    }

    @Test func `is told what to do, again later where it gives no answer`() async throws {
        try await order(turn(200, "{}"))
        await #expect(throws: ClusterError.unreachable("extension acme/mesh: received status 500"))
        {
            try await order(turn(500, ""))
        }
        await #expect(throws: ClusterError.refused("extension acme/mesh: no such mesh")) {
            try await order(turn(200, #"{"error":"no such mesh"}"#))
        }
    }

    private func order(
        _ turn: RolloutTurn, isBack: Bool = false, seen: Observed? = nil
    ) async throws(ClusterError) {
        let change = Change(remote.reference, .patch(.merge(["operation": "setWeight"])))
        try await turn.order(change, of: remote, isBack: isBack, for: key, seen ?? nothing)
    }

    /// An order that comes late is known by its number, also after another one has led.
    @Test func `is told in numbers that grow, from the one that it took last`() async throws {
        let heard = Mutex<[Int?]>([])
        let turn = try turn(200, "{}") { json in
            heard.withLock { $0.append(json["number"]?.int) }
        }
        try await order(turn)
        try await order(turn)
        var seen = nothing
        for number: JSON in [40, 3, .int(.max), "x"] {
            seen.objects[remote.reference] = Object(["weight": 0, "number": number])
            try await order(turn, seen: seen)
        }
        #expect(heard.withLock { $0 } == [1, 2, 41, 42, 43, 44])
    }

    /// What was asked for last could come first.
    @Test func `is not raised while an order has no answer, and takes back all the same`()
        async throws
    {
        let memory = Recollection()
        func begins(isBack: Bool, at seconds: Int64 = 0) async -> Int? {
            await memory.beginsOrder(
                to: remote.name, of: key, after: 0, isBack: isBack,
                at: Timestamp(seconds: seconds))
        }
        #expect(await begins(isBack: false) == 1)
        #expect(await begins(isBack: false) == nil)
        #expect(await begins(isBack: true) == 2)
        await memory.endsOrder(1, to: remote.name, of: key)
        #expect(await begins(isBack: false) == nil)
        await memory.endsOrder(2, to: remote.name, of: key)
        await memory.endsOrder(2, to: remote.name, of: key)
        #expect(await begins(isBack: false) == 3)
        // Another process, which heard nothing yet.
        await memory.forgetAll()
        #expect(await begins(isBack: true, at: 60) == 60_001)
    }

    /// Somebody looks at a page: no program is asked for that.
    @Test func `is shown as it said last, else as it was asked`() async throws {
        let heard = Mutex(0)
        let turn = try turn(200, #"{"weight":30}"#) { _ in heard.withLock { $0 += 1 } }
        let rollout = Object([
            "metadata": ["namespace": "web", "name": "shop"],
            "status": ["canary": ["weights": ["canary": ["weight": 20]]]],
        ])
        var observed = nothing
        await turn.recall(remote, of: rollout, for: &observed)
        #expect(observed.objects[remote.reference]?.json == ["weight": 20])
        #expect(heard.withLock { $0 } == 0)
        await turn.look(at: remote, of: key, for: &observed)
        observed = nothing
        await turn.recall(remote, of: rollout, for: &observed)
        #expect(observed.objects[remote.reference]?.json == ["weight": 30])
        #expect(heard.withLock { $0 } == 1)
    }
}

extension CurlRequest {
    fileprivate var json: JSON? {
        do {
            return try JSON(parsing: body ?? [], file: "question")
        } catch {
            return nil
        }
    }
}
