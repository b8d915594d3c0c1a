import Documents
import KubernetesObjects
import Rollouts

extension ALBRouter {
    /// How its annotations are left.
    var retreat: Retreat {
        Retreat(
            total: 100, places: { _ in Set(ingresses.map(place)) },
            carried: { seen, others in
                own(seen, others).map { share($0) ?? 100 }.max() ?? 0
            },
            versions: { seen, others in
                own(seen, others).flatMap { versions($0, seen) }.highest
            },
            lower: { split, seen, others in
                own(seen, others).compactMap { ingress in
                    let share = share(ingress)
                    let hasVersions = !versions(ingress, seen).isEmpty
                    if let share, share <= split.canary, !hasVersions { return nil }
                    let left = Split(canary: min(share ?? 0, split.canary), of: 100)
                    return writing([key: action(left).text], to: ingress.name, left.canary)
                }
            })
    }

    private func place(_ ingress: String) -> Place {
        Place(
            reference: reference(ingress),
            path: Path([.key("metadata"), .key("annotations"), .key(key)]))
    }

    /// The Ingresses whose annotation is not another configuration's by now.
    private func own(_ seen: Observed, _ others: Set<Place>) -> [Object] {
        ingresses.filter { !others.contains(place($0)) }
            .compactMap { seen.objects[reference($0)] }.filter { $0.annotations[key] != nil }
    }
}
