import Documents
import KubernetesObjects
import Rollouts

/// Which pods the two VirtualNodes stand for. Only the hash in their selectors is written.
extension AppMeshRouter {
    /// - Parameter movesCanary: false as long as something is sent to the canary's node that must
    ///   not come to other pods.
    func planNodes(movesCanary: Bool, _ seen: Observed) throws(RouterError) -> [Change] {
        if seen.currentHash.isEmpty { return [] }
        var changes: [Change] = []
        let isFirst = hash(of: try seen.object(node(nodes.stable))) == nil
        if seen.mayLeadToStable(isFirst: isFirst) {
            try point(nodes.stable, to: seen.hashOfStable, seen, &changes)
        }
        if movesCanary { try point(nodes.canary, to: seen.currentHash, seen, &changes) }
        return changes
    }

    private func point(
        _ name: String, to hash: String, _ seen: Observed, _ changes: inout [Change]
    ) throws(RouterError) {
        let reference = node(name)
        if self.hash(of: try seen.object(reference)) == hash { return }
        let labels = JSON.object(JSONObject([(hashLabel, .string(hash))]))
        changes.append(
            Change(
                reference,
                .patch(.merge(["spec": ["podSelector": ["matchLabels": labels]]])),
                event: Event(
                    "UpdatedVirtualNode", "\(reference.shown) selects the pods of \(hash)"),
                isPrerequisite: name == nodes.stable))
    }

    func hash(of node: Object) -> String? {
        node.spec?["podSelector"]?["matchLabels"]?[hashLabel]?.string
    }

    /// The revisions that requests come to by the nodes: their pods must not go.
    func selects(_ seen: Observed) -> Set<String> {
        let names = [nodes.stable] + (mostForCanary(seen) > 0 ? [nodes.canary] : [])
        return Set(names.compactMap { seen.objects[node($0)].flatMap(hash) })
    }
}
