import Documents
import KubernetesObjects

/// Who asked for what, and why: written on the rollout by our own tools together with their
/// command. The actor is what the tool claims; nobody checked it.
package struct CommandNote: Hashable, Sendable {
    package static let annotation = "sluice/command"

    package var command: String
    package var actor: String
    package var reason: String?
    /// The revision that the person saw.
    package var revision: Int?
    package var at: Timestamp

    package init(command: String, actor: String, reason: String?, revision: Int?, at: Timestamp) {
        self.command = command
        self.actor = actor
        self.reason = reason
        self.revision = revision
        self.at = at
    }

    /// Reads the annotation; nil for what is none of ours.
    package init?(_ text: String) {
        let json: JSON
        do {
            json = try JSON(parsing: text)
        } catch {
            return nil
        }
        guard let command = json["command"]?.string, let actor = json["actor"]?.string,
            let at = json["at"]?.string.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        self.init(
            command: command, actor: actor, reason: json["reason"]?.string,
            revision: json["revision"]?.int, at: at)
    }

    /// The write that leaves the note.
    package func write(on rollout: Object) -> Write {
        var json: JSON = [
            "command": .string(command), "actor": .string(actor), "at": .string(at.rfc3339Micro),
        ]
        json["reason"] = reason.map(JSON.string)
        json["revision"] = revision.map { .int(Int64($0)) }
        let annotations = JSON.object(JSONObject([(Self.annotation, .string(json.text))]))
        return Write(
            Reference(.rollouts, namespace: rollout.namespace, name: rollout.name),
            .patch(.merge(["metadata": ["annotations": annotations]])))
    }
}
