import Documents
import KubernetesObjects
import Rollouts

/// ReplicaSets of rollouts on the wire (rollout-semantics §3.3).
package enum ReplicaSetDocument {
    /// Annotations of a rollout that its ReplicaSets do not take over.
    private static let ownAnnotations: Set = [
        Keys.lastApplied, Keys.revision, Keys.revisionHistory, Keys.desiredReplicas, Keys.notified,
        Keys.ephemeralMetadata, Keys.routers, Keys.letGo,
    ]

    /// The name of the ReplicaSet with this hash.
    package static func name(rollout: String, hash: String) -> String { "\(rollout)-\(hash)" }

    /// A new ReplicaSet of the rollout's present template. It has no pods yet: it is scaled later,
    /// when the decision says so.
    package static func created(
        for rollout: Object, hash: String, revision: Int, extras: PodExtras = PodExtras()
    ) -> Object {
        var template = rollout.spec?["template"] ?? .object(JSONObject())
        template.set(.string(hash), at: ["metadata", "labels", Keys.templateHash])
        var selector = rollout.spec?["selector"] ?? .object(JSONObject())
        selector.set(.string(hash), at: ["matchLabels", Keys.templateHash])
        var annotations = rollout.annotations.filter { !ownAnnotations.contains($0.key) }
        annotations[Keys.revision] = String(revision)
        annotations[Keys.desiredReplicas] = String(rollout.spec?["replicas"]?.int ?? 1)
        var spec: JSON = ["replicas": 0, "selector": selector, "template": template]
        if let seconds = rollout.spec?["minReadySeconds"]?.int, seconds > 0 {
            spec["minReadySeconds"] = .int(Int64(seconds))
        }
        let created = Object.owned(
            by: rollout, resource: .replicaSets, name: name(rollout: rollout.name, hash: hash),
            labels: template["metadata"]?["labels"]?.strings ?? [:], annotations: annotations,
            spec: spec)
        return dressed(created, in: extras)
    }

    /// A ReplicaSet as `decide` sees it.
    package static func parse(_ object: Object, of parsed: ParsedRollout) -> ReplicaSet {
        parse(object, of: parsed) { TemplateMeaning($0) == parsed.meaning }
    }

    /// The same; `means` says whether a template means the same as the rollout's.
    static func parse(
        _ object: Object, of parsed: ParsedRollout, means: (JSON) -> Bool
    ) -> ReplicaSet {
        let hash = object.labels[Keys.templateHash] ?? ""
        var found = parse(object)
        found.matchesTemplate =
            hash == parsed.rollout.spec.templateHash || hash == parsed.formerTemplateHash
            || means(template(of: object))
        return found
    }

    /// What a ReplicaSet says by itself, beside nothing to compare it with.
    package static func parse(_ object: Object) -> ReplicaSet {
        let hash = object.labels[Keys.templateHash] ?? ""
        var found = ReplicaSet(
            name: object.name, hash: hash, revision: object.number(Keys.revision) ?? 0,
            created: object.creationTimestamp.map { Instant($0) } ?? Instant(milliseconds: 0),
            desired: object.spec?["replicas"]?.int ?? 1,
            replicas: object.status?["replicas"]?.int ?? 0,
            ready: object.status?["readyReplicas"]?.int ?? 0,
            available: object.status?["availableReplicas"]?.int ?? 0,
            matchesTemplate: false)
        found.revisionHistory =
            (object.annotations[Keys.revisionHistory] ?? "").split(separator: ",")
            .compactMap { Int32($0) }.map { Int($0) }
        found.rolloutReplicas = object.number(Keys.desiredReplicas)
        found.minReadySeconds = object.spec?["minReadySeconds"]?.int ?? 0
        found.scaleDownDeadline = object.annotations[Keys.scaleDownDeadline]
            .flatMap(Timestamp.init(rfc3339:)).map { Instant($0) }
        found.wasStable = object.annotations[Keys.wasStable] != nil
        found.wasPromoted = object.annotations[Keys.wasPromoted] != nil
        found.selector = selector(of: object)
        found.extras = extras(of: object)
        found.hasFormerPods = object.annotations[Keys.formerMetadata] != nil
        found.isObserved = object.status?["observedGeneration"]?.int ?? 0 >= object.generation
        found.isDeleting = object.deletionTimestamp != nil
        found.failure = object.status?["conditions"]?.array?
            .first { $0["type"] == "ReplicaFailure" && $0["status"] == "True" }
            .map {
                Failure(
                    reason: $0["reason"]?.string ?? "", message: $0["message"]?.string ?? "")
            }
        return found
    }

    /// In its string form; "" for one that no server would have taken.
    private static func selector(of object: Object) -> String {
        guard let json = object.spec?["selector"],
            case .success(let selector) = Result(catching: { () throws(SelectorError) in
                try LabelSelector(json: json)
            })
        else { return "" }
        return selector.description
    }

    /// The template that the ReplicaSet was made of, as `undo` writes it back into the rollout:
    /// without the hash label and without what a controller put into it for a while.
    package static func template(of object: Object) -> JSON {
        var template = undressed(object)
        template["metadata"]?["labels"]?[Keys.templateHash] = .none
        return template
    }
}
