import Documents
import Rollouts

/// The list of rollouts.
extension Pages {
    func list(_ query: PageQuery) async -> String {
        let now = now()
        let all = await sorted()
        let chosen = all.filter { query.phase == nil || $0.phaseName == query.phase }
        let problems = await source.problems()
        let model: JSON = [
            "frame": query.frame(path: "/", now: now),
            "problems": .array(problems.map(JSON.string)), "hasProblems": .bool(!problems.isEmpty),
            "counts": counts(all, query),
            "rollouts": .array(chosen.prefix(longestList).map { row($0, query) }),
            "left": number(chosen.count > longestList ? chosen.count - longestList : nil),
            "isEmpty": .bool(all.isEmpty),
            "isFiltered": .bool(query.phase != nil),
        ]
        return templates.render(.list, model, clean: clean)
    }

    /// How many rollouts there are of each phase, each a link to them.
    private func counts(_ all: [RolloutView], _ query: PageQuery) -> JSON {
        var counts: [JSON] = [
            [
                "name": "All", "count": number(all.count), "tone": .null,
                "link": .string(query.with { $0.phase = nil }.link("/")),
                "isChosen": .bool(query.phase == nil),
            ]
        ]
        let phases: [Phase?] = [.degraded, .paused, .progressing, .healthy, nil]
        for phase in phases {
            let name = phase?.rawValue ?? "Unknown"
            let count = all.count { $0.status.phase == phase }
            guard count > 0 || query.phase == name else { continue }
            counts.append([
                "name": .string(name), "count": number(count),
                "tone": .string((phase?.tone ?? .unclear).rawValue),
                "link": .string(query.with { $0.phase = name }.link("/")),
                "isChosen": .bool(query.phase == name),
            ])
        }
        return .array(counts)
    }

    private func row(_ view: RolloutView, _ query: PageQuery) -> JSON {
        let link = query.with { $0.phase = nil }.link(path(of: view))
        return [
            "namespace": .string(view.namespace), "name": .string(view.name),
            "link": .string(link),
            "phase": view.phaseModel, "message": text(view.status.message),
            "reason": .string(view.reason), "revision": number(view.snapshot.rollout.revision),
            "standing": text(view.standing), "weight": view.traffic.model,
            "images": view.imagesModel,
        ]
    }
}

/// More rows than this are no page any more; the phases and the API lead to the rest.
private let longestList = 500

extension RolloutView {
    var phaseModel: JSON {
        ["name": .string(phaseName), "tone": .string((status.phase?.tone ?? .unclear).rawValue)]
    }

    var imagesModel: JSON {
        .array(
            currentImages.map { role, image in
                [
                    "role": .string(role.rawValue), "image": .string(image),
                    "short": .string(String(image[lastPart(of: image)...])),
                ]
            })
    }

    /// Where the name begins, behind registry and folders.
    private func lastPart(of image: String) -> String.Index {
        image.lastIndex(of: "/").map(image.index(after:)) ?? image.startIndex
    }
}

extension TrafficShare {
    var model: JSON {
        ["phrase": .string(phrase), "percent": number(min(max(percent, 0), 100))]
    }
}
