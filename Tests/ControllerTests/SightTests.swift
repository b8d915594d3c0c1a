import KubernetesObjects
import Testing

@testable import Controller
@testable import KubernetesClient

struct `What cannot be followed any more` {
    private let refused = APIError.refused(status: 403, message: "services is forbidden")
    private let away = APIError.unreachable(reason: "connection refused")

    @Test func `is said once for each reason, and when it is over`() {
        var sight = Sight()
        let lines = [[:], [.services: refused], [.services: refused], [.services: away], [:]]
            .map { sight.changes(to: $0) }
        #expect(
            lines == [
                [], [.lost(.services, refused)], [], [.lost(.services, away)],
                [.regained(.services)],
            ])
    }

    @Test func `is told as well to who monitors the controller, until it is over`() {
        let rollouts = ObjectCache(.rollouts, namespaces: ["shop", "web"])
        let services = ObjectCache(.services)
        func told() -> [String] {
            Sight.followed([services, rollouts]).map { "\($0.kind) \($0.isFollowed)" }
        }
        #expect(told() == [])
        for index in [0, 1] { rollouts.follows(index) }
        #expect(told() == ["rollouts.argoproj.io true"])
        services.fail(0, refused)
        rollouts.fail(1, away)
        #expect(told() == ["rollouts.argoproj.io false", "services false"])
        for cache in [services, rollouts] { cache.follows(cache.selections.count - 1) }
        #expect(told() == ["rollouts.argoproj.io true", "services true"])
    }

    @Test func `does not hide another kind`() {
        var sight = Sight()
        _ = sight.changes(to: [.services: refused])
        #expect(
            sight.changes(to: [.ingresses: refused])
                == [.lost(.ingresses, refused), .regained(.services)])
    }
}
