import Documents
import KubernetesObjects
import Rollouts

/// A list of destinations in which versions of an experiment come and go, each named by its
/// Service.
struct VersionedList {
    /// How an element names a Service.
    struct Naming: Sendable {
        /// The member that has the name.
        let member: [String]
        /// The member that has the number of the Service's port.
        var port: [String] = ["port"]
        /// The Service beside the rollout that an element names; nil for others.
        let service: @Sendable (JSON) -> String?
        /// The canary's element with another Service in its place.
        let element: @Sendable (_ service: String, _ canary: JSON) -> JSON

        /// A name without anything around it.
        static func plain(
            _ member: String, isOurs: @escaping @Sendable (JSON) -> Bool = { _ in true }
        ) -> Naming {
            Naming(member: [member]) { element in
                isOurs(element) ? element[member]?.string : nil
            } element: { service, canary in
                var element = canary
                element[member] = .string(service)
                return element
            }
        }
    }

    let elements: [JSON]
    let path: Path
    let naming: Naming
    /// The canary's element.
    let model: JSON
    /// Where the two sides are, whatever their Services are called.
    let sides: Set<Int>

    private struct Spot {
        let index: Int
        let service: String
        /// One that cannot be counted with is all there can be.
        let weight: Int
    }

    /// The versions that are there.
    func versions(among known: Set<String>) -> [VersionWeight] {
        spots(of: known).map { VersionWeight(service: $0.service, weight: $0.weight) }
            .sorted { $0.service < $1.service }
    }

    /// Why requests would not come to one of these by its Service.
    ///
    /// - Parameter known: the ports of each Service.
    func fault(_ wanted: [VersionWeight], _ known: [String: Set<Int>]) -> RouterError? {
        guard let port = model[naming.port]?.int else { return nil }
        return wanted.lazy.compactMap { $0.fault(at: port, known) }.first
    }

    /// Writes what is missing to `wanted`, and takes away the others that are known.
    func write(_ wanted: [VersionWeight], among known: Set<String>, to patch: inout ListPatch) {
        var left = spots(of: known.union(wanted.map(\.service)))
        for version in wanted {
            guard let found = left.firstIndex(where: { $0.service == version.service }) else {
                patch.set(element(version), at: path.appending("-"))
                continue
            }
            let spot = left.remove(at: found)
            if spot.weight == version.weight { continue }
            require(spot, in: &patch)
            patch.set(
                .int(Int64(version.weight)), at: path.appending(spot.index).appending("weight"))
        }
        for spot in left { require(spot, in: &patch) }
        for spot in left.reversed() { patch.remove(at: path.appending(spot.index)) }
    }

    private func spots(of known: Set<String>) -> [Spot] {
        elements.enumerated().compactMap { index, element in
            guard !sides.contains(index), let name = naming.service(element),
                known.contains(name)
            else { return nil }
            return Spot(
                index: index, service: name,
                weight: WeightedPair.counted(element["weight"]) ?? WeightedPair.weightLimit)
        }
    }

    private func require(_ spot: Spot, in patch: inout ListPatch) {
        let element = path.appending(spot.index)
        patch.require(
            elements[spot.index][naming.member] ?? .null,
            at: naming.member.reduce(element) { $0.appending($1) })
    }

    private func element(_ version: VersionWeight) -> JSON {
        var element = naming.element(version.service, model)
        element["weight"] = .int(Int64(version.weight))
        return element
    }
}

extension VersionWeight {
    /// Why requests would not come to it at this port.
    func fault(at port: Int, _ known: [String: Set<Int>]) -> RouterError? {
        if known[service]?.contains(port) ?? false { return nil }
        return RouterError(
            "Service \(service) of an experiment's version has no port \(port), which the route"
                + " names; add it to the Service")
    }
}

extension [VersionWeight] {
    /// Each version once, with the most that it gets anywhere.
    var highest: [VersionWeight] {
        Dictionary(map { ($0.service, $0.weight) }, uniquingKeysWith: Swift.max)
            .map { VersionWeight(service: $0.key, weight: $0.value) }
            .sorted { $0.service < $1.service }
    }
}

extension JSON {
    /// The member of a member …
    fileprivate subscript(path: [String]) -> JSON? {
        path.reduce(Optional(self)) { $0?[$1] }
    }
}
