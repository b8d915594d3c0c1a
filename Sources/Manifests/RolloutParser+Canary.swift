import Documents
import Rollouts
import Traffic

extension RolloutParser {
    private static let canaryFields: Set = [
        "canaryService", "stableService", "steps", "trafficRouting", "maxSurge", "maxUnavailable",
        "analysis", "antiAffinity", "canaryMetadata", "stableMetadata", "scaleDownDelaySeconds",
        "scaleDownDelayRevisionLimit", "abortScaleDownDelaySeconds", "dynamicStableScale",
        "pingPong",
        "minPodsPerReplicaSet", "replicaProgressThreshold",
    ]

    /// Reads the canary strategy (rollout-semantics §1.4).
    mutating func canary(_ reader: Reader) -> Canary {
        reader.allowOnly(Self.canaryFields)
        var canary = Canary(
            steps: [], stableService: reader["stableService"].nonEmptyString(),
            canaryService: reader["canaryService"].nonEmptyString())
        surge(reader, &canary)
        services(reader, canary)
        pingPong(reader, stable: stablePingPong, &canary)
        let routing = reader["trafficRouting"]
        trafficRouting(routing, &canary)
        delays(reader, &canary)
        canary.minPodsPerReplicaSet = reader["minPodsPerReplicaSet"].count()
        canary.progressThreshold = threshold(reader["replicaProgressThreshold"])
        canary.steps = reader["steps"].elements().enumerated().map {
            step($0.element, index: $0.offset, totalWeight: canary.totalWeight)
        }
        canary.versionWeights = versionWeights.filter { !$0.value.isEmpty }
        canary.pauseTexts = pauseTexts
        checkVersionWeights(canary, reader["steps"])
        parts.newMetadata = podMetadata(reader["canaryMetadata"])
        parts.stableMetadata = podMetadata(reader["stableMetadata"])
        parts.separation = separation(reader["antiAffinity"])
        if reader["analysis"].isPresent {
            let analysis = reader["analysis"]
            backgroundAnalysis = AnalysisReference(
                analysis, alsoKnown: ["startingStep"])
            canary.backgroundAnalysisFrom = analysis["startingStep"].count() ?? 0
        }
        return canary
    }

    /// How far the pods may exceed and fall below the size of a canary without routing. Beside
    /// trafficRouting they have no effect, but what is wrong with them is said.
    private func surge(_ reader: Reader, _ canary: inout Canary) {
        canary.maxSurge = allowance(reader["maxSurge"])
        canary.maxUnavailable = allowance(reader["maxUnavailable"])
        let values = [canary.maxSurge, canary.maxUnavailable]
        if values.allSatisfy({ $0 == .pods(0) || $0 == .percent(0) }) {
            reader["maxSurge"].invalid(
                "MaxSurge and MaxUnavailable both can not be zero", remedy: "raise one of the two")
        }
    }

    /// Any text is a percentage, with or without its sign. Larger numbers than those of the API
    /// are none: sums of them could overflow.
    func allowance(_ reader: Reader) -> Allowance {
        let allowance: Allowance?
        switch reader.value {
        case nil: return .standard
        case .int(let value)?: allowance = Int32(exactly: value).map { .pods(Int($0)) }
        case .string(let text)?:
            let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
            allowance = Int32(digits).map { .percent(Int($0)) }
        default: allowance = nil
        }
        if let allowance, allowance.isCount { return allowance }
        reader.invalid(
            "must be a whole number or a percentage", remedy: "write a number like 1 or 25%")
        return .standard
    }

    /// A negative value means none, as for Argo Rollouts.
    private func threshold(_ reader: Reader) -> Allowance? {
        guard reader.isPresent else { return nil }
        reader.allowOnly(["type", "value"])
        let type = reader["type"], value = reader["value"]
        for field in [type, value] where !field.isPresent {
            field.require(remedy: "write type: Percent or Pods, and value: how many suffice")
        }
        let count = value.int()
        guard let name = type.string() else { return nil }
        let threshold: Allowance?
        switch name {
        case "Percent": threshold = count.map(Allowance.percent)
        case "Pods": threshold = count.map(Allowance.pods)
        default:
            type.refuse(
                "Unsupported value: \"\(name)\": supported values: \"Percent\", \"Pods\"",
                remedy: "write Percent or Pods")
            return nil
        }
        return threshold.flatMap { $0.isCount ? $0 : nil }
    }

    private func services(_ reader: Reader, _ canary: Canary) {
        if let stable = canary.stableService, stable == canary.canaryService {
            reader["stableService"].invalid(
                "This rollout uses the same service for the stable and canary services, but two "
                    + "different services are required.",
                remedy: "create a second Service and name it in canaryService")
        }
        let routing = reader["trafficRouting"]
        let hasSubsets = routing["istio"]["destinationRule"].isPresent
        let needing =
            reader["pingPong"].isPresent
            ? [] : Self.needingServices.filter { $0 != "istio" || !hasSubsets }
        guard needing.contains(where: { routing[$0].isPresent }) else { return }
        for (name, service) in [
            ("stableService", canary.stableService), ("canaryService", canary.canaryService),
        ] where service == nil {
            reader[name].invalid(
                "Canary service and Stable service must to be set to use Traffic Routing",
                value: "",
                remedy: "name a Service in \(name)")
        }
    }

    /// Routers that divide traffic between two Services.
    private static let needingServices = [
        "alb", "istio", "smi", "apisix", "ambassador", "nginx", "appMesh", "traefik",
    ]

    /// How long old ReplicaSets stay, and whether stable shrinks.
    private func delays(_ reader: Reader, _ canary: inout Canary) {
        canary.dynamicStableScale = reader["dynamicStableScale"].bool() ?? false
        let delay = reader["scaleDownDelaySeconds"]
        if !canary.hasRouter {
            if delay.isPresent {
                delay.invalid(
                    "Canary scaleDownDelaySeconds can only be used with traffic routing",
                    remedy: "remove it, or add trafficRouting")
            }
            if canary.dynamicStableScale {
                reader["dynamicStableScale"].invalid(
                    "Canary dynamicStableScale can only be used with traffic routing",
                    remedy: "remove it, or add trafficRouting")
            }
        } else if delay.isPresent && canary.dynamicStableScale {
            reader["dynamicStableScale"].invalid(
                "Canary dynamicStableScale cannot be used with scaleDownDelaySeconds",
                remedy: "remove one of the two")
        }
        if !canary.hasRouter { canary.scaleDownDelaySeconds = 0 }
        canary.scaleDownDelaySeconds = delay.count() ?? canary.scaleDownDelaySeconds
        canary.scaleDownDelayRevisionLimit = reader["scaleDownDelayRevisionLimit"].count()
        let abortDelay = reader["abortScaleDownDelaySeconds"].count()
        canary.abortScaleDownDelaySeconds =
            switch abortDelay {
            // Zero is the document's word for "never".
            case 0?: nil
            case let seconds?: seconds
            case nil: canary.dynamicStableScale ? 0 : 30
            }
    }
}

extension Reader {
    /// A string; nil for the empty one too, since Go knows no difference.
    func nonEmptyString() -> String? {
        string().flatMap { $0.isEmpty ? nil : $0 }
    }
}
