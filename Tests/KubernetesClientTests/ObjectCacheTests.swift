import Documents
import KubernetesObjects
import Testing

@testable import KubernetesClient

/// Runs `body` while `cache` follows a server that answers with `scenes`.
private func following(
    _ cache: ObjectCache, _ scenes: Scenes, _ clock: ManualClock, silence: Int? = nil,
    _ body: () async throws -> Void
) async throws {
    try await withClient(scenes.script) { client, _ in
        var client = client
        if let silence { client.watchSilenceMilliseconds = silence }
        let task = Task { [client] in await cache.follow(client, clock: clock, jitter: { 0 }) }
        defer { task.cancel() }
        try await body()
    }
}

struct `A cache` {
    private let clock = ManualClock()
    private let cache = ObjectCache(.rollouts)

    @Test func `shows what the list and the watch have brought`() async throws {
        let scenes = Scenes(
            lists: [list([rollout("a", version: 5, owner: "o")], version: 5)],
            watches: [
                watch(
                    line("ADDED", "b", version: 6, uid: "v", owner: "o"),
                    line("DELETED", "a", version: 7, owner: "o"))
            ])
        var changes = cache.changes().makeAsyncIterator()
        #expect(!cache.isSynced)
        try await following(cache, scenes, clock) {
            while cache.lastResourceVersion() != "7" { _ = await changes.next() }
            #expect(cache.isSynced)
            #expect(cache.list().map(\.name) == ["b"])
            #expect(cache.owned(by: "o").map(\.name) == ["b"])
            #expect(cache.get(namespace: "shop", name: "b")?.resourceVersion == "6")
            #expect(cache.get(namespace: "shop", name: "a") == nil)
            #expect(cache.progress == [.following])
        }
    }

    @Test func `tells its readers also of what does not stay`() async throws {
        let cache = ObjectCache(.rollouts, remembering: { $0.name != "a" })
        let scenes = Scenes(
            lists: [list([rollout("a", version: 5), rollout("b", version: 4)], version: 5)],
            watches: [watch(line("MODIFIED", "a", version: 6))])
        var changes = cache.changes().makeAsyncIterator()
        try await following(cache, scenes, clock) {
            var told: [String] = []
            while told.count < 3 {
                if let new = await changes.next()?.new {
                    told.append("\(new.name) \(new.resourceVersion)")
                }
            }
            #expect(told == ["a 5", "b 4", "a 6"])
            #expect(cache.list().map(\.name) == ["b"])
        }
    }

    @Test func `goes on where it was after a cut`() async throws {
        let scenes = Scenes(
            lists: [list([], version: 5)],
            watches: [watch(bookmark(9), then: .cut), watch(line("ADDED", "a", version: 10))])
        var changes = cache.changes().makeAsyncIterator()
        try await following(cache, scenes, clock) {
            await clock.sleeper(for: .milliseconds(1))
            clock.advance(by: .milliseconds(1))
            let change = await changes.next()
            #expect(change?.new?.name == "a")
            let requests = [await scenes.next(), await scenes.next(), await scenes.next()]
            #expect(requests.map { $0?.query["resourceVersion"] } == [nil, "5", "9"])
        }
    }

    @Test func `lists again when its version is gone`() async throws {
        let scenes = Scenes(
            lists: [
                list([rollout("a", version: 5)], version: 5),
                list([rollout("b", version: 19, uid: "v")], version: 20),
            ],
            watches: [refusal(410), watch()])
        try await following(cache, scenes, clock) {
            await clock.sleeper(for: .milliseconds(1))
            #expect(cache.list().map(\.name) == ["a"])
            #expect(cache.progress == [.following])
            clock.advance(by: .milliseconds(1))
            for _ in 0..<3 { _ = await scenes.next() }
            let request = await scenes.next()
            #expect(request?.query["resourceVersion"] == "20")
            #expect(cache.list().map(\.name) == ["b"])
        }
    }

    @Test func `gives up a silent watch and goes on from its version`() async throws {
        let scenes = Scenes(
            lists: [list([], version: 5)], watches: [watch(bookmark(6)), watch()])
        try await following(cache, scenes, clock, silence: 500) {
            while cache.lastResourceVersion() != "6" { await Task.yield() }
            await clock.sleeper(for: .milliseconds(1))
            guard case .failing(.unreachable) = cache.progress[0] else {
                Issue.record("unexpected: \(cache.progress)")
                return
            }
            clock.advance(by: .milliseconds(1))
            for _ in 0..<2 { _ = await scenes.next() }
            let request = await scenes.next()
            #expect(request?.query["resourceVersion"] == "6")
        }
    }

    @Test func `waits longer after each failure, and says what failed`() async throws {
        let scenes = Scenes(
            lists: [refusal(403), refusal(500), refusal(403), list([], version: 5)], watches: [])
        try await following(cache, scenes, clock) {
            for milliseconds in [1, 2, 4] {
                await clock.sleeper(for: .milliseconds(milliseconds))
                #expect(!cache.isSynced)
                guard case .failing = cache.progress[0] else {
                    Issue.record("unexpected: \(cache.progress)")
                    return
                }
                clock.advance(by: .milliseconds(milliseconds))
            }
            for _ in 0..<5 { _ = await scenes.next() }
            #expect(cache.isSynced)
        }
    }

