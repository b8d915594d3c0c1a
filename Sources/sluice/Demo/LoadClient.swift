import Curl

/// A client that never stops: so many requests a second, each counted by the version that answered.
struct LoadClient: Sendable {
    /// What was counted from the beginning on.
    struct Tally: Hashable, Sendable {
        /// Answers by version, whatever their status.
        var versions: [String: Int] = [:]
        /// Answers with 500 by version: the application's own errors.
        var errors: [String: Int] = [:]
        /// What no application said: no connection, no answer in time, a 502, 503 or 504.
        var failures: [String] = []
        var failureCount = 0

        var total: Int { versions.values.reduce(0, +) }

        static func - (later: Tally, earlier: Tally) -> Tally {
            var difference = Tally()
            difference.versions = later.versions.merging(earlier.versions) { $0 - $1 }.filter {
                $0.value != 0
            }
            difference.errors = later.errors.merging(earlier.errors) { $0 - $1 }.filter {
                $0.value != 0
            }
            difference.failureCount = later.failureCount - earlier.failureCount
            difference.failures = Array(later.failures.dropFirst(earlier.failures.count))
            return difference
        }

        /// The share of `version` among all answers, in percent; nil without any answer.
        func share(of version: String) -> Double? {
            total == 0 ? nil : 100 * Double(versions[version, default: 0]) / Double(total)
        }
    }

    /// So many that a version which answers slowly does not keep the others waiting.
    private static let workers = 64

    private let tally = Lock(Tally())
    private let client = CurlClient()
    private let request: CurlRequest
    private let perSecond: Int

    /// - Parameter perSecond: requests a second, as far as the answers come in time.
    init(_ request: CurlRequest, perSecond: Int) {
        var request = request
        request.timeoutMilliseconds = 8_000
        self.request = request
        self.perSecond = perSecond
    }

    var count: Tally { tally.withLock { $0 } }

    /// Sends until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            let pause = Duration.milliseconds(1_000 * Self.workers / perSecond)
            for worker in 0..<Self.workers {
                group.addTask { await work(worker, every: pause) }
            }
        }
    }

    private func work(_ worker: Int, every pause: Duration) async {
        let clock = ContinuousClock()
        var next = clock.now + pause * worker / Self.workers
        while !Task.isCancelled {
            do {
                try await clock.sleep(until: next)
            } catch {
                return
            }
            next = max(next + pause, clock.now)
            await send()
        }
    }

    private func send() async {
        do {
            let response = try await client.execute(request)
            tally.withLock { $0.add(response) }
        } catch {
            if error.isCancelled { return }
            tally.withLock { $0.fail("\(error)") }
        }
    }
}

extension LoadClient.Tally {
    fileprivate mutating func add(_ response: Response) {
        guard let version = response.head["X-Version"] else {
            fail("status \(response.head.status) from no version")
            return
        }
        versions[version, default: 0] += 1
        switch response.head.status {
        case 200..<300: return
        case 500: errors[version, default: 0] += 1
        default: fail("status \(response.head.status) from \(version)")
        }
    }

    fileprivate mutating func fail(_ reason: String) {
        failureCount += 1
        if failures.count < keptFailures { failures.append(reason) }
    }
}

/// Enough to see what went wrong.
private let keptFailures = 20
