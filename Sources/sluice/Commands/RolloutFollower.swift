import Documents
import KubernetesClient
import KubernetesObjects
import Manifests

/// Looks at one rollout, once or until it is decided.
struct RolloutFollower: Sendable {
    let connected: Connected
    let name: RolloutName

    /// How the rollout stands, in what a pipeline needs to know.
    struct Outcome: Hashable, Sendable {
        var verdict: Verdict
        /// As the status says it, which may be before the last edit.
        var phase: String
        var generation: Int
        var revision: Int?
        /// `step 3 of 8`.
        var place: String?
        var weight: Int?
        var isTimedOut = false

        init(_ object: Object) {
            verdict = Verdict(of: object)
            phase = object.status?["phase"]?.string ?? ""
            generation = object.generation
            revision = object.number(Keys.revision)
            let steps = object.spec?["strategy"]?["canary"]?["steps"]?.array?.count ?? 0
            if let index = object.status?["currentStepIndex"]?.int, index < steps {
                place = "step \(index + 1) of \(steps)"
            }
            weight = object.status?["canary"]?["weights"]?["canary"]?["weight"]?.int
        }
    }

    /// One look.
    func look() async throws(CommandFailure) -> Outcome {
        let present = try await connected.rollout(name)
        do {
            return Outcome(present.knowing(try await workloadGeneration(of: present)))
        } catch {
            throw CommandFailure(error, asking: "what \(name.text) refers to", of: connected)
        }
    }

    /// The generation of what the rollout takes its template from: whoever has just changed that
    /// must not be told how the one before came out.
    private func workloadGeneration(of rollout: Object) async throws(APIError) -> Int? {
        guard let reference = WorkloadDocument.reference(in: rollout) else { return nil }
        do {
            return try await connected.client.get(reference).generation
        } catch .notFound {
            return nil
        }
    }

    /// Follows the rollout until the verdict is final or the time is up, and tells each state that
    /// differs from the one before. A server that cannot be reached for a while is asked again.
    func follow(
        upTo limit: TimeLimit, tell: @escaping @Sendable (Outcome) -> Void
    ) async throws(CommandFailure) -> Outcome {
        let last = Latest()
        let ended = await withTaskGroup(of: Result<Outcome, CommandFailure>?.self) { group in
            group.addTask {
                do throws(CommandFailure) {
                    return .success(try await self.follow(last, tell))
                } catch {
                    return .failure(error)
                }
            }
            if !limit.isEndless {
                group.addTask {
                    do {
                        try await Task.sleep(for: .milliseconds(limit.milliseconds))
                    } catch {
                        // Cancelled: the rollout was decided first.
                    }
                    return nil
                }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        if let ended { return try ended.get() }
        if var outcome = await last.outcome {
            outcome.isTimedOut = !outcome.verdict.isFinal
            return outcome
        }
        throw CommandFailure(
            "timed out after \(limit): \(connected.server) was never reached: "
                + (await last.trouble ?? "no answer"),
            remedy: "check that the cluster runs", code: Verdict.underWay("").code)
    }

    private func follow(
        _ last: Latest, _ tell: @Sendable (Outcome) -> Void
    ) async throws(CommandFailure) -> Outcome {
        let reference = Reference(
            .rollouts, namespace: connected.namespace, name: name.text)
        while true {
            do throws(APIError) {
                if let outcome = try await watch(reference, last, tell) { return outcome }
            } catch {
                switch error {
                case .unreachable, .throttled, .gone, .conflict:
                    await last.stumbled("\(error)")
                case .notFound, .alreadyExists, .ending, .refused, .tooLong, .cancelled:
                    throw CommandFailure(error, asking: "\(reference)", of: connected)
                }
            }
            do {
                try await Task.sleep(for: .milliseconds(pauseMilliseconds))
            } catch {
                throw CommandFailure("cancelled")
            }
        }
    }

    /// Follows one watch to its end; nil where it ended before the rollout was decided.
    private func watch(
        _ reference: Reference, _ last: Latest, _ tell: @Sendable (Outcome) -> Void
    ) async throws(APIError) -> Outcome? {
        let present = try await connected.client.get(reference)
        let generation = try await workloadGeneration(of: present)
        if let outcome = await last.saw(present.knowing(generation), tell) { return outcome }
        let selection = Selection(
            namespace: reference.namespace, fields: .name(reference.name))
        let changes = try await connected.client.watch(
            .rollouts, selection, from: present.resourceVersion)
        var events = changes.makeAsyncIterator()
        while let event = try await events.next() {
            switch event {
            case .added(let object), .modified(let object):
                let known = object.knowing(generation)
                if let outcome = await last.saw(known, tell) { return outcome }
            case .deleted: throw .notFound("rollouts \"\(reference.name)\" was deleted")
            case .bookmark: continue
            }
        }
        return nil
    }
}

extension Object {
    /// This rollout with the note that what it refers to has at least this generation.
    fileprivate func knowing(_ generation: Int?) -> Object {
        guard let generation, generation > number(Keys.workloadGeneration) ?? 0 else { return self }
        var known = self
        known["metadata", "annotations", Keys.workloadGeneration] = .string(String(generation))
        return known
    }
}

/// Between two attempts; short, for a pipeline waits, and long enough to cost nothing.
private let pauseMilliseconds = 500

/// What was seen last.
private actor Latest {
    private(set) var outcome: RolloutFollower.Outcome?
    private(set) var trouble: String?

    /// - Returns: the outcome where it is final.
    func saw(
        _ object: Object, _ tell: @Sendable (RolloutFollower.Outcome) -> Void
    ) -> RolloutFollower.Outcome? {
        let outcome = RolloutFollower.Outcome(object)
        if outcome != self.outcome { tell(outcome) }
        self.outcome = outcome
        return outcome.verdict.isFinal ? outcome : nil
    }

    func stumbled(_ trouble: String) {
        self.trouble = trouble
    }
}
