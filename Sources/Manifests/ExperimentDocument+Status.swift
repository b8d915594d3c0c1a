import Documents
import KubernetesObjects
import Rollouts

/// The status of an Experiment on the wire. It has no status subresource: the patch goes to the
/// object itself.
extension ExperimentDocument {
    /// What cannot be read is left at its default, field by field.
    package static func status(of object: Object) -> ExperimentStatus {
        let reader = Reader(object.status, findings: Reader.Findings())
        var status = ExperimentStatus()
        status.phase = reader["phase"].string().flatMap(RunPhase.init)
        status.message = reader["message"].string() ?? ""
        status.availableAt = reader["availableAt"].instant()
        status.templates = reader["templateStatuses"].elements().compactMap(template)
        status.analyses = reader["analysisRuns"].elements().compactMap(analysis)
        status.conditions = reader["conditions"].elements().compactMap(StatusDocument.condition)
        return status
    }

    /// The merge patch that makes the experiment say `status`; nil where it does.
    package static func statusPatch(from old: Object, to status: ExperimentStatus) -> JSON? {
        let before = old.status ?? .object(JSONObject())
        let wanted = json(status)
        // The status is ours alone, so that what is not in the new one is removed.
        var changes = JSONObject()
        for key in before.object?.keys ?? [] where wanted[key] == nil { changes[key] = JSON.null }
        for member in wanted.members where before[member.key] != member.value {
            changes[member.key] = member.value
        }
        return changes.isEmpty ? nil : ["status": .object(changes)]
    }

    private static func template(_ reader: Reader) -> ExperimentStatus.TemplateStatus? {
        guard let name = reader["name"].nonEmptyString() else { return nil }
        var status = ExperimentStatus.TemplateStatus(name: name)
        status.replicas = reader["replicas"].int() ?? 0
        status.updatedReplicas = reader["updatedReplicas"].int() ?? 0
        status.readyReplicas = reader["readyReplicas"].int() ?? 0
        status.availableReplicas = reader["availableReplicas"].int() ?? 0
        status.collisionCount = reader["collisionCount"].int()
        status.phase = reader["status"].string().flatMap(TemplatePhase.init)
        status.message = reader["message"].string() ?? ""
        status.lastTransition = reader["lastTransitionTime"].instant()
        status.serviceName = reader["serviceName"].string() ?? ""
        status.podTemplateHash = reader["podTemplateHash"].string() ?? ""
        return status
    }

    private static func analysis(_ reader: Reader) -> ExperimentStatus.AnalysisStatus? {
        guard let name = reader["name"].nonEmptyString() else { return nil }
        return ExperimentStatus.AnalysisStatus(
            name: name, run: reader["analysisRun"].string() ?? "",
            phase: reader["phase"].string().flatMap(RunPhase.init) ?? .pending,
            message: reader["message"].string() ?? "")
    }

    private static func json(_ status: ExperimentStatus) -> JSONObject {
        var members = JSONObject()
        members.add("analysisRuns", status.analyses.map(json))
        members.add("availableAt", status.availableAt)
        members.add("conditions", status.conditions.map { StatusDocument.json($0) })
        members.add("message", status.message)
        members.add("phase", status.phase?.rawValue ?? "")
        members.add("templateStatuses", status.templates.map(json))
        return members
    }

    private static func json(_ template: ExperimentStatus.TemplateStatus) -> JSON {
        var members = JSONObject()
        members["availableReplicas"] = .int(Int64(template.availableReplicas))
        members["collisionCount"] = template.collisionCount.map { .int(Int64($0)) }
        members.add("lastTransitionTime", template.lastTransition)
        members.add("message", template.message)
        members["name"] = .string(template.name)
        members.add("podTemplateHash", template.podTemplateHash)
        members["readyReplicas"] = .int(Int64(template.readyReplicas))
        members["replicas"] = .int(Int64(template.replicas))
        members.add("serviceName", template.serviceName)
        members.add("status", template.phase?.rawValue ?? "")
        members["updatedReplicas"] = .int(Int64(template.updatedReplicas))
        return .object(members)
    }

    private static func json(_ analysis: ExperimentStatus.AnalysisStatus) -> JSON {
        var members = JSONObject()
        members["analysisRun"] = .string(analysis.run)
        members.add("message", analysis.message)
        members["name"] = .string(analysis.name)
        members["phase"] = .string(analysis.phase.rawValue)
        return .object(members)
    }
}
