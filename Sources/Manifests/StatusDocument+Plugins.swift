import Documents
import Rollouts

/// Entries of `status.canary.stepPluginStatuses` (rollout-semantics §4.15).
extension StatusDocument {
    /// Nil for an entry of an operation that nobody knows.
    static func plugin(_ reader: Reader) -> PluginStatus? {
        let operation = reader["operation"].string().map(PluginStatus.Operation.init) ?? .run
        guard let operation, let index = reader["index"].int(in: 0...Int(Int32.max)) else {
            return nil
        }
        let started = reader["startedAt"].instant() ?? Instant(milliseconds: 0)
        var status = PluginStatus(
            index: index, name: reader["name"].string() ?? "", operation: operation,
            startedAt: started)
        status.phase = reader["phase"].string().flatMap(PluginStatus.Phase.init) ?? .running
        status.message = reader["message"].string() ?? ""
        status.updatedAt = reader["updatedAt"].instant()
        status.finishedAt = reader["finishedAt"].instant()
        status.backoffSeconds = reader["backoff"].value.flatMap(RolloutParser.seconds)
        status.executions = reader["executions"].int(in: 0...Int(Int32.max)) ?? 0
        status.isDisabled = reader["disabled"].bool() ?? false
        status.state = reader["status"].value?.text ?? ""
        return status
    }

    static func json(_ status: PluginStatus) -> JSON {
        var members = JSONObject()
        members["index"] = .int(Int64(status.index))
        members["name"] = .string(status.name)
        members["operation"] = .string(status.operation.rawValue)
        members["phase"] = .string(status.phase.rawValue)
        members.add("message", status.message)
        members.add("startedAt", status.startedAt)
        members.add("updatedAt", status.updatedAt)
        members.add("finishedAt", status.finishedAt)
        members.add("backoff", status.backoffSeconds.map { "\($0)s" } ?? "")
        members.add("executions", status.executions)
        members.add("disabled", status.isDisabled)
        members["status"] = state(status.state)
        return .object(members)
    }

    /// What an extension keeps for itself; nil for nothing.
    package static func state(_ text: String) -> JSON? {
        guard !text.isEmpty else { return nil }
        do throws(DocumentError) {
            return try JSON(parsing: text)
        } catch {
            return .string(text)
        }
    }
}
