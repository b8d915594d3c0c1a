import Documents
import KubernetesObjects
import ObjectStore
import Testing

struct `An update` {
    @Test func `of a stale version is a conflict`() throws {
        var yard = try Yard()
        let old = try yard.create(.rollouts, "web", ["spec": ["replicas": 1]])
        try yard.merge(.rollouts, "web", ["spec": ["replicas": 2]])
        let error = #expect(throws: StoreError.self) {
            try yard.store.update(yard.at(.rollouts, "web"), to: old, by: yard.writer())
        }
        #expect(
            error?.message
                == "Operation cannot be fulfilled on rollouts.argoproj.io \"web\": the object has "
                + "been modified; please apply your changes to the latest version and try again")
        #expect(error?.reason == "Conflict")
    }

    @Test func `of a custom resource must name its version, of others need not`() throws {
        var yard = try Yard()
        for (resource, code) in [(Resource.rollouts, 422), (.configMaps, nil)] as [(Resource, Int?)]
        {
            var object = try yard.create(resource, "a")
            object["metadata", "resourceVersion"] = .none
            object["metadata", "labels"] = ["x": "y"]
            do throws(StoreError) {
                _ = try yard.store.update(yard.at(resource, "a"), to: object, by: yard.writer())
                #expect(code == nil)
            } catch {
                #expect(error.code == code)
            }
        }
    }

    @Test func `keeps what is the server's`() throws {
        var yard = try Yard()
        let old = try yard.create(.configMaps, "a", ["data": ["k": "1"]])
        let new = Object([
            "metadata": [
                "name": "a", "creationTimestamp": "2001-01-01T00:00:00Z", "generation": 9,
            ],
            "data": ["k": "2"],
        ])
        let object = try yard.store.update(yard.at(.configMaps, "a"), to: new, by: yard.writer())
            .object
        #expect(object.uid == old.uid)
        #expect(object.creationTimestamp == old.creationTimestamp)
        #expect(object.generation == old.generation)
        #expect(object["data"] == ["k": "2"])
    }

    @Test func `of another uid is a conflict`() throws {
        var yard = try Yard()
        var object = try yard.create(.configMaps, "a")
        object["metadata", "uid"] = "other"
        let error = #expect(throws: StoreError.self) {
            try yard.store.update(yard.at(.configMaps, "a"), to: object, by: yard.writer())
        }
        #expect(error?.reason == "Conflict")
    }

    @Test func `that changes nothing writes nothing`() throws {
        var yard = try Yard()
        let old = try yard.create(.rollouts, "web", ["spec": ["replicas": 1]])
        let written = try yard.store.update(
            yard.at(.rollouts, "web"), to: old, by: yard.writer("m"))
        #expect(written.changes == [])
        #expect(written.object == old)
    }

    @Test func `raises the generation with the spec alone`() throws {
        var yard = try Yard()
        try yard.create(.rollouts, "web", ["spec": ["replicas": 1]])
        #expect(
            try yard.merge(.rollouts, "web", ["metadata": ["labels": ["a": "b"]]]).generation == 1)
        #expect(
            try yard.merge(.rollouts, "web", ["status": ["phase": "x"]], at: .status).generation
                == 1)
        #expect(try yard.merge(.rollouts, "web", ["spec": ["replicas": 2]]).generation == 2)
    }

    @Test func `raises the generation with the status of a kind that has no endpoint for it`()
        throws
    {
        var yard = try Yard()
        try yard.create(.analysisRuns, "run")
        #expect(try yard.merge(.analysisRuns, "run", ["status": ["phase": "x"]]).generation == 2)
    }

    @Test func `of a selector that cannot change is invalid`() throws {
        var yard = try Yard()
        try yard.create(.replicaSets, "rs", ["spec": ["selector": ["matchLabels": ["a": "b"]]]])
        let error = #expect(throws: StoreError.self) {
            try yard.merge(.replicaSets, "rs", ["spec": ["selector": ["matchLabels": ["a": "c"]]]])
        }
        #expect(error?.causes.map(\.field) == ["spec.selector"])
    }
}

struct `The status endpoint` {
    /// Holds: 1.0 status, 7.6 without the subresource.
    @Test func `changes the status alone, and the main one all but it`() throws {
        var yard = try Yard()
        try yard.create(.rollouts, "web", ["spec": ["replicas": 1]])
        let both: JSON = [
            "metadata": ["labels": ["a": "b"]], "spec": ["replicas": 5],
            "status": ["phase": "Healthy"],
        ]
        let status = try yard.merge(.rollouts, "web", both, at: .status)
        #expect(status.spec == ["replicas": 1])
        #expect(status.labels == [:])
        #expect(status.status == ["phase": "Healthy"])
        let main = try yard.merge(
            .rollouts, "web", ["spec": ["replicas": 5], "status": ["phase": "Degraded"]])
        #expect(main.spec == ["replicas": 5])
        #expect(main.status == ["phase": "Healthy"])
    }

