import Documents
import KubernetesObjects

extension APIClient {
    /// The kind in the first of these versions in which the server has it; nil where it has it in
    /// none.
    package func served(
        _ resource: Resource, in versions: [String]
    ) async throws(APIError) -> Resource? {
        for version in versions {
            do throws(APIError) {
                let answer = try await json(Call(path: "/apis/\(resource.group)/\(version)"))
                let kinds = answer["resources"]?.array ?? []
                if kinds.contains(where: { $0["name"]?.string == resource.plural }) {
                    return resource.inVersion(version)
                }
            } catch .notFound {
                continue
            }
        }
        return nil
    }
}
