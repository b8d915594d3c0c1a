import KubernetesClient
import KubernetesObjects
import Testing

@testable import Controller

struct `What a controller counts of requests` {
    private let tallies = Tallies()
    private let first = Reference(.rollouts, namespace: "web", name: "first")
    private let second = Reference(.rollouts, namespace: "web", name: "second")

    private func request(
        in namespace: String, status: Int = 200, kind: String = "rollouts"
    ) -> AnsweredRequest {
        AnsweredRequest(kind: kind, namespace: namespace, verb: "Patch", status: status)
    }

    /// Holds: 7.3 controller_clientset_k8s_request_total.
    @Test func `goes on where the last object of a namespace is gone`() async {
        for rollout in [first, second] { await tallies.took(rollout, seconds: 1, failed: false) }
        for _ in 0..<3 { await tallies.asked(request(in: "web")) }
        await tallies.forget(first)
        await tallies.forget(second)
        await tallies.asked(request(in: "web"))
        #expect(await tallies.requests == [request(in: "web"): 4])
        await tallies.took(first, seconds: 1, failed: false)
        await tallies.asked(request(in: "web"))
        #expect(await tallies.requests == [request(in: "web"): 5])
    }

    @Test func `is kept of namespaces without objects that were asked last`() async {
        await tallies.took(first, seconds: 1, failed: false)
        for _ in 0..<2 { await tallies.asked(request(in: "web")) }
        await tallies.asked(request(in: ""))
        let previews = 3 * Tallies.maximumIdleNamespaces
        for number in 0..<previews {
            await tallies.asked(request(in: "home", kind: "leases"))
            let name = "preview-\(number)"
            let rollout = Reference(.rollouts, namespace: name, name: "first")
            await tallies.took(rollout, seconds: 1, failed: false)
            await tallies.asked(request(in: name))
            await tallies.forget(rollout)
        }
        let kept = await tallies.requests
        #expect(kept.count == 2 + Tallies.maximumIdleNamespaces)
        #expect(kept[request(in: "web")] == 2)
        #expect(kept[request(in: "")] == 1)
        #expect(kept[request(in: "home", kind: "leases")] == previews)
        #expect(kept[request(in: "preview-\(previews - 1)")] == 1)
    }

    @Test func `makes room by namespaces without objects`() async {
        await tallies.asked(request(in: "gone"))
        await tallies.took(first, seconds: 1, failed: false)
        for number in 1...Tallies.maximumRequestKinds {
            await tallies.asked(request(in: "web", status: number))
        }
        let kept = await tallies.requests
        #expect(kept.count == Tallies.maximumRequestKinds)
        #expect(kept[request(in: "gone")] == nil)
    }

    @Test func `never falls where all that is there is too much`() async {
        await tallies.took(first, seconds: 1, failed: false)
        for number in 1...Tallies.maximumRequestKinds {
            await tallies.asked(request(in: "web", status: number))
        }
        for status in [200, 404] {
            for name in ["other", "another"] {
                await tallies.took(
                    Reference(.rollouts, namespace: name, name: "first"), seconds: 1, failed: false)
                await tallies.asked(request(in: name, status: status))
            }
        }
        await tallies.asked(request(in: "web", status: 1))
        let kept = await tallies.requests
        #expect(kept.count == Tallies.maximumRequestKinds + 2)
        #expect(kept[request(in: "web", status: 1)] == 2)
        for status in [200, 404] {
            #expect(kept[request(in: "", status: status, kind: "<other>")] == 2)
        }
    }
}
