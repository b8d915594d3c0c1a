import Analysis
import Documents
import Rollouts

extension RolloutParser {
    private static let stepFields = [
        "experiment", "pause", "setWeight", "analysis", "setCanaryScale", "setHeaderRoute",
        "setMirrorRoute", "plugin",
    ]

    private static let badStep =
        "Step must have one of the following set: experiment, setWeight, setCanaryScale, plugin or "
        + "pause"

    /// Reads one step (rollout-semantics §1.5). An unreadable one becomes an open pause, so that
    /// even by mistake nobody passes it; the finding refuses the document anyway.
    mutating func step(_ reader: Reader, index: Int, totalWeight: Int) -> Step {
        reader.allowOnly(Set(Self.stepFields))
        let present = Self.stepFields.filter { reader[$0].isPresent }
        guard present.count == 1, let field = present.first else {
            let all = Self.stepFields.map { "step.\($0.prefix(1).uppercased() + $0.dropFirst())" }
            let state = zip(all, Self.stepFields).map { "\($0): \(present.contains($1))" }
            reader.invalid(
                Self.badStep, value: .string(state.joined(separator: " ")),
                remedy: present.isEmpty
                    ? "write one of: setWeight, pause, setCanaryScale, analysis, experiment"
                    : "write \(present.joined(separator: " and ")) as steps of their own")
            return .pause(seconds: nil)
        }
        let value = reader[field]
        switch field {
        case "setWeight": return setWeight(value, totalWeight: totalWeight)
        case "pause":
            let duration = value["duration"].value
            pauseTexts[index] = duration?.string ?? duration?.int.map(String.init)
            return pause(value)
        case "setCanaryScale": return .setCanaryScale(canaryScale(value))
        case "analysis":
            let analysis = AnalysisReference(value)
            checkFields(analysis, value["args"].value, at: reader["analyses"])
            stepAnalyses[index] = analysis
            return .analysis
        case "experiment":
            stepExperiments[index] = experiment(value, step: reader)
            versionWeights[index] = versionWeights(of: value)
            return .experiment
        case "setHeaderRoute": return headerRoute(value)
        case "setMirrorRoute": return mirrorRoute(value)
        default: return plugin(value)
        }
    }

    private func plugin(_ reader: Reader) -> Step {
        reader.allowOnly(["name", "config"])
        let name = reader["name"].requiredString()
        let isDisabled = plugins.disabledSteps.contains(name)
        if !name.isEmpty, !isDisabled, !plugins.takesStep(name) {
            reader["name"].refuse(
                unknownPlugin(name), remedy: pluginRemedy("--step-plugin", name))
        }
        return .plugin(PluginStep(name: name, isDisabled: isDisabled))
    }

    private func setWeight(_ reader: Reader, totalWeight: Int) -> Step {
        guard let weight = reader.int() else { return .pause(seconds: nil) }
        if !(0...totalWeight).contains(weight) {
            reader.invalid(
                "SetWeight needs to be between 0 and \(totalWeight)",
                remedy: "use a whole number from 0 to \(totalWeight)")
        }
        return .setWeight(weight)
    }

    private func pause(_ reader: Reader) -> Step {
        if reader.value?.object == nil {
            reader.invalid("must be an object", remedy: "write pause: {} or pause: {duration: 10s}")
            return .pause(seconds: nil)
        }
        reader.allowOnly(["duration"])
        let duration = reader["duration"]
        guard duration.isPresent else { return .pause(seconds: nil) }
        let seconds = duration.value.flatMap(Self.seconds)
        if seconds ?? -1 < 0 {
            duration.invalid(
                "Duration needs to be greater than 0", value: .int(Int64(seconds ?? -1)),
                remedy: "write seconds (30) or a duration (\"30s\", \"5m\", \"1h\")")
            return .pause(seconds: nil)
        }
        return .pause(seconds: seconds)
    }

    /// A duration as a number of seconds, as digits in a text, or in Go's form; nil for anything
    /// else.
    static func seconds(_ duration: JSON) -> Int? {
        switch duration {
        case .int(let value): bounded(Int(value))
        case .string(let text):
            (Int(text) ?? GoDuration(parsing: text).map { Int($0.seconds) }).flatMap(bounded)
        default: nil
        }
    }

    /// The API keeps seconds in 32 bits; a longer pause (68 years) would overflow a point in time.
    private static func bounded(_ seconds: Int) -> Int? {
        Int32(exactly: seconds).map(Int.init)
    }

    private func canaryScale(_ reader: Reader) -> CanaryScale {
        reader.allowOnly(["weight", "replicas", "matchTrafficWeight"])
        if root["spec"]["strategy"]["canary"]["trafficRouting"].value == nil {
            root["spec"]["strategy"]["canary"]["trafficRouting"].require(
                "SetCanaryScale requires TrafficRouting to be set", remedy: "add trafficRouting")
        }
        if reader.findings.namesUnknownFields, reader.members().count > 1 {
            reader.invalid(
                "weight, replicas and matchTrafficWeight exclude each other",
                remedy: "keep one of them")
        }
        // Several at once: the order in which Argo Rollouts looks at them.
        if reader["matchTrafficWeight"].bool() == true { return .matchTrafficWeight }
        if let replicas = reader["replicas"].count() { return .replicas(replicas) }
        if let weight = reader["weight"].count() { return .weight(weight) }
        return .matchTrafficWeight
    }

    /// Fields of the metadata must be such that the downward API resolves.
    func checkFields(_ analysis: AnalysisReference, _ arguments: JSON?, at reader: Reader) {
        let wrong = analysis.arguments.compactMap { argument -> String? in
            guard case .field(let path)? = argument.source, path.hasPrefix("metadata"),
                !FieldPath.isMetadata(path)
            else { return nil }
            return path
        }
        // Once for all of them: each would show all arguments.
        guard !wrong.isEmpty else { return }
        reader.invalid(
            "Analyses arguments must refer to valid object metadata supported by downwardAPI",
            value: arguments,
            remedy:
                "use metadata.name, metadata.namespace, metadata.uid, metadata.labels['key'] "
                + "or metadata.annotations['key'] instead of \(wrong.joined(separator: ", "))")
    }
}
