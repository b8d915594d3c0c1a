import Curl
import Documents

/// The way out for messages.
package struct Post: Sendable {
    /// Tries once, within bounded time.
    package var deliver: @Sendable (Parcel) async -> Verdict

    package init(deliver: @escaping @Sendable (Parcel) async -> Verdict) {
        self.deliver = deliver
    }

    /// Sends every request of a parcel; one that is taken is enough. What a service answers is told
    /// without the secrets that it repeats.
    package static func live(
        redactor: @escaping @Sendable () -> Redactor,
        _ send: @escaping @Sendable (CurlRequest) async throws(CurlError) -> Response
    ) -> Post {
        Post { parcel in
            var worst = Verdict.refused("there is nowhere to send it to")
            var isTaken = false
            for request in parcel.requests {
                let verdict: Verdict
                do throws(CurlError) {
                    let answer = try await send(request)
                    let text = redactor().redact(answer.text)
                    verdict = parcel.verdict(Response(head: answer.head, body: Array(text.utf8)))
                } catch {
                    verdict = .later("\(error)", seconds: nil)
                }
                if verdict == .delivered { isTaken = true } else { worst = verdict }
            }
            return isTaken ? .delivered : worst
        }
    }
}
