import Documents

extension RunSpec {
    /// Resolves the arguments (secrets stay hidden), checks the rules and finds the metrics that
    /// dry-run and retention rules mean.
    ///
    /// - Parameter findings: what cannot be read in the document of the run. A metric of a dry run
    ///   ends by what is wrong with it, and no other one.
    /// - Throws: `RunError` whose message is the message of the run, which then ends in phase
    /// Error:
    ///   `Unable to resolve metric arguments: …` or `Analysis spec invalid: …`.
    package func prepared(findings: [Finding] = []) throws(RunError) -> PreparedRun {
        let resolved: [MetricSpec]
        do {
            let values = try argumentValues(secrets: [:])
            var specs: [MetricSpec] = []
            for metric in metrics { specs.append(try metric.resolving(values)) }
            resolved = specs
        } catch {
            throw RunError("Unable to resolve metric arguments: \(error.message)")
        }
        let prepared: PreparedRun
        do {
            let unread = try unread(findings, in: resolved)
            prepared = PreparedRun(
                metrics: try validated(resolved, besides: Set(unread.keys)),
                dryRun: Set(try matches(of: dryRun, rule: "dryRun", in: resolved).joined()),
                retention: try retained(in: resolved), terminate: terminate, unread: unread)
        } catch {
            throw RunError("Analysis spec invalid: \(error.message)")
        }
        // One that is to end anyway needs no more than its rules.
        if terminate { return prepared }
        let others = findings.filter { finding in
            finding.metric(among: resolved).map { prepared.unread[$0] == nil } ?? true
        }
        if let first = others.first {
            throw RunError(unreadable: "\(first.path)", first.message)
        }
        return prepared
    }

    /// Why metrics of a dry run cannot be read.
    private func unread(
        _ findings: [Finding], in metrics: [MetricSpec]
    ) throws(RunError) -> [String: String] {
        if findings.isEmpty || dryRun.isEmpty { return [:] }
        let onlookers = Set(try matches(of: dryRun, rule: "dryRun", in: metrics).joined())
        var unread: [String: String] = [:]
        for finding in findings {
            guard let name = finding.metric(among: metrics), onlookers.contains(name),
                unread[name] == nil
            else { continue }
            unread[name] = "\(finding.path): \(finding.message)"
        }
        return unread
    }

    /// The values of all arguments; a secret that is not in `secrets` (by argument name) is
    /// `*****`.
    func argumentValues(secrets: [String: Secret]) throws(RunError) -> [String: String] {
        var values: [String: String] = [:]
        for argument in arguments {
            if case .secret = argument.source {
                values[argument.name] = secrets[argument.name]?.reveal() ?? Redactor.mark
            } else if let value = argument.value {
                values[argument.name] = value
            } else {
                throw RunError("args.\(argument.name) was not resolved")
            }
        }
        return values
    }

    private func validated(
        _ specs: [MetricSpec], besides unread: Set<String>
    ) throws(RunError) -> [Metric] {
        guard !specs.isEmpty else { throw RunError("no metrics specified") }
        var metrics: [Metric] = []
        for (index, spec) in specs.enumerated() {
            if metrics.contains(where: { $0.name == spec.name }) {
                throw RunError("metrics[\(index)]: duplicate name '\(spec.name)'")
            }
            if unread.contains(spec.name) {
                metrics.append(Metric(unread: spec.name))
                continue
            }
            do {
                metrics.append(try Metric(validating: spec))
            } catch {
                throw RunError("metrics[\(index)]: \(error.message)")
            }
        }
        return metrics
    }

    /// The metrics that each rule's pattern matches; none is an error, since the rule then is a
    /// mistake.
    private func matches(
        of rules: [String], rule: String, in metrics: [MetricSpec]
    ) throws(RunError) -> [[String]] {
        var result: [[String]] = []
        for (index, text) in rules.enumerated() {
            let pattern: Pattern
            do {
                pattern = try Pattern(text)
            } catch {
                throw RunError("\(rule)[\(index)]: \(error)")
            }
            let names = metrics.map(\.name).filter { pattern.matches($0) }
            guard !names.isEmpty else {
                throw RunError("\(rule)[\(index)]: Rule didn't match any metric name(s)")
            }
            result.append(names)
        }
        return result
    }

    private func retained(in metrics: [MetricSpec]) throws(RunError) -> [String: Int] {
        let rules = measurementRetention
        let names = try matches(
            of: rules.map(\.metricName), rule: "measurementRetention", in: metrics)
        var result: [String: Int] = [:]
        for (rule, names) in zip(rules, names) where rule.limit > 0 {
            for name in names { result[name] = rule.limit }
        }
        return result
    }
}

extension Finding {
    /// The metric that this is about; nil for what is about the whole run.
    fileprivate func metric(among metrics: [MetricSpec]) -> String? {
        let way = path.components
        guard way.starts(with: [.key("spec"), .key("metrics")]), way.count > 2,
            case .index(let index) = way[2], metrics.indices.contains(index)
        else { return nil }
        return metrics[index].name
    }
}

extension PreparedRun {
    /// Refuses a condition that cannot be read, now that its arguments are in. One that is made
    /// with a secret is not known before it is measured, and a dry run decides nothing.
    package func checkConditions() throws(RunError) {
        for (index, metric) in metrics.enumerated() where !dryRun.contains(metric.name) {
            let conditions = [
                ("successCondition", metric.successCondition),
                ("failureCondition", metric.failureCondition),
            ]
            for (field, text) in conditions
            where !text.isEmpty && !text.contains("{{") && !text.contains(Redactor.mark) {
                do {
                    _ = try Condition(parsing: text)
                } catch {
                    let path = "metrics[\(index)].\(field)"
                    throw RunError(unreadable: path, "\(error), in \(quoted(text))")
                }
            }
        }
    }
}

extension MetricSpec {
    /// The metric with its placeholders replaced.
    func resolving(_ arguments: [String: String]) throws(RunError) -> MetricSpec {
        func text(_ text: String?) throws(RunError) -> String? {
            guard let text else { return nil }
            return try resolved(text, arguments)
        }
        func amount(_ amount: Amount?) throws(RunError) -> Amount? {
            guard case .text(let text) = amount else { return amount }
            return .text(try resolved(text, arguments))
        }
        var spec = self
        spec.name = try resolved(name, arguments)
        spec.interval = try text(interval)
        spec.initialDelay = try text(initialDelay)
        spec.count = try amount(count)
        spec.successCondition = try text(successCondition)
        spec.failureCondition = try text(failureCondition)
        spec.failureLimit = try amount(failureLimit)
        spec.inconclusiveLimit = try amount(inconclusiveLimit)
        spec.consecutiveErrorLimit = try amount(consecutiveErrorLimit)
        spec.consecutiveSuccessLimit = try amount(consecutiveSuccessLimit)
        spec.provider = try provider.resolving(arguments)
        return spec
    }
}