    @Test func `ends with the version of its kind, and knows nothing then`() async throws {
        let scenes = Scenes(
            lists: [list([rollout("a", version: 5)], version: 5)], watches: [refusal(404)])
        try await withClient(scenes.script) { client, _ in
            await cache.follow(client, as: .rollouts, clock: clock, jitter: { 0 })
            #expect(!cache.isSynced)
            guard case .failing(.notFound) = cache.progress[0] else {
                Issue.record("unexpected: \(cache.progress)")
                return
            }
        }
    }

    @Test func `waits as long as a throttling server asks`() async throws {
        let scenes = Scenes(
            lists: [refusal(429, headers: ["Retry-After": "7"]), list([], version: 5)], watches: [])
        try await following(cache, scenes, clock) {
            await clock.sleeper(for: .seconds(7))
            #expect(cache.progress == [.failing(.throttled(retryAfterSeconds: 7))])
        }
    }

    @Test func `does not run in circles when each watch ends at once`() async throws {
        let scenes = Scenes(
            lists: [list([], version: 5)],
            watches: [watch(then: .end), watch(then: .end), watch(then: .end)])
        try await following(cache, scenes, clock) {
            for milliseconds in [1, 2, 4] {
                await clock.sleeper(for: .milliseconds(milliseconds))
                clock.advance(by: .milliseconds(milliseconds))
            }
        }
    }

    @Test func `of several namespaces is synced when all are listed`() async throws {
        let cache = ObjectCache(.rollouts, namespaces: ["test", "shop", "shop"])
        #expect(cache.selections.map(\.namespace) == ["shop", "test"])
        let paths = cache.selections.map { Resource.rollouts.path(namespace: $0.namespace) }
        let script: ScriptedServer.Script = { request, dialogue in
            if request.query["watch"] == "true" || request.path == paths[1] {
                dialogue.waitForHangUp()
            } else {
                list([rollout("a", version: 5)], version: 5)(request, dialogue)
            }
        }
        try await withClient(script) { client, _ in
            var changes = cache.changes().makeAsyncIterator()
            let task = Task { [client] in await cache.follow(client, clock: clock, jitter: { 0 }) }
            defer { task.cancel() }
            let change = await changes.next()
            #expect(change?.new?.name == "a")
            #expect(cache.progress[1] == .starting)
            #expect(!cache.isSynced)
            #expect(cache.lastResourceVersion(namespace: "shop") == "5")
            #expect(cache.lastResourceVersion(namespace: "test") == "")
        }
    }

    @Test func `keeps what is left after trimming`() async throws {
        var object = rollout("a", version: 5)
        object["metadata", "managedFields"] = [["manager": "kubectl"]]
        cache.observed(object)
        #expect(cache.list() == [rollout("a", version: 5)])
    }

    @Test func `tells a new reader everything first`() async {
        cache.observed(rollout("b", version: 6, uid: "v"))
        cache.observed(rollout("a", version: 5))
        var changes = cache.changes().makeAsyncIterator()
        let first = await changes.next()
        let second = await changes.next()
        #expect([first, second].map { $0?.new?.name } == ["a", "b"])
        #expect(first?.old == nil)
    }

    @Test func `makes one change of many for a slow reader`() async {
        var changes = cache.changes().makeAsyncIterator()
        for version in 5...9 { cache.observed(rollout("a", version: version)) }
        cache.observed(rollout("b", version: 10, uid: "v"))
        cache.observedDeletion(namespace: "shop", name: "b", uid: "v")
        cache.observed(rollout("c", version: 11, uid: "w"))
        let first = await changes.next()
        let second = await changes.next()
        #expect(first == Change(old: nil, new: rollout("a", version: 9)))
        #expect(second?.new?.name == "c")
    }

    @Test func `ends its changes when their reader is cancelled`() async {
        let changes = cache.changes()
        let task = Task {
            var iterator = changes.makeAsyncIterator()
            return await iterator.next()
        }
        task.cancel()
        #expect(await task.value == nil)
    }
}

struct `A backoff` {
    @Test func `doubles from 1 ms to 30 s and starts over`() {
        var backoff = Backoff()
        let waits = (0..<17).map { _ in backoff.next(jitter: 0) }
        #expect(waits[...2] == [.milliseconds(1), .milliseconds(2), .milliseconds(4)])
        #expect(waits[14...] == [.milliseconds(16384), .seconds(30), .seconds(30)])
        backoff.reset()
        #expect(backoff.next(jitter: 0) == .milliseconds(1))
    }

    @Test(arguments: [(0.0, 1000), (1.0, 500), (7.0, 500), (-1.0, 1000)])
    func `is shortened by at most a half`(jitter: Double, microseconds: Int) {
        var backoff = Backoff()
        #expect(backoff.next(jitter: jitter) == .microseconds(microseconds))
    }
}
