import Curl

extension WebhookCommand {
    /// Asks the program that was started with the same port or socket.
    func askOther() async throws(CommandFailure) {
        var request = CurlRequest(url: "http://127.0.0.1:\(port?.value ?? 0)/healthz")
        request.unixSocketPath = socket
        request.timeoutMilliseconds = probeMilliseconds
        let client = CurlClient()
        defer { client.shutdown() }
        let head: ResponseHead
        do throws(CurlError) {
            head = try await client.execute(request).head
        } catch {
            throw CommandFailure("the webhook does not answer: \(error)")
        }
        guard head.isSuccess else { throw CommandFailure("the webhook answers \(head.status)") }
    }
}

/// Longer than an answer about nothing takes, and shorter than a kubelet waits by the manifests.
private let probeMilliseconds = 3_000
