import Documents
import Rollouts

extension RolloutParser {
    private static let blueGreenFields: Set = [
        "activeService", "previewService", "previewReplicaCount", "autoPromotionEnabled",
        "autoPromotionSeconds", "maxUnavailable", "scaleDownDelaySeconds",
        "scaleDownDelayRevisionLimit", "abortScaleDownDelaySeconds", "prePromotionAnalysis",
        "postPromotionAnalysis", "antiAffinity", "previewMetadata", "activeMetadata",
    ]

    /// Reads the blue-green strategy (rollout-semantics §1.3).
    mutating func blueGreen(_ reader: Reader) -> BlueGreen {
        reader.allowOnly(Self.blueGreenFields)
        var plan = BlueGreen(
            activeService: reader["activeService"].nonEmptyString() ?? "",
            previewService: reader["previewService"].nonEmptyString())
        services(reader, plan)
        plan.previewReplicaCount = reader["previewReplicaCount"].count()
        plan.promotion = promotion(reader)
        plan.maxUnavailable = allowance(reader["maxUnavailable"])
        delays(reader, &plan)
        parts.newMetadata = podMetadata(reader["previewMetadata"])
        parts.stableMetadata = podMetadata(reader["activeMetadata"])
        parts.separation = separation(reader["antiAffinity"])
        preAnalysis = analysis(reader["prePromotionAnalysis"])
        postAnalysis = analysis(reader["postPromotionAnalysis"])
        plan.judgesPreview = preAnalysis != nil
        plan.judgesActive = postAnalysis != nil
        return plan
    }

    private func services(_ reader: Reader, _ plan: BlueGreen) {
        if plan.activeService == plan.previewService ?? "" {
            reader["activeService"].invalid(
                "This rollout uses the same service for the active and preview services, but two "
                    + "different services are required.", value: .string(plan.activeService),
                remedy: plan.activeService.isEmpty
                    ? "name a Service in activeService"
                    : "create a second Service and name it in previewService")
        } else if plan.activeService.isEmpty {
            reader["activeService"].require(remedy: "name the Service that traffic goes to")
        }
    }

    private func promotion(_ reader: Reader) -> BlueGreen.Promotion {
        let seconds = reader["autoPromotionSeconds"].count() ?? 0
        let isAutomatic = reader["autoPromotionEnabled"].bool() ?? true
        return isAutomatic ? .automatic(afterSeconds: seconds) : .byHand
    }

    private func delays(_ reader: Reader, _ plan: inout BlueGreen) {
        plan.scaleDownDelaySeconds =
            reader["scaleDownDelaySeconds"].count() ?? plan.scaleDownDelaySeconds
        let limit = reader["scaleDownDelayRevisionLimit"]
        plan.scaleDownDelayRevisionLimit = limit.count()
        let history = root["spec"]["revisionHistoryLimit"].value?.int ?? 10
        if let count = plan.scaleDownDelayRevisionLimit, count > history {
            limit.invalid(
                "This rollout's revision history limit can not be smaller than the rollout's scale "
                    + "down limit",
                remedy: "lower it to \(history), or raise spec.revisionHistoryLimit")
        }
        switch reader["abortScaleDownDelaySeconds"].count() {
        // Zero is the document's word for "never".
        case 0?: plan.abortScaleDownDelaySeconds = nil
        case let seconds?: plan.abortScaleDownDelaySeconds = seconds
        case nil: break
        }
    }

    private func analysis(_ reader: Reader) -> AnalysisReference? {
        guard reader.isPresent else { return nil }
        let analysis = AnalysisReference(reader)
        checkFields(analysis, reader["args"].value, at: reader["analyses"])
        return analysis
    }
}
