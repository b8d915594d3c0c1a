import KubernetesClient
import KubernetesObjects
import Testing

@testable import Controller

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

    @Test func `does not hide another kind`() {
        var sight = Sight()
        _ = sight.changes(to: [.services: refused])
        #expect(
            sight.changes(to: [.ingresses: refused])
                == [.lost(.ingresses, refused), .regained(.services)])
    }
}
