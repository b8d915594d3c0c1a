import Curl
import Documents

/// The way out for messages.
package struct Post: Sendable {
    /// Tries once, within the time that is given.
    package var deliver: @Sendable (Parcel, _ within: Duration) async -> Verdict

    package init(deliver: @escaping @Sendable (Parcel, Duration) async -> Verdict) {
        self.deliver = deliver
    }

    /// What a service takes for a message that it accepts is a second; one that takes longer than
    /// this is tried again later.
    package static let longestTry = Duration.seconds(10)

    /// Sends every request of a parcel; one that is taken is enough. What a service answers is told
    /// without the secrets that it repeats.
    package static func live(
        redactor: @escaping @Sendable () -> Redactor,
        _ send: @escaping @Sendable (CurlRequest) async throws(CurlError) -> Response
    ) -> Post {
        Post { parcel, time in
            let end = ContinuousClock.now + time
            var worst = Verdict.refused("there is nowhere to send it to")
            var isTaken = false
            for var request in parcel.requests {
                let left = Int(ContinuousClock.now.duration(to: end) / .milliseconds(1))
                guard left > 0 else { return isTaken ? .delivered : worst }
                request.timeoutMilliseconds = min(request.timeoutMilliseconds, left)
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
