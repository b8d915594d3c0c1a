import Controller
import KubernetesClient
import KubernetesObjects
import Testing

struct `A controller of one namespace` {
    /// Nobody may list those with the rights of one namespace, and who waits for what may not be
    /// listed waits for ever.
    /// Holds: 7.4 namespaced.
    @Test func `knows nothing of what belongs to the whole cluster`() async throws {
        let client = APIClient(Connection(server: "http://localhost"))
        let cluster = LiveCluster(client, namespaces: ["shop"])
        #expect(cluster.caches.keys.filter { !$0.isNamespaced } == [])
        #expect(cluster.caches.values.allSatisfy { $0.selections.map(\.namespace) == ["shop"] })
        let template = Reference(.clusterAnalysisTemplates, namespace: "shop", name: "errors")
        #expect(try await cluster.edge.get(template) == nil)
    }
}
