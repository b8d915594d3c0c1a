import Documents
import KubernetesObjects
import Testing

@testable import KubernetesClient

private let key = ObjectKey(namespace: "shop", name: "a")

struct `A cache after a write of our own` {
    private var content = CacheContent()

    init() {
        _ = content.reset(to: [rollout("a", version: 5)], version: "5", in: .everything)
    }

    private var version: String? { content.objects[key]?.resourceVersion }

    @Test mutating func `sees it before the watch brings it`() {
        let changes = content.observe(rollout("a", version: 8), watched: "5")
        #expect(version == "8")
        #expect(changes.map(\.change.old?.resourceVersion) == ["5"])
    }

    @Test mutating func `does not fall back to what the watch brings late`() {
        _ = content.observe(rollout("a", version: 8), watched: "5")
        #expect(content.apply(.modified(rollout("a", version: 6))).isEmpty)
        #expect(version == "8")
        #expect(content.apply(.modified(rollout("a", version: 8))).isEmpty)
        #expect(content.apply(.modified(rollout("a", version: 9))).count == 1)
        #expect(version == "9")
    }

    @Test mutating func `does not fall back to a write whose answer comes late`() {
        _ = content.apply(.modified(rollout("a", version: 9)))
        #expect(content.observe(rollout("a", version: 8), watched: "9").isEmpty)
        #expect(version == "9")
    }

    @Test mutating func `does not bring back what was deleted before the answer came`() {
        _ = content.apply(.deleted(rollout("a", version: 9)))
        #expect(content.observe(rollout("a", version: 8), watched: "9").isEmpty)
        #expect(version == nil)
    }

    @Test mutating func `keeps it over a list that is older`() {
        _ = content.observe(rollout("b", version: 12, uid: "v"), watched: "5")
        _ = content.observe(rollout("a", version: 11), watched: "5")
        _ = content.reset(to: [rollout("a", version: 5)], version: "10", in: .everything)
        #expect(content.objects.values.map(\.resourceVersion).sorted() == ["11", "12"])
    }

    @Test mutating func `does not see its deleted object again`() {
        let changes = content.observeDeletion(of: key, uid: "u")
        #expect(changes.map(\.change.new) == [nil])
        #expect(content.apply(.modified(rollout("a", version: 6))).isEmpty)
        _ = content.reset(to: [rollout("a", version: 6)], version: "6", in: .everything)
        #expect(version == nil)
        #expect(content.apply(.deleted(rollout("a", version: 7))).isEmpty)
        #expect(content.apply(.added(rollout("a", version: 8, uid: "new"))).count == 1)
        #expect(version == "8")
    }

    @Test mutating func `keeps the successor of an object whose deletion comes late`() {
        _ = content.observeDeletion(of: key, uid: "u")
        _ = content.observe(rollout("a", version: 9, uid: "new"), watched: "5")
        #expect(content.apply(.deleted(rollout("a", version: 7))).isEmpty)
        #expect(version == "9")
    }

    @Test mutating func `on a server without comparable versions takes what comes last`() {
        var own = rollout("a", version: 0)
        own["metadata", "resourceVersion"] = "x"
        _ = content.observe(own, watched: "5")
        #expect(version == "x")
        _ = content.apply(.modified(rollout("a", version: 6)))
        #expect(version == "6")
    }
}

struct `A cache that lists again` {
    @Test func `forgets what is gone, in its own namespace only`() {
        var content = CacheContent()
        var other = rollout("a", version: 3, uid: "v")
        other["metadata", "namespace"] = "test"
        _ = content.reset(
            to: [rollout("a", version: 5), rollout("b", version: 5), other], version: "5",
            in: .everything)
        let changes = content.reset(
            to: [rollout("b", version: 6)], version: "9", in: Selection(namespace: "shop"))
        #expect(changes.map(\.key.name) == ["a", "b"])
        #expect(changes.map(\.change.new?.resourceVersion) == [nil, "6"])
        #expect(content.objects.keys.sorted().map(\.namespace) == ["shop", "test"])
    }

    @Test func `moves an object that has another owner`() {
        var content = CacheContent()
        _ = content.apply(.added(rollout("a", version: 5, owner: "o")))
        #expect(content.owned(by: "o").count == 1)
        _ = content.apply(.modified(rollout("a", version: 6, owner: "p")))
        #expect(content.owned(by: "o").isEmpty)
        #expect(content.owned(by: "p").count == 1)
        _ = content.apply(.modified(rollout("a", version: 7)))
        #expect(content.owned(by: "p").isEmpty)
    }
}

struct `A cache that remembers only some objects` {
    private var content = CacheContent(remembering: { $0.annotations["due"] != nil })

    private func rollout(_ name: String, version: Int, due: String? = nil) -> Object {
        var object = KubernetesClientTests.rollout(name, version: version)
        object["metadata", "annotations"] = due.map { ["due": .string($0)] }
        return object
    }

    @Test mutating func `tells of all of them and keeps those`() {
        let changes = [rollout("a", version: 5), rollout("b", version: 6, due: "x")]
            .flatMap { content.apply(.added($0)) }
        #expect(changes.map(\.key.name) == ["a", "b"])
        #expect(content.list(namespace: "shop").map(\.name) == ["b"])
        #expect(Array(content.names(beginning: "", namespace: "shop")) == ["b"])
    }

    @Test mutating func `keeps what it knows, against older states of it`() {
        _ = content.apply(.added(rollout("a", version: 5, due: "x,y")))
        _ = content.observe(rollout("a", version: 7), watched: "5")
        #expect(content.apply(.modified(rollout("a", version: 6, due: "y"))).isEmpty)
        _ = content.apply(.deleted(rollout("a", version: 8)))
        #expect(content.objects.isEmpty)
        #expect(Array(content.names(beginning: "", namespace: "shop")).isEmpty)
    }

    @Test mutating func `forgets of a new list what is gone`() {
        _ = content.apply(.added(rollout("a", version: 5, due: "x")))
        _ = content.reset(to: [], version: "9", in: .everything)
        #expect(content.objects.isEmpty)
    }
}

struct `A cache of several namespaces` {
    private var content = CacheContent()

    init() {
        let shop = ["b-2", "a", "b", "b-10", "b.c", "bb-1"].map { rollout($0, version: 5) }
        var other = rollout("b-1", version: 5)
        other["metadata", "namespace"] = "test"
        _ = content.reset(to: shop + [other], version: "5", in: .everything)
    }

    private var names: [String] { Array(content.names(beginning: "b-", namespace: "shop")) }

    @Test func `lists one of them by name`() {
        let names = content.list(namespace: "shop").map(\.name)
        #expect(names == ["a", "b", "b-10", "b-2", "b.c", "bb-1"])
        #expect(content.list(namespace: "test").map(\.name) == ["b-1"])
        #expect(content.list(namespace: "none").isEmpty)
    }

    @Test mutating func `knows which names begin alike, as they come and go`() {
        #expect(names == ["b-10", "b-2"])
        _ = content.apply(.added(rollout("b-0", version: 6, uid: "new")))
        _ = content.apply(.modified(rollout("b-10", version: 7)))
        _ = content.apply(.deleted(rollout("b-2", version: 8)))
        #expect(names == ["b-0", "b-10"])
        #expect(content.names(beginning: "z", namespace: "shop").isEmpty)
    }
}
