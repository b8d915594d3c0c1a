import Documents

extension Metric {
    /// Reads a metric whose arguments are in, by the rules of section 8.3, with their messages.
    init(validating spec: MetricSpec) throws(RunError) {
        let kinds = spec.providerKinds
        let limits = try Limits(spec)
        try limits.check()
        if (limits.count ?? 0) > 1 && (spec.interval ?? "").isEmpty {
            throw RunError("interval must be specified when count > 1")
        }
        name = spec.name
        intervalMilliseconds = try duration(spec.interval, "interval")
        initialDelayMilliseconds = try duration(spec.initialDelay, "startDelay") ?? 0
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

private func duration(_ text: String?, _ field: String) throws(RunError) -> Int64? {
    guard let text, !text.isEmpty else { return nil }
    guard let milliseconds = GoDuration.parse(text) else {
        throw RunError("invalid \(field) string: time: invalid duration \(quoted(text))")
    }
    return milliseconds
}

private struct Limits {
    let count: Int?
    let failure: Int
    let inconclusive: Int
    let consecutiveError: Int
    let consecutiveSuccess: Int

    init(_ spec: MetricSpec) throws(RunError) {
        let count = try number(spec.count, "count") ?? 0
        self.count = count == 0 ? nil : count
        failure = try number(spec.failureLimit, "failureLimit") ?? 0
        inconclusive = try number(spec.inconclusiveLimit, "inconclusiveLimit") ?? 0
        consecutiveError = try number(spec.consecutiveErrorLimit, "consecutiveErrorLimit") ?? 4
        consecutiveSuccess =
            try number(spec.consecutiveSuccessLimit, "consecutiveSuccessLimit") ?? 0
    }

    func check() throws(RunError) {
        guard consecutiveSuccess >= 0 else {
            throw RunError("consecutiveSuccessLimit must be >= 0")
        }
        guard failure >= -1 else {
            throw RunError("failureLimit must be >= 0, or -1 to be disabled")
        }
        if failure == -1 && consecutiveSuccess == 0 {
            throw RunError("failureLimit and consecutiveSuccessLimit cannot both be disabled")
        }
        guard inconclusive >= 0 else { throw RunError("inconclusiveLimit must be >= 0") }
        guard consecutiveError >= 0 else { throw RunError("consecutiveErrorLimit must be >= 0") }
        guard let count else { return }
        guard count > 0 else { throw RunError("count must be >= 0") }
        if failure >= 0 && count < failure + consecutiveSuccess {
            throw RunError(
                "count (\(count)) must be >= failureLimit + consecutiveSuccessLimit "
                    + "(\(failure) + \(consecutiveSuccess)) if both >= 0")
        }
        if failure == -1 && count < consecutiveSuccess {
            throw RunError("count must be >= consecutiveSuccessLimit")
        }
        if count < inconclusive { throw RunError("count must be >= inconclusiveLimit") }
    }
}

private func number(_ amount: Amount?, _ field: String) throws(RunError) -> Int? {
    switch amount {
    case nil: return nil
    case .int(let value): return value
    case .text(let text):
        // As large as the API's own integers, so that sums of limits cannot overflow.
        guard let value = Int32(text) else {
            throw RunError("\(field) must be an integer, found \(quoted(text))")
        }
        return Int(value)
    }
}
