import Documents

/// A rule of section 8.3 that a metric breaks: where, and in the words of a run that ends by it.
struct BrokenRule: Hashable, Sendable {
    let field: String
    let message: String
}

extension MetricSpec {
    /// All rules that this breaks, in the order in which a run names the first one. Where texts may
    /// still be `open`, what waits for an argument breaks none.
    func brokenRules(open: Bool = false) -> [BrokenRule] {
        let limits = Limits(self, open: open)
        var broken = limits.unread + limits.broken
        if (limits.count ?? 0) > 1 && (interval ?? "").isEmpty {
            broken.append(
                BrokenRule(field: "interval", message: "interval must be specified when count > 1"))
        }
        for (text, field, name) in [
            (interval, "interval", "interval"), (initialDelay, "initialDelay", "startDelay"),
        ] {
            guard let text, !text.isEmpty, !(open && hasTag(text)), GoDuration.parse(text) == nil
            else { continue }
            let message = "invalid \(name) string: time: invalid duration \(quoted(text))"
            broken.append(BrokenRule(field: field, message: message))
        }
        return broken
    }
}

/// The numbers of a metric. One that is not known yet is as if it broke no rule.
struct Limits {
    let count: Int?
    let failure: Int
    let inconclusive: Int
    let consecutiveError: Int
    let consecutiveSuccess: Int
    /// What should be a number and is none.
    let unread: [BrokenRule]

    init(_ spec: MetricSpec, open: Bool = false) {
        var unread: [BrokenRule] = []
        func number(_ amount: Amount?, _ field: String, absent: Int, unknown: Int) -> Int {
            switch amount {
            case nil: return absent
            case .int(let value): return value
            case .text(let text):
                // As large as the API's own integers, so that sums of limits cannot overflow.
                if let value = Int32(text) { return Int(value) }
                if !(open && hasTag(text)) {
                    let message = "\(field) must be an integer, found \(quoted(text))"
                    unread.append(BrokenRule(field: field, message: message))
                }
                return unknown
            }
        }
        let count = number(spec.count, "count", absent: 0, unknown: 0)
        self.count = count == 0 ? nil : count
        let failure = number(spec.failureLimit, "failureLimit", absent: 0, unknown: 0)
        self.failure = failure
        inconclusive = number(spec.inconclusiveLimit, "inconclusiveLimit", absent: 0, unknown: 0)
        consecutiveError = number(
            spec.consecutiveErrorLimit, "consecutiveErrorLimit", absent: 4, unknown: 4)
        consecutiveSuccess = number(
            spec.consecutiveSuccessLimit, "consecutiveSuccessLimit", absent: 0,
            unknown: failure == -1 ? 1 : 0)
        self.unread = unread
    }

    var broken: [BrokenRule] {
        var broken: [BrokenRule] = []
        func wrong(_ field: String, _ message: String) {
            broken.append(BrokenRule(field: field, message: message))
        }
        if consecutiveSuccess < 0 {
            wrong("consecutiveSuccessLimit", "consecutiveSuccessLimit must be >= 0")
        }
        if failure < -1 {
            wrong("failureLimit", "failureLimit must be >= 0, or -1 to be disabled")
        }
        if failure == -1 && consecutiveSuccess == 0 {
            wrong(
                "failureLimit", "failureLimit and consecutiveSuccessLimit cannot both be disabled")
        }
        if inconclusive < 0 { wrong("inconclusiveLimit", "inconclusiveLimit must be >= 0") }
        if consecutiveError < 0 {
            wrong("consecutiveErrorLimit", "consecutiveErrorLimit must be >= 0")
        }
        guard let count else { return broken }
        if count < 0 {
            wrong("count", "count must be >= 0")
        } else if let message = tooFew(count) {
            wrong("count", message)
        }
        return broken
    }

    /// Why so many measurements cannot reach the limits.
    private func tooFew(_ count: Int) -> String? {
        if failure >= 0 && count < failure + max(0, consecutiveSuccess) {
            return "count (\(count)) must be >= failureLimit + consecutiveSuccessLimit "
                + "(\(failure) + \(consecutiveSuccess)) if both >= 0"
        }
        if failure == -1 && count < consecutiveSuccess {
            return "count must be >= consecutiveSuccessLimit"
        }
        return count < inconclusive ? "count must be >= inconclusiveLimit" : nil
    }
}

extension TemplateSpec {
    /// The rules that its metrics break whichever run they are part of. Whether a pattern matches
    /// any metric is known of a run only.
    package var brokenRules: [Finding] {
        metrics.brokenRules + broken(dryRun, "dryRun", among: nil)
            + broken(measurementRetention.map(\.metricName), "measurementRetention", among: nil)
    }
}

extension RunSpec {
    /// The rules that it breaks, all of them; it ends by the first.
    package var brokenRules: [Finding] {
        guard !metrics.isEmpty else {
            return [
                Finding(
                    path: place("metrics"), message: "no metrics specified",
                    remedy: "name at least one")
            ]
        }
        return metrics.brokenRules + broken(dryRun, "dryRun", among: metrics)
            + broken(measurementRetention.map(\.metricName), "measurementRetention", among: metrics)
    }
}

private func place(_ field: String) -> Path { Path.root.appending("spec").appending(field) }

extension [MetricSpec] {
    fileprivate var brokenRules: [Finding] {
        var names: Set<String> = []
        return enumerated().flatMap { index, metric in
            let place = place("metrics").appending(index)
            var findings = metric.brokenRules(open: true).map {
                Finding(
                    path: place.appending($0.field), message: $0.message,
                    remedy: "correct \($0.field)")
            }
            if !metric.name.isEmpty && !names.insert(metric.name).inserted {
                findings.append(
                    Finding(
                        path: place.appending("name"),
                        message: "duplicate name '\(metric.name)'", remedy: "rename one of the two")
                )
            }
            return findings
        }
    }
}

/// Patterns that cannot be read, and such as match none of these metrics, where these are all.
private func broken(
    _ patterns: [String], _ field: String, among metrics: [MetricSpec]?
) -> [Finding] {
    patterns.enumerated().compactMap { index, text in
        let message: String
        do {
            let pattern = try Pattern(text)
            guard let metrics,
                !metrics.contains(where: { hasTag($0.name) || pattern.matches($0.name) })
            else { return nil }
            message = "Rule didn't match any metric name(s)"
        } catch {
            message = "\(error)"
        }
        return Finding(
            path: place(field).appending(index).appending("metricName"), message: message,
            remedy: "write a regular expression that matches a metric")
    }
}