    @Test func `is not found where the kind has none`() throws {
        var yard = try Yard()
        try yard.create(.analysisRuns, "run")
        #expect(throws: StoreError.unknownResource) {
            try yard.merge(.analysisRuns, "run", ["status": ["phase": "x"]], at: .status)
        }
    }
}

struct `A patch of a stored object` {
    @Test func `with a stale version is a conflict`() throws {
        var yard = try Yard()
        let old = try yard.create(.rollouts, "web")
        try yard.merge(.rollouts, "web", ["spec": ["paused": true]])
        let stale: JSON = [
            "metadata": ["resourceVersion": .string(old.resourceVersion)],
            "spec": ["paused": false],
        ]
        let error = #expect(throws: StoreError.self) { try yard.merge(.rollouts, "web", stale) }
        #expect(error?.code == 409)
        #expect(try yard.get(.rollouts, "web").spec == ["paused": true])
    }

    @Test func `cannot rename`() throws {
        var yard = try Yard()
        try yard.create(.configMaps, "a")
        let error = #expect(throws: StoreError.self) {
            try yard.merge(.configMaps, "a", ["metadata": ["name": "b"]])
        }
        #expect(error?.code == 400)
    }

    @Test func `answers with the code of its mistake`() throws {
        var yard = try Yard()
        try yard.create(.rollouts, "web")
        let mistakes: [(Patch, Int)] = [
            (.strategic(["spec": [:]]), 415),
            (.json([["op": "jump", "path": "/"]]), 400),
            (.json([["op": "remove", "path": "/spec"]]), 422),
            (.merge([]), 400),
        ]
        for (patch, code) in mistakes {
            let error = #expect(throws: StoreError.self) {
                try yard.store.patch(yard.at(.rollouts, "web"), with: patch, by: yard.writer())
            }
            #expect(error?.code == code)
        }
    }

    @Test func `by server-side apply creates, and conflicts over fields`() throws {
        var yard = try Yard()
        let web = yard.at(.deployments, "web")
        func wanted(_ replicas: JSON) -> JSON {
            [
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"],
                "spec": ["replicas": replicas], "status": ["replicas": 9],
            ]
        }
        let first = try yard.store.patch(
            web, with: .apply(wanted(1), manager: "ci", force: false), by: yard.writer())
        #expect(first.isNew)
        #expect(first.object.status == nil)
        #expect(
            first.object.metadata["managedFields"]?[0]?["fieldsV1"] == [
                "f:spec": ["f:replicas": [:]]
            ])
        let error = #expect(throws: StoreError.self) {
            try yard.store.patch(
                web, with: .apply(wanted(2), manager: "scaler", force: false), by: yard.writer())
        }
        #expect(error?.reason == "Conflict")
        #expect(
            error?.causes == [
                StoreError.Cause(
                    field: ".spec.replicas", reason: "FieldManagerConflict",
                    message: "conflict with \"ci\"")
            ])
        let again = try yard.store.patch(
            web, with: .apply(wanted(1), manager: "ci", force: false), by: yard.writer())
        #expect(again.changes == [])
    }
}

struct `The scale endpoint` {
    private let web: JSON = ["spec": ["replicas": 3, "selector": ["matchLabels": ["app": "web"]]]]

    /// Holds: 1.0 scale.
    @Test func `shows the replicas of a rollout where its status keeps them`() throws {
        var yard = try Yard()
        try yard.create(.rollouts, "web", web)
        try yard.merge(
            .rollouts, "web", ["status": ["HPAReplicas": 2, "selector": "app=web"]], at: .status)
        let scale = try yard.store.scale(of: yard.at(.rollouts, "web"))
        #expect(scale.spec == ["replicas": 3])
        #expect(scale.status == ["replicas": 2, "selector": "app=web"])
    }

    @Test func `sets the replicas by put and by patch`() throws {
        var yard = try Yard()
        try yard.create(.deployments, "web", web)
        let at = yard.at(.deployments, "web")
        var scale = try yard.store.scale(of: at)
        #expect(scale.status == ["replicas": 0, "selector": "app=web"])
        scale["spec", "replicas"] = 5
        #expect(
            try yard.store.updateScale(at, to: scale, by: yard.writer()).object.spec?["replicas"]
                == 5)
        let patched = try yard.store.patchScale(
            at, with: .merge(["spec": ["replicas": 7]]), by: yard.writer())
        #expect(patched.object.spec?["replicas"] == 7)
        #expect(patched.object.generation == 3)
        #expect(throws: StoreError.self) {
            try yard.store.updateScale(at, to: scale, by: yard.writer())
        }
        #expect(throws: StoreError.self) {
            try yard.store.patchScale(
                at, with: .merge(["spec": ["replicas": -1]]), by: yard.writer())
        }
    }

    @Test func `is not found where the kind has none`() throws {
        var yard = try Yard()
        try yard.create(.configMaps, "a")
        #expect(throws: StoreError.unknownResource) {
            try yard.store.scale(of: yard.at(.configMaps, "a"))
        }
    }
}
