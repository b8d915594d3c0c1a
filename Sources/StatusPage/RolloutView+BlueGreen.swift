import Documents
import Rollouts

/// Where a service of a blue-green rollout leads.
package struct SelectedSide: Hashable, Sendable {
    /// `active` or `preview`.
    package var name: String
    package var service: String
    /// Nil where the service selects no revision.
    package var hash: String?
    package var revision: Int?
    package var available: Int
    package var desired: Int

    /// The revision as one phrase.
    package var phrase: String { revision.map { "revision \($0)" } ?? "no revision" }
}

/// What only blue-green rollouts have to show.
extension RolloutView {
    /// The active service, and the preview where there is one; none for other strategies.
    package var selectedSides: [SelectedSide] {
        guard let plan = snapshot.rollout.spec.blueGreen else { return [] }
        let preview = plan.previewService.map { side("preview", $0) }
        return [side("active", plan.activeService), preview].compactMap(\.self)
    }

    private func side(_ name: String, _ service: String) -> SelectedSide {
        let hash = snapshot.services[service]?.hash
        let set = snapshot.replicaSets.first { $0.hash == hash && hash != nil }
        return SelectedSide(
            name: name, service: service, hash: hash, revision: set?.revision,
            available: set?.available ?? 0, desired: set?.desired ?? 0)
    }

    /// The revision that serves, as one phrase; nil for other strategies.
    var activePhrase: String? { selectedSides.first?.phrase }

    /// Whether the new revision serves before it is stable.
    private var isNewActive: Bool {
        selectedSides.first?.hash == snapshot.new?.hash && snapshot.new != nil
    }

    /// How far the new revision has come; nil for other strategies and where it is all there is.
    var sideStanding: String? {
        guard snapshot.rollout.spec.blueGreen != nil else { return nil }
        if isFirstDeploy { return "first deploy" }
        guard isMoving else { return nil }
        if status.isAborted { return "aborted" }
        return isNewActive ? "active, not stable yet" : "preview"
    }

    /// What the new ReplicaSet is before it is stable.
    var newRole: Role {
        if isFirstDeploy { return .new }
        if snapshot.rollout.spec.blueGreen == nil { return .canary }
        return isNewActive ? .active : .preview
    }

    var selectedSidesModel: JSON {
        .array(
            selectedSides.map { side in
                [
                    "name": .string(side.name == "active" ? "Active" : "Preview"),
                    "service": .string(side.service), "hash": text(side.hash),
                    "revision": number(side.revision), "available": number(side.available),
                    "desired": number(side.desired), "isActive": .bool(side.name == "active"),
                ]
            })
    }

    /// For the API: what each service selects, and whether the preview is over.
    var blueGreenJSON: JSON {
        var json: JSON = ["previewIsOver": .bool(status.blueGreen.previewIsOver)]
        for side in selectedSides {
            json[side.name] = [
                "service": .string(side.service), "podTemplateHash": text(side.hash),
                "revision": number(side.revision), "available": number(side.available),
            ]
        }
        return json
    }
}
