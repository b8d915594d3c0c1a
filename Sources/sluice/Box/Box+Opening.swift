import Curl

extension Box {
    /// Waits until nginx answers, for the API and the Ingresses alike: an address that is told
    /// sooner leads nowhere yet.
    func waitUntilOpen() async throws {
        let client = CurlClient()
        var request = CurlRequest(url: ingressAddress)
        request.timeoutMilliseconds = 1_000
        while true {
            do {
                _ = try await client.execute(request)
                return
            } catch {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}
