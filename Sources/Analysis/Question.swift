import Documents

/// What a provider answered: the value that conditions see, and what a measurement shows of it.
package struct Answer: Hashable, Sendable {
    /// Who says whether the value is good.
    package enum Meaning: Hashable, Sendable {
        /// The conditions of the metric.
        case measured
        /// The provider itself.
        case judged(RunPhase)
        /// Nobody yet: what was begun is asked for again, by the metadata.
        case begun(askAgainSeconds: Int)
    }

    package var meaning = Meaning.measured
    package var value: MetricValue
    /// What the measurement shows as its value.
    package var text: String
    package var metadata: [String: String]
    /// Knows the credentials that only the provider met: those of its configuration, and tokens.
    package var redactor = Redactor.none

    package init(value: MetricValue, text: String? = nil, metadata: [String: String] = [:]) {
        self.value = value
        self.text = text ?? value.text
        self.metadata = metadata
    }

    package static func == (one: Self, other: Self) -> Bool {
        one.meaning == other.meaning
            && (one.value, one.text, one.metadata) == (other.value, other.text, other.metadata)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// One measurement to be taken: the metric with its arguments and secrets, and the redactor that
/// keeps the latter out of everything the measurement will say.
package struct Question: Sendable {
    /// The metric as it may be shown, secrets hidden.
    package let shown: Metric
    package private(set) var redactor: Redactor
    private let whole: @Sendable () -> Metric
    private var credentials: @Sendable () -> [String: String] = { [:] }
    /// What the provider said when it began this measurement; empty for a new one.
    package var begun: [String: String] = [:]
    /// When it was begun; nil for a new one.
    package var begunAt: Timestamp?

    /// - Throws: `RunError` where an argument or secret is missing, or no metric is called so.
    package init(
        metric name: String, of run: RunSpec, secrets: [String: Secret] = [:]
    ) throws(RunError) {
        for argument in run.arguments {
            guard case .secret(let secret, let key) = argument.source,
                secrets[argument.name] == nil
            else { continue }
            throw RunError(
                "args.\(argument.name): key \(key) of the Secret \(secret) was not found")
        }
        let redactor = Redactor(Array(secrets.values))
        let open: Metric
        do {
            shown = try run.metric(name, secrets: [:])
            open = try run.metric(name, secrets: secrets)
        } catch {
            throw RunError(redactor.redact(error.message))
        }
        self.redactor = redactor
        whole = { open }
    }

    /// The metric with its secrets, for the provider alone.
    package func reveal() -> Metric { whole() }

    /// What the Secret holds that the metric's `credentials` name, for the provider alone.
    package func revealCredentials() -> [String: String] { credentials() }

    /// This question with the keys of that Secret. Only those that are called like a secret are
    /// one: a region or an address may stand in any text.
    package func with(credentials: [String: String]) -> Question {
        var question = self
        question.credentials = { credentials }
        let secrets = credentials.filter { shown.isSecret($0.key) }.values.map(Secret.init)
        question.redactor = redactor.knowing(secrets)
        return question
    }

    /// The measurement that `answer` gives, judged and redacted.
    package func concluded(
        with answer: Answer, startedAt: Timestamp, finishedAt: Timestamp
    ) -> Taken {
        let redact = { redactor.redact(answer.redactor.redact($0)) }
        var measurement = Measurement(
            phase: .running, value: redact(answer.text), startedAt: startedAt,
            finishedAt: finishedAt, metadata: answer.metadata.mapValues(redact))
        switch answer.meaning {
        case .measured:
            let metric = reveal()
            let judgement = judge(
                answer.value, success: metric.successCondition, failure: metric.failureCondition,
                now: finishedAt)
            measurement.phase = judgement.phase
            measurement.message = redact(judgement.message)
        case .judged(let phase): measurement.phase = phase
        case .begun(let seconds):
            measurement.finishedAt = nil
            measurement.resumeAt = finishedAt.advanced(bySeconds: seconds)
        }
        return taken(measurement)
    }

    /// The measurement of a provider that gave no answer: an error with its own budget, never a
    /// verdict.
    package func failed(
        _ message: String, startedAt: Timestamp, finishedAt: Timestamp
    ) -> Taken {
        taken(
            Measurement(
                phase: .error, message: redactor.redact(message), startedAt: startedAt,
                finishedAt: finishedAt, metadata: begun))
    }

    private func taken(_ measurement: Measurement) -> Taken {
        Taken(metric: shown.name, measurement: measurement)
    }
}

extension Question: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension RunSpec {
    fileprivate func metric(_ name: String, secrets: [String: Secret]) throws(RunError) -> Metric {
        let values = try argumentValues(secrets: secrets)
        for spec in metrics {
            // The name may hold a placeholder itself; it is compared as the status shows it.
            let shown = try resolved(spec.name, try argumentValues(secrets: [:]))
            if shown == name { return try Metric(validating: try spec.resolving(values)) }
        }
        throw RunError("no metric is called \(quoted(name))")
    }
}
