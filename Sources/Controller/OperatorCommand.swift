import Documents
import KubernetesObjects
import Manifests
import Rollouts
import Traffic

/// What a person asks of a rollout, as the writes that the field's tools send (rollout-semantics
/// §7.6).
package enum OperatorCommand: Hashable, Sendable {
    case promote
    case promoteFull
    case abort
    case retry
    case pause
    case resume
    /// Back to the template of a revision; nil for the one before the present.
    case undo(toRevision: Int?)
    /// `container` is a name, or `*` for all.
    case setImage(container: String, image: String)
    case scale(Int)
    /// Pods that were created before are replaced.
    case restart(at: Timestamp)

    /// The word that histories and logs use.
    package var word: String {
        switch self {
        case .promote: "promote"
        case .promoteFull: "promote --full"
        case .abort: "abort"
        case .retry: "retry"
        case .pause: "pause"
        case .resume: "resume"
        case .undo: "undo"
        case .setImage: "set image"
        case .scale: "scale"
        case .restart: "restart"
        }
    }
}

/// A command that would do nothing or something else than what was meant. Nothing was written.
package struct CommandRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension OperatorCommand {
    /// The writes, in order. They carry the version that was looked at where the command depends on
    /// it, so that it never applies to another moment than the one the person saw.
    ///
    /// - Parameters:
    ///   - replicaSets: those of the rollout, for `undo`.
    ///   - workload: what the rollout takes its template from, if it has none of its own: a new
    ///     template goes there.
    package func writes(
        on rollout: Object, replicaSets: [Object], workload: WorkloadSeen = .missing
    ) throws(CommandRefusal) -> [Write] {
        let reference = Reference(.rollouts, namespace: rollout.namespace, name: rollout.name)
        let status = rollout.status
        switch self {
        case .abort:
            var change: JSON = ["abort": true]
            // Where an abort is there already, only a promotion that came after it is news.
            if status?["promoteFull"]?.bool == true { change["promoteFull"] = false }
            return [Write(reference, .patchStatus(.merge(["status": change])))]
        case .retry:
            guard status?["abort"]?.bool == true else {
                throw CommandRefusal(
                    "rollout \(rollout.name) is not aborted: there is nothing to retry")
            }
            return [Write(reference, .patchStatus(.merge(["status": ["abort": false]])))]
        case .pause: return [Write(reference, .patch(.merge(["spec": ["paused": true]])))]
        case .resume: return try resume(reference, rollout)
        case .promote: return try promote(reference, rollout)
        case .promoteFull:
            guard status?["currentPodHash"]?.string != status?["stableRS"]?.string else {
                return []
            }
            return [seen(rollout, ["promoteFull": true])] + unpause(reference, rollout)
        case .undo(let revision):
            let target = try TemplateTarget(rollout, workload)
            let parsed = RolloutDocument.parse(
                rollout, workload: workload, routers: RouterKind.all)
            return [try undo(target, parsed, replicaSets, to: revision)]
        case .setImage(let container, let image):
            let target = try TemplateTarget(rollout, workload)
            return [try setImage(target, container, image)]
        case .scale(let count):
            return [Write(reference, .patch(.merge(["spec": ["replicas": .int(Int64(count))]])))]
        case .restart(let time):
            let body: JSON = ["spec": ["restartAt": .string(time.rfc3339)]]
            return [Write(reference, .patch(.merge(body)))]
        }
    }

    private func unpause(_ reference: Reference, _ rollout: Object) -> [Write] {
        guard rollout.spec?["paused"]?.bool == true else { return [] }
        return [Write(reference, .patch(.merge(["spec": ["paused": false]])))]
    }

    /// Takes back one pause: the user's own first, since a step's open pause was not what it held.
    private func resume(
        _ reference: Reference, _ rollout: Object
    ) throws(CommandRefusal) -> [Write] {
        let unpaused = unpause(reference, rollout)
        if !unpaused.isEmpty { return unpaused }
        guard rollout.status?["pauseConditions"]?.array?.isEmpty == false else {
            throw CommandRefusal("rollout \(rollout.name) is not paused")
        }
        return [seen(rollout, ["pauseConditions": .null])]
    }

    /// A change of the status as it was looked at.
    private func seen(_ rollout: Object, _ change: JSON) -> Write {
        let reference = Reference(.rollouts, namespace: rollout.namespace, name: rollout.name)
        let body: JSON = [
            "metadata": ["resourceVersion": .string(rollout.resourceVersion)], "status": change,
        ]
        return Write(reference, .patchStatus(.merge(body)))
    }

    /// One pause or one step. The version goes with it, so that two promotions at once do not skip
    /// two steps; and the user's own pause holds until then, so that nothing moves in between.
    private func promote(
        _ reference: Reference, _ rollout: Object
    ) throws(CommandRefusal) -> [Write] {
        let status = rollout.status
        if status?["abort"]?.bool == true {
            throw CommandRefusal(
                "rollout \(rollout.name) is aborted and takes no step; start over with"
                    + " `sluice retry \(rollout.name)`, or skip all steps with"
                    + " `sluice promote --full \(rollout.name)`")
        }
        let steps = rollout.spec?["strategy"]?["canary"]?["steps"]?.array?.count ?? 0
        let index = status?["currentStepIndex"]?.int
        let isPaused = status?["pauseConditions"]?.array?.isEmpty == false
        let isInconclusive =
            status?["canary"]?["currentStepAnalysisRunStatus"]?["status"]?.string == "Inconclusive"
        var change: JSON = ["pauseConditions": .null]
        if isInconclusive && isPaused && status?["controllerPause"]?.bool == true {
            change["controllerPause"] = false
            change["currentStepIndex"] = .int(Int64(min((index ?? 0) + 1, steps)))
        } else if !isPaused {
            if status?["controllerPause"]?.bool == true {
                // The step's pause was ended under the user's own, and is left with that one.
                let unpaused = unpause(reference, rollout)
                if !unpaused.isEmpty { return unpaused }
                throw CommandRefusal(
                    "rollout \(rollout.name) was resumed a moment ago; look where it stands first")
            }
            guard steps > 0, let index, index < steps else {
                let unpaused = unpause(reference, rollout)
                if unpaused.isEmpty {
                    throw CommandRefusal(
                        "rollout \(rollout.name) is not paused and has no step to skip")
                }
                return unpaused
            }
            change["currentStepIndex"] = .int(Int64(index + 1))
        }
        return [seen(rollout, change)] + unpause(reference, rollout)
    }

    private func undo(
        _ holder: TemplateTarget, _ parsed: ParsedRollout, _ sets: [Object], to revision: Int?
    ) throws(CommandRefusal) -> Write {
        let byRevision = sets.compactMap { set in
            set.number(Keys.revision).map { (revision: $0, set: set) }
        }.sorted { $0.revision > $1.revision }
        let target: Object?
        if let revision, revision > 0 {
            target = byRevision.first { $0.revision == revision }?.set
            if target == nil {
                throw CommandRefusal("unable to find specified revision \(revision) in history")
            }
        } else {
            // A template that has no ReplicaSet yet, or cannot have one, is no revision: the one
            // before it is the last.
            let isRevision = sets.contains {
                ReplicaSetDocument.parse($0, of: parsed).matchesTemplate
            }
            target = byRevision.dropFirst(isRevision ? 1 : 0).first?.set
        }
        guard let target, target.spec?["template"] != nil else {
            throw CommandRefusal("no revision found for rollout \"\(parsed.rollout.name)\"")
        }
        let template = ReplicaSetDocument.template(of: target)
        if TemplateMeaning(template) == TemplateMeaning(holder.template) {
            let number = target.annotations[Keys.revision] ?? "?"
            throw CommandRefusal(
                "skipped rollback (current template already matches revision \(number))")
        }
        return Write(
            holder.reference,
            .patch(.json([["op": "replace", "path": .string(holder.path), "value": template]])))
    }

    private func setImage(
        _ holder: TemplateTarget, _ container: String, _ image: String
    ) throws(CommandRefusal) -> Write {
        let lists = ["containers", "initContainers"]
        var operations: [JSON] = []
        for list in lists {
            let containers = holder.template["spec"]?[list]?.array ?? []
            for (index, entry) in containers.enumerated()
            where container == "*" || entry["name"]?.string == container {
                let path = "\(holder.path)/spec/\(list)/\(index)"
                operations += holder.test(path, entry)
                operations.append([
                    "op": entry["image"] == nil ? "add" : "replace",
                    "path": .string("\(path)/image"), "value": .string(image),
                ])
            }
        }
        guard !operations.isEmpty else {
            throw CommandRefusal("\(holder.name) has no container \(container)")
        }
        if let version = holder.versionTest { operations.insert(version, at: 0) }
        return Write(holder.reference, .patch(.json(operations)))
    }
}

