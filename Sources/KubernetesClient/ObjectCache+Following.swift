import KubernetesObjects

extension ObjectCache {
    /// A watch that the server ends sooner than this brought nothing and counts as a failure: a
    /// server that ends each watch at once must not make us ask in a tight loop.
    private static let shortestGoodWatch = Duration.seconds(1)

    /// Lists and watches until the task is cancelled, or until the server has `served` no more.
    /// Whatever else fails is tried again, later each time.
    ///
    /// - Parameters:
    ///   - served: the kind in the version that the server has, where that may change.
    ///   - clock: waits between attempts.
    ///   - jitter: from 0 to 1, asked before each wait.
    package func follow(
        _ client: APIClient, as served: Resource? = nil, clock: any Clock<Duration>,
        jitter: @escaping @Sendable () -> Double
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for index in selections.indices {
                group.addTask { await self.follow(index, served, client, clock, jitter) }
            }
            // Where one selection has lost its kind, the others have, too.
            _ = await group.next()
            group.cancelAll()
        }
    }

    private func follow(
        _ index: Int, _ served: Resource?, _ client: APIClient, _ clock: any Clock<Duration>,
        _ jitter: @Sendable () -> Double
    ) async {
        let resource = served ?? self.resource
        var backoff = Backoff()
        // Nil: list first.
        var version: String?
        while !Task.isCancelled {
            var pause = backoff.next(jitter: jitter())
            do throws(APIError) {
                if version == nil {
                    let list = try await client.list(
                        resource, selections[index], form: form, keeping: listed)
                    reset(index, to: list)
                    version = list.resourceVersion
                }
                let elapsed = stopwatch(clock)
                try await watch(index, resource, client, from: &version, backoff: &backoff)
                if elapsed() >= Self.shortestGoodWatch {
                    backoff.reset()
                    continue
                }
            } catch {
                switch error {
                case .cancelled: return
                case .notFound where served != nil: return lose(index, error)
                case .gone: version = nil
                case .throttled(let seconds):
                    pause = max(pause, .seconds(seconds))
                    fail(index, error)
                default: fail(index, error)
                }
            }
            do { try await clock.sleep(for: pause) } catch { return }
        }
    }

    /// Takes the events of one watch until the server ends it; `version` moves on with each.
    private func watch(
        _ index: Int, _ resource: Resource, _ client: APIClient, from version: inout String?,
        backoff: inout Backoff
    ) async throws(APIError) {
        let watch = try await client.watch(
            resource, selections[index], from: version ?? "", form: form)
        follows(index)
        var events = watch.makeAsyncIterator()
        while let event = try await events.next() {
            apply(event, to: index)
            version = event.resourceVersion
            backoff.reset()
        }
    }
}

/// Answers how much time has passed on `clock` since it was made.
func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
}
