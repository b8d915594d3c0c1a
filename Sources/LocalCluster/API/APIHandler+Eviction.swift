import Documents
import KubernetesObjects
import ObjectStore
import Serving

extension APIHandler {
    /// Asks a pod to go. There are no disruption budgets here, so that it always does.
    func evict(_ request: Request, _ pod: Reference) async throws(StoreError) -> Response {
        guard request.method == "POST" else { throw .methodNotAllowed }
        let eviction = try request.document()
        let version = eviction["apiVersion"]?.string ?? ""
        guard eviction["kind"] == "Eviction", Self.policies.contains(version) else {
            throw .badRequest(
                "no kind \"\(eviction["kind"]?.string ?? "")\" is registered for version "
                    + "\"\(version)\"; send an Eviction of policy/v1")
        }
        let (deletion, isDryRun) = try request.deletion(eviction["deleteOptions"] ?? [:])
        var caller = try request.caller()
        caller.isDryRun = caller.isDryRun || isDryRun
        _ = try await server.delete(pod, deletion, by: caller)
        let status: JSON = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
        ]
        return .json(status.bytes, status: 201)
    }

    private static let policies = ["policy/v1", "policy/v1beta1"]
}
