import KubernetesObjects
import Notifications
import Rollouts
import Testing

@testable import Controller

struct `The queues of a controller` {
    private let queues = Queues()
    private let service = Reference(.services, namespace: "web", name: "shop")

    private var added: [String: Int] {
        get async {
            await queues.tallies.reduce(into: [:]) { $0[$1.name] = $1.tally.added }
        }
    }

    /// Holds: 7.3 workqueue.
    @Test func `are all among those that are told of`() async {
        #expect(Mirror(reflecting: Term()).children.count == Term().all.count)
        let names = await queues.tallies.map(\.name)
        #expect(names == names.sorted())
        #expect(Set(names).count == Term().all.count)
    }

    /// Holds: 7.3 workqueue.
    @Test func `are told of by their names`() async {
        let term = await queues.term
        let rollout = RolloutKey(namespace: "web", name: "shop")
        for number in 1...2 {
            await term.bindings.add(Reference(.services, namespace: "web", name: "\(number)"))
        }
        await term.rollouts.add(rollout)
        for name in ["a", "b", "c"] {
            let destination = Destination(service: "slack", recipient: name)
            let errand = Errand(cause: .event, reference: service, destination: destination)
            await term.lanes.lane(for: destination, "web").add(errand)
        }
        var expected = await added.mapValues { _ in 0 }
        (expected["Services"], expected["Rollouts"], expected["Notifications"]) = (2, 1, 3)
        #expect(await added == expected)
        let notifications = await queues.tallies.first { $0.name == "Notifications" }
        #expect(notifications?.tally.depth == 3)
    }

    @Test func `go on counting in the next term, and are empty`() async {
        let destination = Destination(service: "slack", recipient: "a")
        for _ in 0..<2 {
            let term = await queues.renew()
            await term.bindings.add(service)
            let errand = Errand(cause: .event, reference: service, destination: destination)
            await term.lanes.lane(for: destination, "web").add(errand)
        }
        let tallies = await queues.tallies.filter { $0.tally.added > 0 }
        #expect(tallies.map(\.name) == ["Notifications", "Services"])
        #expect(tallies.map(\.tally.added) == [2, 2])
        #expect(tallies.map(\.tally.depth) == [1, 1])
    }
}
