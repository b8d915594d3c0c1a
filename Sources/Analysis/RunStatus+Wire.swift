import Documents

extension RunStatus {
    /// Reads the `status` of an AnalysisRun, also one that another controller or version wrote:
    /// unknown members are passed over, a malformed one is a finding and counts as absent.
    package init(reading reader: Reader) {
        self.init(
            phase: RunPhase(reading: reader["phase"]),
            message: reader["message"].string() ?? "",
            metricResults: reader["metricResults"].elements().map(MetricResult.init(reading:)),
            startedAt: time(reader["startedAt"]),
            completedAt: time(reader["completedAt"]),
            runSummary: RunSummary(reading: reader["runSummary"]),
            dryRunSummary: reader["dryRunSummary"].isPresent
                ? RunSummary(reading: reader["dryRunSummary"]) : nil)
    }

    /// The `status` of an AnalysisRun.
    package var json: JSON {
        var members = MemberList()
        members.add("phase", .string(phase?.rawValue ?? ""))
        members.add("message", message)
        members.add("metricResults", metricResults.map(\.json))
        members.add("startedAt", startedAt)
        members.add("runSummary", runSummary.json)
        members.add("dryRunSummary", dryRunSummary?.json)
        members.add("completedAt", completedAt)
        return members.json
    }
}

private func time(_ reader: Reader) -> Timestamp? {
    guard let text = reader.string() else { return nil }
    guard let time = Timestamp(rfc3339: text) else {
        reader.refuse("\"\(text)\" is no time", remedy: "use RFC 3339: 2026-01-02T03:04:05Z")
        return nil
    }
    return time
}

private func count(_ reader: Reader) -> Int {
    reader.int(in: 0...Int(Int32.max)) ?? 0
}

extension RunPhase {
    init?(reading reader: Reader) {
        guard let text = reader.string(), !text.isEmpty else { return nil }
        guard let phase = RunPhase(rawValue: text) else {
            let known = RunPhase.allCases.map(\.rawValue).joined(separator: ", ")
            reader.refuse("unknown phase \"\(text)\"", remedy: "use one of: \(known)")
            return nil
        }
        self = phase
    }
}

extension RunSummary {
    init(reading reader: Reader) {
        count = Analysis.count(reader["count"])
        successful = Analysis.count(reader["successful"])
        failed = Analysis.count(reader["failed"])
        inconclusive = Analysis.count(reader["inconclusive"])
        error = Analysis.count(reader["error"])
    }

    var json: JSON {
        var members = MemberList()
        members.add("count", count)
        members.add("successful", successful)
        members.add("failed", failed)
        members.add("inconclusive", inconclusive)
        members.add("error", error)
        return members.json
    }
}

extension MetricResult {
    init(reading reader: Reader) {
        self.init(
            name: reader["name"].requiredString(),
            phase: RunPhase(reading: reader["phase"]) ?? .pending,
            isDryRun: reader["dryRun"].bool() ?? false)
        measurements = reader["measurements"].elements().map(Measurement.init(reading:))
        message = reader["message"].string() ?? ""
        count = Analysis.count(reader["count"])
        successful = Analysis.count(reader["successful"])
        failed = Analysis.count(reader["failed"])
        inconclusive = Analysis.count(reader["inconclusive"])
        error = Analysis.count(reader["error"])
        consecutiveError = Analysis.count(reader["consecutiveError"])
        consecutiveSuccess = Analysis.count(reader["consecutiveSuccess"])
        metadata = reader["metadata"].strings()
    }

    var json: JSON {
        var members = MemberList()
        members.add("name", .string(name))
        members.add("phase", .string(phase.rawValue))
        members.add("measurements", measurements.map(\.json))
        members.add("message", message)
        members.add("count", count)
        members.add("successful", successful)
        members.add("failed", failed)
        members.add("inconclusive", inconclusive)
        members.add("error", error)
        members.add("consecutiveError", consecutiveError)
        if isDryRun { members.add("dryRun", .bool(true)) }
        members.add("metadata", metadata)
        members.add("consecutiveSuccess", consecutiveSuccess)
        return members.json
    }
}

extension Measurement {
    init(reading reader: Reader) {
        self.init(
            phase: RunPhase(reading: reader["phase"]) ?? .pending,
            message: reader["message"].string() ?? "",
            value: reader["value"].string() ?? "",
            startedAt: time(reader["startedAt"]),
            finishedAt: time(reader["finishedAt"]),
            resumeAt: time(reader["resumeAt"]),
            metadata: reader["metadata"].strings())
    }

    var json: JSON {
        var members = MemberList()
        members.add("phase", .string(phase.rawValue))
        members.add("message", message)
        members.add("startedAt", startedAt)
        members.add("finishedAt", finishedAt)
        members.add("value", value)
        members.add("metadata", metadata)
        members.add("resumeAt", resumeAt)
        return members.json
    }
}
