import Documents
import KubernetesObjects
import Rollouts
import Synchronization
import Testing
import Traffic

@testable import Manifests

struct `A rollout that is read again` {
    /// Versions of one object, and objects that look like one.
    private static let versions: [Object] = [
        rollout(),
        rollout { $0["status"] = ["phase": "Progressing", "currentStepIndex": 2] },
        rollout { $0["status"] = ["currentStepIndex": 99] },
        rollout { $0["status"] = ["collisionCount": 1] },
        rollout { $0.set("4", at: ["metadata", "annotations", "rollout.argoproj.io/revision"]) },
        rollout { $0.set(8, at: ["metadata", "generation"]) },
        rollout { $0.set("stall", at: ["metadata", "name"]) },
        rollout { $0.set("other", at: ["metadata", "namespace"]) },
        rollout { $0.set(6, at: ["spec", "replicas"]) },
        rollout { $0.set("blue", at: ["spec", "template", "metadata", "labels", "colour"]) },
        rollout { $0.set(["unknown": 1], at: ["spec", "strategy", "canary", "steps"]) },
        rollout { $0["surplus"] = 1 },
    ]

    @Test(arguments: versions.indices, versions.indices)
    func `says what it says when it is read for the first time`(before: Int, after: Int) {
        let former = RolloutReading(Self.versions[before], routers: someRouters)
        let object = Self.versions[after]
        let again = RolloutReading(object, routers: someRouters, after: former).parsed
        let fresh = RolloutDocument.parse(object, routers: someRouters)
        #expect(again.rollout == fresh.rollout)
        #expect(again.findings == fresh.findings)
        #expect(again.invalidSpecMessage == fresh.invalidSpecMessage)
        #expect(again.template == fresh.template && again.meaning == fresh.meaning)
        #expect(again.formerTemplateHash == fresh.formerTemplateHash)
        #expect(again.routerKeys == fresh.routerKeys && again.stepAnalyses == fresh.stepAnalyses)
        #expect(again.backgroundAnalysis == fresh.backgroundAnalysis)
    }

    @Test(arguments: versions.indices, versions.indices)
    func `finds its ReplicaSets as if for the first time`(before: Int, after: Int) {
        let sets = Self.versions.map { ReplicaSetDocument.created(for: $0, hash: "x", revision: 1) }
        var former = RolloutReading(Self.versions[before], routers: someRouters)
        #expect(former.replicaSets(sets).count == sets.count)
        let object = Self.versions[after]
        var again = RolloutReading(object, routers: someRouters, after: former)
        let fresh = RolloutDocument.parse(object, routers: someRouters)
        #expect(
            again.replicaSets(sets) == sets.map { ReplicaSetDocument.parse($0, of: fresh) })
    }

    @Test func `has its spec read once while only its status changes`() {
        let times = Mutex(0)
        let router = RouterKind(key: "nginx", isPlugin: false) { _, _ in
            times.withLock { $0 += 1 }
            return nil
        }
        var reading: RolloutReading?
        for step in 0...3 {
            let object = rollout { $0["status"] = ["currentStepIndex": .int(Int64(step))] }
            reading = RolloutReading(object, routers: [router], after: reading)
            #expect(reading?.parsed.rollout.status.currentStepIndex == step)
        }
        #expect(times.withLock { $0 } == 1)
    }
}
