import Documents
import KubernetesObjects
import ObjectStore
import Testing

struct `A deleted object` {
    @Test func `is gone`() throws {
        var yard = try Yard()
        try yard.create(.configMaps, "a")
        let written = try yard.delete(.configMaps, "a")
        #expect(written.changes.map(\.object) == [nil])
        let error = #expect(throws: StoreError.self) { try yard.get(.configMaps, "a") }
        #expect(error?.message == #"configmaps "a" not found"#)
    }

    @Test func `must be the one that the caller means`() throws {
        var yard = try Yard()
        let object = try yard.create(.configMaps, "a")
        for deletion in [Deletion(uid: "other"), Deletion(resourceVersion: "1")] {
            let error = #expect(throws: StoreError.self) {
                try yard.delete(.configMaps, "a", deletion)
            }
            #expect(error?.code == 409)
        }
        try yard.delete(
            .configMaps, "a", Deletion(uid: object.uid, resourceVersion: object.resourceVersion))
        #expect(!yard.has(.configMaps, "a"))
    }

    @Test func `stays until its last finalizer is removed`() throws {
        var yard = try Yard()
        try yard.create(.rollouts, "web", ["metadata": ["finalizers": ["x/a", "x/b"]]])
        let marked = try yard.delete(.rollouts, "web").object
        #expect(marked.deletionTimestamp == yard.now)
        #expect(marked.generation == 2)
        try yard.merge(.rollouts, "web", ["metadata": ["finalizers": ["x/b"]]])
        #expect(yard.has(.rollouts, "web"))
        try yard.merge(.rollouts, "web", ["metadata": ["finalizers": .null]])
        #expect(!yard.has(.rollouts, "web"))
    }

    @Test func `takes no new finalizers`() throws {
        var yard = try Yard()
        try yard.create(.rollouts, "web", ["metadata": ["finalizers": ["x/a"]]])
        try yard.delete(.rollouts, "web")
        let error = #expect(throws: StoreError.self) {
            try yard.merge(.rollouts, "web", ["metadata": ["finalizers": ["x/a", "x/b"]]])
        }
        #expect(error?.causes.map(\.field) == ["metadata.finalizers"])
    }
}

struct `A deleted collection` {
    @Test func `is what the selector selects, and what that owns`() throws {
        var yard = try Yard()
        let a = try yard.create(.configMaps, "a", labels: ["go": "yes"])
        try yard.create(.configMaps, "b", labels: ["go": "yes"], owners: [a])
        try yard.create(.configMaps, "c", labels: ["go": "no"])
        let selection = Selection(
            namespace: "shop", labels: try LabelSelector(parsing: "go=yes"))
        let (objects, changes) = try yard.store.deleteAll(
            .configMaps, matching: selection, by: yard.writer())
        #expect(objects.map(\.name) == ["a"])
        #expect(changes.map(\.reference.name) == ["a", "b"])
        #expect(try yard.names(.configMaps) == ["c"])
    }

    @Test func `is never one of namespaces`() throws {
        var yard = try Yard()
        let error = #expect(throws: StoreError.self) {
            try yard.store.deleteAll(.namespaces, matching: .everything, by: yard.writer())
        }
        #expect(error?.code == 405)
    }
}

struct `A deleted pod` {
    @Test func `has its grace period to end in`() throws {
        var yard = try Yard()
        try yard.create(.pods, "p", ["spec": ["terminationGracePeriodSeconds": 5]])
        let pod = try yard.delete(.pods, "p").object
        #expect(pod.deletionTimestamp == yard.now.advanced(bySeconds: 5))
        #expect(pod.metadata["deletionGracePeriodSeconds"] == 5)
        #expect(try yard.delete(.pods, "p").changes == [])
        try yard.delete(.pods, "p", Deletion(gracePeriodSeconds: 0))
        #expect(!yard.has(.pods, "p"))
    }

    @Test func `can be given less time, never more`() throws {
        var yard = try Yard()
        try yard.create(.pods, "p")
        try yard.delete(.pods, "p")
        yard.now = yard.now.advanced(bySeconds: 3)
        let sooner = try yard.delete(.pods, "p", Deletion(gracePeriodSeconds: 10)).object
        #expect(sooner.deletionTimestamp == yard.now.advanced(bySeconds: 7))
        #expect(try yard.delete(.pods, "p", Deletion(gracePeriodSeconds: 60)).changes == [])
    }

