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
            lower: { split, seen, others in
                own(seen, others).compactMap { ingress in
                    let share = share(ingress)
                    if let share, share <= split.canary { return nil }
                    let weight = share == nil ? 0 : split.canary
                    return writing([key: action(weight).text], to: ingress.name, weight)
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
