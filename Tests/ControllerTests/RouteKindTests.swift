import Curl
import KubernetesClient
import KubernetesObjects
import Testing

@testable import Controller

struct `A kind of route` {
    @Test func `that is missing is looked for every ten seconds only`() async {
        let start = ContinuousClock.now
        let elapsed = Lock(Duration.zero)
        let looks = Lock(0)
        let kind = RouteKind(
            .httpRoutes, versions: ["v1"], namespaces: nil,
            now: { start + elapsed.withLock { $0 } })
        for seconds in [0, 9, 10, 19] {
            elapsed.withLock { $0 = .seconds(seconds) }
            await #expect(throws: ClusterError.self) {
                try await kind.served {
                    looks.withLock { $0 += 1 }
                    return nil
                }
            }
        }
        #expect(looks.withLock { $0 } == 2)
    }

    @Test func `is looked for again once its version is gone`() async throws {
        let kind = RouteKind(.httpRoutes, versions: ["v1", "v1beta1"], namespaces: nil)
        let former = Resource.httpRoutes.inVersion("v1beta1")
        #expect(try await kind.served { former } == former)
        #expect(try await kind.served { .httpRoutes } == former)
        await kind.forget(former)
        #expect(try await kind.served { .httpRoutes } == .httpRoutes)
        // What comes late is about the former one.
        await kind.forget(former)
        #expect(try await kind.served { former } == .httpRoutes)
    }
}