    @Test func `that has ended needs no time`() throws {
        var yard = try Yard()
        try yard.create(.pods, "p")
        try yard.merge(.pods, "p", ["status": ["phase": "Succeeded"]], at: .status)
        try yard.delete(.pods, "p")
        #expect(!yard.has(.pods, "p"))
    }
}

struct `An owner` {
    private func family() throws -> Yard {
        var yard = try Yard()
        let rollout = try yard.create(.rollouts, "web")
        let set = try yard.create(.replicaSets, "web-1", owners: [rollout])
        try yard.create(.configMaps, "c", owners: [set])
        try yard.create(.pods, "p", owners: [set])
        return yard
    }

    @Test func `takes what it owns with it, pods in their own time`() throws {
        var yard = try family()
        try yard.delete(.rollouts, "web")
        #expect(!yard.has(.replicaSets, "web-1"))
        #expect(!yard.has(.configMaps, "c"))
        #expect(try yard.get(.pods, "p").deletionTimestamp != nil)
    }

    @Test func `deleted in the foreground waits for what it owns`() throws {
        var yard = try family()
        try yard.delete(.rollouts, "web", Deletion(propagation: .foreground))
        #expect(try yard.get(.rollouts, "web").finalizers == ["foregroundDeletion"])
        #expect(try yard.get(.replicaSets, "web-1").deletionTimestamp != nil)
        #expect(!yard.has(.configMaps, "c"))
        try yard.delete(.pods, "p", Deletion(gracePeriodSeconds: 0))
        #expect(!yard.has(.replicaSets, "web-1"))
        #expect(!yard.has(.rollouts, "web"))
    }

    @Test func `deleted as orphan leaves what it owns`() throws {
        var yard = try family()
        try yard.delete(.rollouts, "web", Deletion(propagation: .orphan))
        #expect(try yard.get(.replicaSets, "web-1").owners == [])
        #expect(yard.has(.pods, "p"))
    }

    @Test func `that is not the last one is only forgotten`() throws {
        var yard = try Yard()
        let a = try yard.create(.configMaps, "a")
        let b = try yard.create(.configMaps, "b")
        try yard.create(.configMaps, "child", owners: [a, b])
        try yard.delete(.configMaps, "a")
        #expect(try yard.get(.configMaps, "child").owners.map(\.name) == ["b"])
        try yard.delete(.configMaps, "b")
        #expect(!yard.has(.configMaps, "child"))
    }

    @Test func `that is gone already takes a late child with it`() throws {
        var yard = try Yard()
        let rollout = try yard.create(.rollouts, "web")
        try yard.delete(.rollouts, "web")
        let version = yard.store.resourceVersion
        try yard.create(.replicaSets, "late", owners: [rollout])
        #expect(yard.events(after: version, of: .replicaSets) == ["ADDED late", "DELETED late"])
    }

    @Test func `of a kind that nobody knows is believed`() throws {
        var yard = try Yard()
        let stranger = Object([
            "apiVersion": "x.io/v1", "kind": "X", "metadata": ["name": "x", "uid": "u"],
        ])
        try yard.create(.configMaps, "a", owners: [stranger])
        #expect(yard.has(.configMaps, "a"))
    }

    @Test func `at the head of a long chain takes all of it`() throws {
        for propagation in [Propagation.background, .foreground] {
            var yard = try Yard()
            var last = try yard.create(.configMaps, "c0")
            for index in 1..<500 {
                last = try yard.create(.configMaps, "c\(index)", owners: [last])
            }
            try yard.delete(.configMaps, "c0", Deletion(propagation: propagation))
            #expect(try yard.names(.configMaps) == [])
        }
    }
}

struct `A deleted namespace` {
    @Test func `goes with its content`() throws {
        var yard = try Yard()
        try yard.create(.configMaps, "a")
        try yard.create(.configMaps, "b", in: "lab")
        try yard.delete(.namespaces, "shop")
        #expect(!yard.has(.namespaces, "shop"))
        #expect(try yard.names(.configMaps) == ["b"])
    }

    @Test func `waits for its pods and takes nothing new`() throws {
        var yard = try Yard()
        try yard.create(.pods, "p")
        let namespace = try yard.delete(.namespaces, "shop").object
        #expect(namespace.status == ["phase": "Terminating"])
        let error = #expect(throws: StoreError.self) { try yard.create(.pods, "q") }
        #expect(error?.code == 403)
        try yard.delete(.pods, "p", Deletion(gracePeriodSeconds: 0))
        #expect(!yard.has(.namespaces, "shop"))
    }
}
