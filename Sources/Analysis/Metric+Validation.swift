import Documents

extension Metric {
    /// Reads a metric whose arguments are in, by the rules of section 8.3, with their messages.
    init(validating spec: MetricSpec) throws(RunError) {
        let kinds = spec.providerKinds
        let limits = Limits(spec)
        if let first = spec.brokenRules().first { throw RunError(first.message) }
        name = spec.name
        intervalMilliseconds = spec.interval.flatMap { GoDuration.parse($0) }
        initialDelayMilliseconds = spec.initialDelay.flatMap { GoDuration.parse($0) } ?? 0
        count = limits.count
        successCondition = spec.successCondition ?? ""
        failureCondition = spec.failureCondition ?? ""
        failureLimit = limits.failure
        inconclusiveLimit = limits.inconclusive
        consecutiveErrorLimit = limits.consecutiveError
        consecutiveSuccessLimit = limits.consecutiveSuccess
        guard let kind = kinds.first else { throw RunError("no provider specified") }
        guard kinds.count == 1 else { throw RunError("multiple providers specified") }
        providerKind = kind
        provider = spec.provider[kind] ?? .null
    }
}

extension Metric {
    /// One of which nothing is known but its name: it ends by its first measurement.
    init(unread name: String) {
        self.name = name
        intervalMilliseconds = nil
        initialDelayMilliseconds = 0
        count = nil
        successCondition = ""
        failureCondition = ""
        failureLimit = 0
        inconclusiveLimit = 0
        consecutiveErrorLimit = 0
        consecutiveSuccessLimit = 0
        providerKind = ""
        provider = .null
    }
}
