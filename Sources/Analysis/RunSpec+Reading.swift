import Documents

extension RunSpec {
    /// Reads the `spec` of an AnalysisRun; everything that is wrong becomes a finding of the
    /// reader.
    package init(reading reader: Reader) {
        reader.allowOnly([
            "metrics", "args", "dryRun", "measurementRetention", "terminate", "ttlStrategy",
        ])
        self.init(
            metrics: reader["metrics"].elements().map(MetricSpec.init(reading:)),
            arguments: reader["args"].elements().map(Argument.init(reading:)),
            dryRun: dryRunRules(reader["dryRun"]),
            measurementRetention: reader["measurementRetention"].elements()
                .map(MeasurementRetention.init(reading:)),
            terminate: reader["terminate"].bool() ?? false,
            ttl: reader["ttlStrategy"].isPresent ? TTLStrategy(reading: reader["ttlStrategy"]) : nil
        )
    }
}

extension TemplateSpec {
    /// Reads the `spec` of an AnalysisTemplate or ClusterAnalysisTemplate.
    package init(reading reader: Reader) {
        reader.allowOnly(["metrics", "args", "dryRun", "measurementRetention", "templates"])
        self.init(
            metrics: reader["metrics"].elements().map(MetricSpec.init(reading:)),
            arguments: reader["args"].elements().map(Argument.init(reading:)),
            dryRun: dryRunRules(reader["dryRun"]),
            measurementRetention: reader["measurementRetention"].elements()
                .map(MeasurementRetention.init(reading:)),
            templates: reader["templates"].elements().map(TemplateReference.init(reading:)))
    }
}

extension TemplateReference {
    /// Reads `{templateName, clusterScope}`.
    package init(reading reader: Reader) {
        reader.allowOnly(["templateName", "clusterScope"])
        self.init(
            name: reader["templateName"].requiredString(),
            isClusterScoped: reader["clusterScope"].bool() ?? false)
    }
}

extension MetricSpec {
    /// Reads one metric. Its limits may still be texts; conditions are parsed here already, as far
    /// as they hold no placeholder, so that a mistake shows before any rollout meets it.
    package init(reading reader: Reader) {
        reader.allowOnly([
            "name", "interval", "initialDelay", "count", "successCondition", "failureCondition",
            "failureLimit", "inconclusiveLimit", "consecutiveErrorLimit", "consecutiveSuccessLimit",
            "provider",
        ])
        self.init(name: reader["name"].requiredString())
        interval = reader["interval"].string()
        initialDelay = reader["initialDelay"].string()
        count = Amount(reading: reader["count"])
        successCondition = condition(reader["successCondition"])
        failureCondition = condition(reader["failureCondition"])
        failureLimit = Amount(reading: reader["failureLimit"])
        inconclusiveLimit = Amount(reading: reader["inconclusiveLimit"])
        consecutiveErrorLimit = Amount(reading: reader["consecutiveErrorLimit"])
        consecutiveSuccessLimit = Amount(reading: reader["consecutiveSuccessLimit"])
        let kinds = reader["provider"].members()
        provider = .object(JSONObject(kinds.map { ($0.key, $0.reader.value ?? .null) }))
        check(reader["provider"])
    }

    private func check(_ reader: Reader) {
        let kinds = providerKinds
        guard kinds.count == 1, let name = kinds.first else {
            reader.refuse(
                kinds.isEmpty ? "no provider specified" : "multiple providers specified",
                remedy: "name exactly one provider, for example prometheus")
            return
        }
        if let kind = ProviderKind(rawValue: name) {
            kind.check(reader[name])
        } else {
            reader[name].refuse(
                "the provider \(name) is not supported",
                remedy: "use one of: \(ProviderKind.names), "
                    + "or leave this analysis to another controller")
        }
    }
}

private func condition(_ reader: Reader) -> String? {
    guard let text = reader.string(), !text.isEmpty else { return nil }
    // With a placeholder inside it is not yet the expression that will be evaluated.
    guard !hasTag(text) else { return text }
    do {
        _ = try Condition(parsing: text)
    } catch {
        reader.refuse("\(error)", remedy: "correct the expression \"\(text)\"")
    }
    return text
}

private func dryRunRules(_ reader: Reader) -> [String] {
    reader.elements().map { rule in
        rule.allowOnly(["metricName"])
        return rule["metricName"].requiredString()
    }
}

extension MeasurementRetention {
    /// Reads `{metricName, limit}`.
    package init(reading reader: Reader) {
        reader.allowOnly(["metricName", "limit"])
        self.init(
            metricName: reader["metricName"].requiredString(),
            limit: reader["limit"].int(in: 0...Int(Int32.max)) ?? 0)
    }
}

extension TTLStrategy {
    /// Reads `{secondsAfterCompletion, secondsAfterFailure, secondsAfterSuccess}`.
    package init(reading reader: Reader) {
        reader.allowOnly(["secondsAfterCompletion", "secondsAfterFailure", "secondsAfterSuccess"])
        let range = 0...Int(Int32.max)
        self.init(
            secondsAfterCompletion: reader["secondsAfterCompletion"].int(in: range),
            secondsAfterFailure: reader["secondsAfterFailure"].int(in: range),
            secondsAfterSuccess: reader["secondsAfterSuccess"].int(in: range))
    }
}

extension Amount {
    /// Reads a whole number or a text; nil where absent.
    package init?(reading reader: Reader) {
        switch reader.value {
        case nil: return nil
        case .string(let text): self = .text(text)
        default:
            guard let int = reader.int() else { return nil }
            self = .int(int)
        }
    }

    var json: JSON {
        switch self {
        case .int(let value): .int(Int64(value))
        case .text(let text): .string(text)
        }
    }
}

extension Argument {
    /// Reads `{name, value, valueFrom}` as templates, runs and rollouts write it.
    package init(reading reader: Reader) {
        reader.allowOnly(["name", "value", "valueFrom"])
        self.init(name: reader["name"].requiredString(), value: reader["value"].string())
        let from = reader["valueFrom"]
        guard from.isPresent else { return }
        from.allowOnly(["secretKeyRef", "fieldRef", "podTemplateHashValue"])
        if value != nil {
            from.refuse("value and valueFrom exclude each other", remedy: "keep one of the two")
        }
        let secret = from["secretKeyRef"], field = from["fieldRef"],
            hash = from["podTemplateHashValue"]
        if [secret, field, hash].filter(\.isPresent).count != 1 {
            from.refuse(
                "needs exactly one source",
                remedy: "use one of: secretKeyRef, fieldRef, podTemplateHashValue")
        } else if secret.isPresent {
            secret.allowOnly(["name", "key"])
            source = .secret(
                name: secret["name"].requiredString(), key: secret["key"].requiredString())
        } else if field.isPresent {
            field.allowOnly(["fieldPath", "apiVersion"])
            source = .field(path: field["fieldPath"].requiredString())
        } else if let text = hash.string() {
            if let which = HashOf(rawValue: text) {
                source = .podTemplateHash(which)
            } else {
                hash.refuse("unknown value \"\(text)\"", remedy: "use Stable or Latest")
            }
        }
    }
}
