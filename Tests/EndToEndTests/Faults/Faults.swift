import Documents
import Serving
import Synchronization

/// What happens at a door, and how often it has happened.
final class Trouble: Sendable {
    private let state = Mutex(State())

    private struct State: Sendable {
        var isOn = false
        var calls = 0
        var tally: [String: Int] = [:]
    }

    /// From now on, or no more.
    func happens(_ isOn: Bool) { state.withLock { $0.isOn = isOn } }

    /// How often what happened.
    var tally: [String: Int] { state.withLock { $0.tally } }

    private func note(_ what: String) { state.withLock { $0.tally[what, default: 0] += 1 } }

    /// The number of a call, from 0; nil where nothing is to happen to it.
    private func number() -> Int? {
        state.withLock { state in
            guard state.isOn else { return nil }
            state.calls += 1
            return state.calls - 1
        }
    }

    /// Cuts every watch a second after it began, from the very first.
    var cutsWatches: Fault {
        { call, forward in
            let response = await forward()
            guard call.isWatch else { return response }
            self.note("cut")
            return response.cut(after: .seconds(1))
        }
    }

    /// Half of all calls, in bursts of six: the server has no time, or it stumbles, before what was
    /// asked is done or after.
    var stumbles: Fault {
        { call, forward in
            guard !call.isWatch, let number = self.number(), number % 12 < 6 else {
                return await forward()
            }
            switch number % 3 {
            case 0:
                self.note("429")
                return Self.refusal(429, "TooManyRequests", retryAfter: 1)
            case 1:
                self.note("500")
                return Self.refusal(500, "InternalError")
            default:
                if call.isWrite { self.note("500 after a write") }
                _ = await forward()
                return Self.refusal(500, "InternalError")
            }
        }
    }

    private static func refusal(
        _ code: Int, _ reason: String, retryAfter: Int? = nil
    ) -> Response {
        let status: JSON = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": .int(Int64(code)), "reason": .string(reason), "message": "made up by a test",
        ]
        var response = Response.json(status.bytes, status: code)
        response.headers["Retry-After"] = retryAfter.map { "\($0)" }
        return response
    }

    /// Of eight calls one is carried out two seconds late, and one is answered two seconds late.
    var delays: Fault {
        { call, forward in
            guard !call.isWatch, let number = self.number() else { return await forward() }
            switch number % 8 {
            case 1:
                self.note("late")
                await Self.pause(.seconds(2))
                return await forward()
            case 5:
                self.note("answered late")
                let response = await forward()
                await Self.pause(.seconds(2))
                return response
            default: return await forward()
            }
        }
    }

    /// Only counts how calls end.
    var counts: Fault {
        { call, forward in
            let response = await forward()
            self.note("\(response.status)")
            return response
        }
    }

    private static func pause(_ duration: Duration) async {
        // Cancelled: nobody waits for the answer any more.
        do { try await Task.sleep(for: duration) } catch {}
    }
}

extension Response {
    /// The same, whose connection breaks after some time.
    fileprivate func cut(after duration: Duration) -> Response {
        guard case .stream(let produce) = body else { return self }
        var response = self
        response.body = .stream { writer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await produce(writer) }
                group.addTask {
                    try await Task.sleep(for: duration)
                    throw Failure("cut")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
        return response
    }
}
