import Documents
import KubernetesObjects
import ObjectStore
import Testing

struct `A list` {
    @Test func `is in the order of namespaces and names`() throws {
        var yard = try Yard()
        for name in ["b", "c", "a"] { try yard.create(.configMaps, name) }
        try yard.create(.configMaps, "z", in: "lab")
        #expect(try yard.names(.configMaps) == ["z", "a", "b", "c"])
        #expect(try yard.names(.configMaps, Selection(namespace: "lab")) == ["z"])
    }

    @Test func `has what its selectors select`() throws {
        var yard = try Yard()
        try yard.create(.pods, "a", labels: ["app": "web"])
        try yard.create(.pods, "b", labels: ["app": "api"])
        try yard.merge(.pods, "b", ["status": ["phase": "Running"]], at: .status)
        let web = try LabelSelector(parsing: "app in (web)")
        #expect(try yard.names(.pods, Selection(labels: web)) == ["a"])
        let running = try FieldSelector(parsing: "status.phase=Running")
        #expect(try yard.names(.pods, Selection(fields: running)) == ["b"])
        #expect(try yard.names(.pods, Selection(namespace: "shop", fields: .name("a"))) == ["a"])
    }

    @Test func `shows one moment on all its pages`() throws {
        var yard = try Yard()
        for name in ["a", "b", "c", "d"] {
            try yard.create(.configMaps, name, ["data": ["k": "1"]])
        }
        let first = try yard.store.list(.configMaps, limit: 2)
        #expect(first.items.map(\.name) == ["a", "b"])
        #expect(first.remaining == 2)
        try yard.delete(.configMaps, "c")
        try yard.create(.configMaps, "cc")
        try yard.merge(.configMaps, "d", ["data": ["k": "2"]])
        let second = try yard.store.list(.configMaps, limit: 2, page: first.nextPage)
        #expect(second.items.map(\.name) == ["c", "d"])
        #expect(second.items.last?["data"] == ["k": "1"])
        #expect(second.resourceVersion == first.resourceVersion)
        #expect(second.nextPage == nil)
    }

    @Test func `cannot go on from a moment that is forgotten or was never there`() throws {
        var yard = try Yard(journalLimit: 3)
        for name in ["a", "b", "c"] { try yard.create(.configMaps, name) }
        let page = try yard.store.list(.configMaps, limit: 1).nextPage
        for name in ["d", "e", "f", "g"] { try yard.create(.configMaps, name) }
        let error = #expect(throws: StoreError.self) {
            try yard.store.list(.configMaps, limit: 1, page: page)
        }
        #expect(error?.code == 410)
        for nonsense in ["", "x", "999999:a:b", "-1:a:b"] {
            let error = #expect(throws: StoreError.self) {
                try yard.store.list(.configMaps, limit: 1, page: nonsense)
            }
            #expect(error?.code == 400)
        }
    }
}

struct `A watch` {
    @Test func `sees what happens after its version`() throws {
        var yard = try Yard()
        try yard.create(.configMaps, "before")
        let version = yard.store.resourceVersion
        try yard.create(.configMaps, "a")
        try yard.merge(.configMaps, "a", ["data": ["k": "v"]])
        try yard.create(.secrets, "other")
        try yard.delete(.configMaps, "a")
        #expect(
            yard.events(after: version, of: .configMaps) == ["ADDED a", "MODIFIED a", "DELETED a"])
        #expect(yard.events(after: yard.store.resourceVersion, of: .configMaps) == [])
        #expect(yard.events(after: version, of: .configMaps, Selection(namespace: "lab")) == [])
    }

    @Test func `sees an object enter and leave its selector`() throws {
        var yard = try Yard()
        let version = yard.store.resourceVersion
        let selection = Selection(labels: LabelSelector(labels: ["in": "yes"]))
        try yard.create(.configMaps, "a")
        try yard.merge(.configMaps, "a", ["metadata": ["labels": ["in": "yes"]]])
        try yard.merge(.configMaps, "a", ["data": ["k": "v"]])
        try yard.merge(.configMaps, "a", ["metadata": ["labels": ["in": "no"]]])
        try yard.delete(.configMaps, "a")
        #expect(
            yard.events(after: version, of: .configMaps, selection)
                == ["ADDED a", "MODIFIED a", "DELETED a"])
    }

    @Test func `gets the last state with the version of the removal`() throws {
        var yard = try Yard()
        try yard.create(.configMaps, "a", ["data": ["k": "v"]])
        let version = yard.store.resourceVersion
        try yard.delete(.configMaps, "a")
        guard case .events(let events) = yard.store.events(after: version, of: .configMaps) else {
            Issue.record("the watch is gone")
            return
        }
        #expect(events.map(\.object.resourceVersion) == [String(version + 1)])
        #expect(events.first?.object["data"] == ["k": "v"])
        #expect(events.first?.json["type"] == "DELETED")
    }

    @Test func `from a forgotten version must list again`() throws {
        var yard = try Yard(journalLimit: 4)
        let version = yard.store.resourceVersion
        for index in 0..<5 { try yard.create(.configMaps, "c\(index)") }
        #expect(yard.events(after: version, of: .configMaps) == ["410"])
        #expect(yard.events(after: version + 1, of: .configMaps).count == 4)
    }

    @Test func `gets bookmarks`() throws {
        let yard = try Yard()
        let bookmark = yard.store.bookmark(of: .rollouts, endsInitialEvents: true)
        #expect(bookmark.json["type"] == "BOOKMARK")
        #expect(bookmark.object.resourceVersion == String(yard.store.resourceVersion))
        #expect(bookmark.object.annotations == ["k8s.io/initial-events-end": "true"])
    }
}

struct `A restored store` {
    @Test func `goes on where the old one was`() throws {
        var yard = try Yard()
        let rollout = try yard.create(.rollouts, "web", labels: ["a": "b"])
        try yard.create(.replicaSets, "rs", owners: [rollout])
        let old = yard.store
        yard.store = try ObjectStore(
            restoring: old.objects, resourceVersion: old.resourceVersion)
        #expect(yard.store.objects == old.objects)
        #expect(yard.events(after: old.resourceVersion - 1, of: .rollouts) == ["410"])
        try yard.delete(.rollouts, "web")
        #expect(!yard.has(.replicaSets, "rs"))
        #expect(yard.store.resourceVersion > old.resourceVersion)
    }

    @Test func `refuses objects that cannot have been in it`() throws {
        let ahead = Object([
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": ["name": "a", "namespace": "shop", "resourceVersion": "9"],
        ])
        #expect(throws: StoreError.self) { try ObjectStore(restoring: [ahead], resourceVersion: 8) }
        let unknown = Object([
            "apiVersion": "x.io/v1", "kind": "X",
            "metadata": ["name": "a", "resourceVersion": "1"],
        ])
        #expect(throws: StoreError.self) {
            try ObjectStore(restoring: [unknown], resourceVersion: 8)
        }
    }
}
