import Documents

/// Collects the members of an object, leaving out what is empty, as Go's `omitempty` does.
struct MemberList {
    private(set) var object = JSONObject()

    mutating func add(_ key: String, _ value: JSON?) {
        if let value { object.members.append((key, value)) }
    }

    mutating func add(_ key: String, _ text: String?) {
        if let text, !text.isEmpty { add(key, .string(text)) }
    }

    mutating func add(_ key: String, _ number: Int) {
        if number != 0 { add(key, .int(Int64(number))) }
    }

    mutating func add(_ key: String, _ list: [JSON]) {
        if !list.isEmpty { add(key, .array(list)) }
    }

    mutating func add(_ key: String, _ strings: [String: String]) {
        if !strings.isEmpty { add(key, JSON(strings: strings)) }
    }

    mutating func add(_ key: String, _ time: Timestamp?) {
        if let time { add(key, .string(time.rfc3339)) }
    }

    var json: JSON { .object(object) }
}

extension RunSpec {
    /// The `spec` of an AnalysisRun.
    package var json: JSON {
        var members = MemberList()
        members.add("metrics", .array(metrics.map(\.json)))
        members.add("args", arguments.map(\.json))
        members.add("dryRun", dryRun.map { ["metricName": .string($0)] })
        members.add(
            "measurementRetention",
            measurementRetention.map {
                ["metricName": .string($0.metricName), "limit": .int(Int64($0.limit))]
            })
        if terminate { members.add("terminate", .bool(true)) }
        members.add("ttlStrategy", ttl?.json)
        return members.json
    }
}

extension MetricSpec {
    /// The metric as its document has it.
    package var json: JSON {
        var members = MemberList()
        members.add("name", .string(name))
        members.add("interval", interval)
        members.add("initialDelay", initialDelay)
        members.add("count", count?.json)
        members.add("successCondition", successCondition)
        members.add("failureCondition", failureCondition)
        members.add("failureLimit", failureLimit?.json)
        members.add("inconclusiveLimit", inconclusiveLimit?.json)
        members.add("consecutiveErrorLimit", consecutiveErrorLimit?.json)
        members.add("consecutiveSuccessLimit", consecutiveSuccessLimit?.json)
        members.add("provider", provider)
        return members.json
    }
}

extension Argument {
    /// The argument as its document has it.
    package var json: JSON {
        var members = MemberList()
        members.add("name", .string(name))
        // An empty value is a value; only an absent one is left out.
        members.add("value", value.map { JSON.string($0) })
        switch source {
        case nil: break
        case .secret(let name, let key):
            members.add(
                "valueFrom", ["secretKeyRef": ["name": .string(name), "key": .string(key)]])
        case .field(let path):
            members.add("valueFrom", ["fieldRef": ["fieldPath": .string(path)]])
        case .podTemplateHash(let which):
            members.add("valueFrom", ["podTemplateHashValue": .string(which.rawValue)])
        }
        return members.json
    }
}

extension TTLStrategy {
    var json: JSON {
        var members = MemberList()
        members.add("secondsAfterCompletion", secondsAfterCompletion.map { .int(Int64($0)) })
        members.add("secondsAfterFailure", secondsAfterFailure.map { .int(Int64($0)) })
        members.add("secondsAfterSuccess", secondsAfterSuccess.map { .int(Int64($0)) })
        return members.json
    }
}