/// Where the pod template of a rollout stands.
private struct TemplateTarget {
    let reference: Reference
    /// As messages name it.
    let name: String
    let template: JSON
    /// The JSON pointer to the template.
    let path: String
    /// Its version is tested where nobody but its owner writes into it.
    let versionTest: JSON?

    init(_ rollout: Object, _ workload: WorkloadSeen) throws(CommandRefusal) {
        guard rollout.spec?["workloadRef"].map({ !$0.isNull }) ?? false else {
            reference = Reference(.rollouts, namespace: rollout.namespace, name: rollout.name)
            name = "rollout \(rollout.name)"
            template = rollout.spec?["template"] ?? .null
            path = "/spec/template"
            versionTest = [
                "op": "test", "path": "/metadata/resourceVersion",
                "value": .string(rollout.resourceVersion),
            ]
            return
        }
        guard let reference = WorkloadDocument.reference(in: rollout), case .found = workload else {
            throw CommandRefusal(
                "what rollout \(rollout.name) takes its template from is not there: create it, or"
                    + " correct spec.workloadRef")
        }
        self.reference = reference
        name = "\(reference.resource.singular) \(reference.name)"
        template = rollout.resolved(by: workload).spec?["template"] ?? .null
        path = WorkloadDocument.templatePath(of: reference.resource).map { "/\($0)" }.joined()
        // The status of a Deployment changes with each of its pods, and with it the version.
        versionTest = nil
    }

    /// Tests that a container is still the one that was looked at.
    func test(_ path: String, _ container: JSON) -> [JSON] {
        guard versionTest == nil, let name = container["name"] else { return [] }
        return [["op": "test", "path": .string("\(path)/name"), "value": name]]
    }
}
