import Documents
import KubernetesObjects
import Manifests
import Rollouts
import Testing

@testable import Controller

struct `What was read of a rollout` {
    /// A cluster has thousands that rest, and each has a turn now and then.
    @Test func `is kept of the last ones only that came to rest`() async {
        let memory = Recollection()
        let keys = (0..<100).map { RolloutKey(namespace: "web", name: "shop-\($0)") }
        let atRest = Object(["metadata": ["namespace": "web", "name": "shop"]])
        for key in keys {
            await memory.keep(RolloutReading(atRest, routers: []), of: key)
            #expect(await memory.reading(of: key) != nil)
        }
        var kept = 0
        for key in keys where await memory.reading(of: key) != nil { kept += 1 }
        #expect(kept <= 16)
    }

    @Test func `is forgotten with it`() async {
        let memory = Recollection()
        let key = RolloutKey(namespace: "web", name: "shop")
        let atRest = Object(["metadata": ["namespace": "web", "name": "shop"]])
        await memory.keep(RolloutReading(atRest, routers: []), of: key)
        await memory.forget(key)
        #expect(await memory.reading(of: key) == nil)
    }

    /// What it finds then may be its own, and is nobody's skip.
    @Test func `is no step where nobody knows whether it was stored`() async {
        let memory = Recollection()
        let key = RolloutKey(namespace: "web", name: "shop")
        var status = Status()
        status.currentStepIndex = 1
        await memory.stored(status, of: key)
        #expect(await memory[key].lastStepIndex == 1)
        await memory.mayHaveStored(key)
        #expect(await memory[key].lastStepIndex == nil)
    }
}
