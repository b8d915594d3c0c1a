import Analysis
import Documents
import KubernetesObjects
import Manifests
import MetricProviders

/// An AnalysisRun object, read.
struct ReadRun: Sendable {
    let object: Object
    let spec: RunSpec
    let status: RunStatus
    private let findings: [Finding]

    init(_ object: Object, plugins: Set<String> = []) {
        self.object = object
        (spec, findings) = RunDocument.spec(
            of: object, plugins: Plugins(metrics: plugins), strictness: .controller)
        status = RunDocument.status(of: object)
    }

    /// The rollout that owns the run; nil for a run of its own.
    var rollout: RolloutKey? {
        guard let owner = object.controllerOwner, owner.kind == Resource.rollouts.kind else {
            return nil
        }
        return RolloutKey(namespace: object.namespace, name: owner.name)
    }

    /// The run as it can be carried out. One that is to end anyway needs no more than its rules.
    func prepared() throws(RunError) -> PreparedRun {
        let prepared = try spec.prepared(findings: findings)
        if !prepared.terminate { try prepared.checkConditions() }
        return prepared
    }

    /// Whether the run can end without another measurement.
    func canEnd(_ prepared: PreparedRun) -> Bool {
        status.isTerminating(prepared)
    }
}

extension AnalysisTurn {
    func carryOut(_ task: Due.Task, of run: ReadRun, _ prepared: PreparedRun) async -> Taken {
        if case .take(let metric) = task, let why = prepared.unread[metric] {
            let nothing = Measurement(
                phase: .error, message: why, startedAt: now(), finishedAt: now())
            return Taken(metric: metric, measurement: nothing)
        }
        switch task {
        case .take(let metric):
            return await take(metric, of: run)
        case .resume(let metric, let measurement):
            if let job = measurement.job {
                return Taken(metric: metric, measurement: await resume(measurement, job, of: run))
            }
            guard measurement.resumeAt != nil else { return interrupted(metric, measurement) }
            return await take(metric, of: run, begun: measurement)
        case .terminate(let metric, let measurement):
            return Taken(metric: metric, measurement: await terminate(measurement, of: run))
        }
    }

    /// A measurement without a Job, of which nobody said when to go on, is begun and ended in one
    /// go: an unfinished one was cut off by a crash.
    private func interrupted(_ metric: String, _ measurement: Measurement) -> Taken {
        let ended = ended(measurement, .error, "the measurement was interrupted")
        return Taken(metric: metric, measurement: ended)
    }

    private func take(
        _ metric: String, of run: ReadRun, begun: Measurement? = nil
    ) async -> Taken {
        if let begun, begun.isOverdue(at: now()) {
            let ended = ended(begun, .error, "the measurement takes longer than an hour")
            return Taken(metric: metric, measurement: ended)
        }
        let startedAt = begun?.startedAt ?? now()
        var question: Question
        do {
            let resolved = try await resolvedSecrets(of: run)
            secrets.add(Array(resolved.values))
            question = try Question(metric: metric, of: run.spec, secrets: resolved)
            question.begun = begun?.metadata ?? [:]
            question.occasion = Occasion(
                namespace: run.object.namespace, run: run.object.name, uid: run.object.uid,
                startedAt: startedAt)
        } catch {
            return Taken(
                metric: metric,
                measurement: Measurement(
                    phase: .error, message: error.message, startedAt: startedAt, finishedAt: now()))
        }
        if question.shown.providerKind == ProviderKind.job.rawValue {
            return await begin(question, of: run, at: startedAt)
        }
        // Who may not read the Secret may have the keys in another way; the provider knows.
        var unread = ""
        do {
            question = try await withCredentials(question, of: run)
        } catch {
            unread = "; \(error.message)"
        }
        do {
            let answer = try await source.ask(question)
            return question.concluded(with: answer, startedAt: startedAt, finishedAt: now())
        } catch {
            return question.failed(error.message + unread, startedAt: startedAt, finishedAt: now())
        }
    }

    /// The secrets that the arguments name, read anew for every measurement (§5.4).
    private func resolvedSecrets(of run: ReadRun) async throws(RunError) -> [String: Secret] {
        var secrets: [String: Secret] = [:]
        for argument in run.spec.arguments {
            guard case .secret(let name, let key) = argument.source else { continue }
            let data = try await secret(name, namespace: run.object.namespace)
            guard let text = data[key] else { continue }
            secrets[argument.name] = Secret(text)
        }
        return secrets
    }

    /// The question with what its provider needs to be let in. Where that Secret is not there, the
    /// provider says so, or knows another way.
    private func withCredentials(
        _ question: Question, of run: ReadRun
    ) async throws(RunError) -> Question {
        guard let wanted = question.reveal().credentials else { return question }
        let namespace =
            switch wanted.owner {
            case .run: run.object.namespace
            case .controller: home
            }
        let data = try await secret(wanted.name, namespace: namespace)
        secrets.add(data.filter { question.shown.isSecret($0.key) }.values.map(Secret.init))
        return question.with(credentials: data)
    }

    /// What a Secret holds; nothing where there is none.
    private func secret(
        _ name: String, namespace: String
    ) async throws(RunError) -> [String: String] {
        do {
            let object = try await cluster.get(
                Reference(.secrets, namespace: namespace, name: name))
            return object?.json["data"]?.strings.compactMapValues(decodedSecret) ?? [:]
        } catch {
            throw RunError("Secret \(name) cannot be read: \(error.description)")
        }
    }
}
