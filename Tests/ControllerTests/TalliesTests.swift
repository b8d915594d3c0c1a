import KubernetesClient
import KubernetesObjects
import Testing

@testable import Controller

struct `What a controller counts of requests` {
    private let tallies = Tallies()
    private let first = Reference(.rollouts, namespace: "web", name: "first")
    private let second = Reference(.rollouts, namespace: "web", name: "second")

    private func request(in namespace: String, status: Int = 200) -> AnsweredRequest {
        AnsweredRequest(kind: "rollouts", namespace: namespace, verb: "Patch", status: status)
    }

    @Test func `goes with the last object of its namespace`() async {
        for rollout in [first, second] { await tallies.took(rollout, seconds: 1, failed: false) }
        for namespace in ["web", "other", ""] { await tallies.asked(request(in: namespace)) }
        await tallies.forget(first)
        #expect(await tallies.requests.count == 3)
        await tallies.forget(first)
        #expect(await tallies.requests.count == 3)
        await tallies.forget(second)
        #expect(Set(await tallies.requests.keys.map(\.namespace)) == ["other", ""])
    }

    @Test func `makes room for what is new, by what was asked where nothing is left`() async {
        await tallies.took(first, seconds: 1, failed: false)
        for _ in 0..<2 { await tallies.asked(request(in: "web")) }
        for number in 1..<Tallies.maximumRequestKinds {
            await tallies.asked(request(in: "gone-\(number)"))
        }
        await tallies.asked(request(in: "new"))
        #expect(await tallies.requests == [request(in: "web"): 2, request(in: "new"): 1])
    }

    @Test func `begins anew where all that is there is too much`() async {
        await tallies.took(first, seconds: 1, failed: false)
        for number in 0...Tallies.maximumRequestKinds {
            await tallies.asked(request(in: "web", status: number))
        }
        let last = request(in: "web", status: Tallies.maximumRequestKinds)
        #expect(await tallies.requests == [last: 1])
    }
}
