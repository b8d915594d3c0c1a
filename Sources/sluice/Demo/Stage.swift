import Controller
import Curl

/// One rollout and the client that loads it.
struct Stage: Sendable {
    let hand: Stagehand
    let request: @Sendable (Box) -> CurlRequest
    /// So many that a verdict, which comes after six seconds at the soonest, rests on a thousand.
    var perSecond = 300

    /// Runs `body` while the client sends.
    func withLoad<Result: Sendable>(
        _ body: @escaping @Sendable (LoadClient) async throws -> Result
    ) async throws -> Result {
        let load = LoadClient(request(hand.box), perSecond: perSecond)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                await load.run()
                return nil
            }
            group.addTask { try await body(load) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    /// Waits until the first request is answered: what came before was no story yet.
    func waitForFirstAnswer() async throws {
        let client = CurlClient()
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            do {
                if try await client.execute(request(hand.box)).head.status == 200 { return }
            } catch {
                if error.isCancelled { throw CancellationError() }
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw DemoFailure("nothing answers at \(request(hand.box).url) after 30 s")
    }
}
