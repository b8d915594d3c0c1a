import Documents
import KubernetesObjects
import Manifests
import ObjectStore

extension Transcript {
    /// How the traffic of a rollout is really divided: read from the objects that nginx and the
    /// Services serve, by nothing that the controller itself reads them with. Of a blue-green
    /// rollout the active side stands for stable, and the preview for the canary.
    package struct Sample: Hashable, Sendable {
        package var milliseconds: Int64
        /// The canary's share of `total`, the largest of all Ingresses that the rollout has ever
        /// made, under any prefix.
        package var weight: Int
        package var total: Int
        /// The revision behind the canary service, and its available pods.
        package var canaryHash: String
        package var canaryAvailable: Int
        package var stableHash: String
        package var stableAvailable: Int
        /// Which service is stable's: two may take turns.
        package var stableService: String
        /// The pods that are asked for of both.
        package var canaryWanted: Int
        package var stableWanted: Int
        /// `spec.replicas`.
        package var size: Int
        package var currentHash: String
        package var isAborted: Bool
        /// `status.currentStepIndex`; nil without steps.
        package var step: Int?
        /// Where steps ask for pods by themselves, for the step in force and the one before: the
        /// status is ahead of the router.
        package var ownScales: [OwnScale] = []
        /// Whether services and routers divide the traffic; else pods do by their number.
        package var isRouted: Bool
        /// The pods that are asked for, over all ReplicaSets.
        package var podsWanted: Int
        /// What stands beside the two sides in any route, by the names of the Services.
        package var versions: [String: Version]
        /// How many objects have a route that a step made.
        package var madeRoutes: Int
        /// Where the document has traffic led past the Services, by the kind that says to whom:
        /// VirtualNodes, and subsets of a DestinationRule.
        package var aims: [String: Aim] = [:]
        /// The available pods of each revision, where that is so.
        package var available: [String: Int] = [:]

        /// A step asks for so many pods of the canary by itself: they carry its weight, however
        /// few they are.
        package struct OwnScale: Hashable, Sendable {
            package var weight: Int
            package var pods: Int

            /// The nearest `setCanaryScale` of the step at `index` or of one before.
            init?(_ steps: [JSON], at index: Int, size: Int, total: Int) {
                guard steps.indices.contains(index) else { return nil }
                let past = steps[...index].reversed()
                guard let scale = past.lazy.compactMap({ $0["setCanaryScale"] }).first else {
                    return nil
                }
                let share = scale["weight"]?.int.map { ($0 * size + total - 1) / total }
                guard let pods = scale["replicas"]?.int ?? share else { return nil }
                self.pods = pods
                weight = past.lazy.compactMap { $0["setWeight"]?.int }.first ?? 0
            }
        }

        /// What comes to which revisions.
        package struct Aim: Hashable, Sendable {
            package var weight: Int
            package var canaryHash: String
            package var stableHash: String
        }

        /// A version of an experiment that a route leads to.
        package struct Version: Hashable, Sendable {
            /// The most that any route gives it.
            package var weight: Int
            /// The pods behind its Service.
            package var available: Int
            package var wanted: Int
        }
    }
}

extension Transcript.Sample {
    /// Nil where neither services nor subsets tell the sides apart.
    init?(of rollout: Object, in store: ObjectStore, at milliseconds: Int64) {
        guard let (stableName, canaryName) = Self.sides(of: rollout) else { return nil }
        let canary = rollout.spec?["strategy"]?["canary"]
        let world = World(store, rollout.namespace)
        self.milliseconds = milliseconds
        total = canary?["trafficRouting"]?["maxTrafficWeight"]?.int ?? 100
        weight = max(
            world.canaryWeight(of: rollout.uid), world.gatewayWeight(leadingTo: canaryName),
            world.routedWeight(to: canaryName, beside: stableName, of: total),
            world.mappedWeight(to: canaryName))
        canaryHash = world.hash(behind: canaryName)
        stableHash = world.hash(behind: stableName)
        canaryAvailable = world.available(canaryHash)
        stableAvailable = world.available(stableHash)
        canaryWanted = world.wanted(canaryHash)
        stableWanted = world.wanted(stableHash)
        stableService = stableName
        size = rollout.spec?["replicas"]?.int ?? 1
        currentHash = rollout.status?["currentPodHash"]?.string ?? ""
        isAborted = rollout.status?["abort"]?.bool ?? false
        step = rollout.status?["currentStepIndex"]?.int
        podsWanted = world.podsWanted
        isRouted =
            rollout.spec?["strategy"]?["blueGreen"]?.object != nil
            || canary?["trafficRouting"]?.object != nil
        versions = world.versions(beside: stableName, besides: canaryName)
        let managed = canary?["trafficRouting"]?["managedRoutes"]?.array ?? []
        madeRoutes = world.mentions(of: managed.compactMap { $0["name"]?.string })
        let routing = canary?["trafficRouting"]
        if routing?["appMesh"]?.object != nil {
            aims["VirtualNode"] = world.nodes(canaryName, beside: stableName, of: total)
        }
        if routing?["istio"]?["destinationRule"]?.object != nil {
            aims["DestinationRule"] = world.subsets(canaryName, beside: stableName, of: total)
        }
        if !aims.isEmpty { available = world.availableByRevision }
        let steps = canary?["steps"]?.array ?? []
        ownScales = [(step ?? 0) - 1, step ?? 0].compactMap {
            OwnScale(steps, at: $0, size: size, total: total)
        }
    }

    /// The services of the two sides, or the subsets: a pair of services changes places with each
    /// promotion.
    private static func sides(of rollout: Object) -> (stable: String, canary: String)? {
        let strategy = rollout.spec?["strategy"]
        let canary = strategy?["canary"], blueGreen = strategy?["blueGreen"]
        if let ping = canary?["pingPong"]?["pingService"]?.string,
            let pong = canary?["pingPong"]?["pongService"]?.string
        {
            let isPing = rollout.status?["canary"]?["stablePingPong"]?.string == "ping"
            return isPing ? (ping, pong) : (pong, ping)
        }
        let names = [canary?["stableService"], blueGreen?["activeService"]]
        let others = [canary?["canaryService"], blueGreen?["previewService"]]
        let subsets = canary?["trafficRouting"]?["istio"]?["destinationRule"]
        if names.allSatisfy({ $0?.string == nil }),
            let stable = subsets?["stableSubsetName"]?.string,
            let other = subsets?["canarySubsetName"]?.string
        {
            return (stable, other)
        }
        guard let stable = names.compactMap({ $0?.string }).first,
            let other = (others + (blueGreen == nil ? [] : names))
                .compactMap({ $0?.string }).first
        else { return nil }
        return (stable, other)
    }

    /// The same traffic, with the sides called the other way.
    package var turned: Self {
        var turned = self
        turned.weight = total - weight
        swap(&turned.canaryHash, &turned.stableHash)
        swap(&turned.canaryAvailable, &turned.stableAvailable)
        swap(&turned.canaryWanted, &turned.stableWanted)
        return turned
    }

    /// What is there, listed once.
    private struct World {
        let store: ObjectStore
        let namespace: String
        private var services: [Object] = []
        private var replicaSets: [Object] = []

        init(_ store: ObjectStore, _ namespace: String) {
            self.store = store
            self.namespace = namespace
            services = list(.services)
            replicaSets = list(.replicaSets)
        }

        func list(_ resource: Resource) -> [Object] {
            do {
                return try store.list(resource, matching: Selection(namespace: namespace)).items
            } catch {
                return []
            }
        }

        /// - Parameter side: a service, or a subset.
        func hash(behind side: String) -> String {
            let service = services.first { $0.name == side }
            let labels =
                service?.spec?["selector"]
                ?? subsets.first { $0["name"]?.string == side }?["labels"]
            return labels?[Keys.templateHash]?.string ?? ""
        }

        private var subsets: [JSON] {
            list(.destinationRules).flatMap { $0.spec?["subsets"]?.array ?? [] }
        }

        func available(_ hash: String) -> Int {
            replicaSets.filter { $0.labels[Keys.templateHash] == hash }
                .reduce(0) { $0 + ($1.status?["availableReplicas"]?.int ?? 0) }
        }

        /// Of all revisions.
        var availableByRevision: [String: Int] {
            let hashes = replicaSets.compactMap { $0.labels[Keys.templateHash] }
            return Dictionary(hashes.map { ($0, available($0)) }) { first, _ in first }
        }

        func wanted(_ hash: String) -> Int {
            replicaSets.filter { $0.labels[Keys.templateHash] == hash }
                .reduce(0) { $0 + ($1.spec?["replicas"]?.int ?? 0) }
        }

        var podsWanted: Int {
            replicaSets.reduce(0) { $0 + ($1.spec?["replicas"]?.int ?? 0) }
        }

        /// Percent of a model's requests that the policies of any gateway send to the service.
        func gatewayWeight(leadingTo service: String) -> Int {
            list(.configMaps).flatMap { map -> [Int] in
                let texts = map["data"]?.strings ?? [:]
                let names = (texts["GATEWAY_UPSTREAMS"] ?? "").split(separator: ";")
                    .map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
                    .filter { $0.last == "http://\(service)" }.compactMap(\.first)
                return policies(texts["GATEWAY_ROUTE_POLICIES"] ?? "").map { policy in
                    if names.contains(policy["target"]?.string ?? "") { return 100 }
                    let isCanary = names.contains(policy["canary"]?.string ?? "")
                    return isCanary ? policy["percent"]?.int ?? 0 : 0
                }
            }.max() ?? 0
        }

        /// All lists of destinations, of routes and in annotations of Ingresses. Subsets divide
        /// nothing.
        private var lists: [[JSON]] {
            Resource.routes.keys.filter { $0 != .destinationRules }.flatMap(list)
                .flatMap { $0.spec?.lists ?? [] }
                + list(.ingresses).flatMap { $0.annotations.values }
                .filter { $0.hasPrefix("{") }.flatMap { json($0).lists }
        }

        /// The largest part of `total` in any list that has both services.
        func routedWeight(to canary: String, beside stable: String, of total: Int) -> Int {
            part(of: canary, beside: stable, in: lists, of: total)
        }

        /// By VirtualNodes that are called as the Services are.
        func nodes(
            _ canary: String, beside stable: String, of total: Int
        ) -> Transcript.Sample.Aim? {
            var hashes: [String: String] = [:]
            for node in list(.meshNodes) {
                let labels = node.spec?["podSelector"]?["matchLabels"]
                hashes[node.name] = labels?[Keys.templateHash]?.string
            }
            let weight = part(
                of: canary, beside: stable,
                in: list(.meshRouters).flatMap { $0.spec?.lists ?? [] }, of: total)
            return aim(hashes, weight, canary, stable)
        }

        /// By subsets that are called as the Services are.
        func subsets(
            _ canary: String, beside stable: String, of total: Int
        ) -> Transcript.Sample.Aim? {
            var hashes: [String: String] = [:]
            for subset in subsets {
                let hash = subset["labels"]?[Keys.templateHash]?.string
                hashes[subset["name"]?.string ?? ""] = hash
            }
            let lists = list(.virtualServices).flatMap { $0.spec?.lists ?? [] }
                .filter { $0.contains { $0["destination"]?["subset"] != nil } }
            let weight = part(of: canary, beside: stable, in: lists, of: total)
            return aim(hashes, weight, canary, stable)
        }

        /// Nil until both sides lead anywhere.
        private func aim(
            _ hashes: [String: String], _ weight: Int, _ canary: String, _ stable: String
        ) -> Transcript.Sample.Aim? {
            guard let canary = hashes[canary], let stable = hashes[stable] else { return nil }
            return Transcript.Sample.Aim(weight: weight, canaryHash: canary, stableHash: stable)
        }

        private func part(
            of canary: String, beside stable: String, in lists: [[JSON]], of total: Int
        ) -> Int {
            lists.map { list in
                guard let part = list.first(where: { $0.leads(to: canary) })?.weight, part > 0,
                    list.contains(where: { $0.leads(to: stable) })
                else { return 0 }
                return part * total / list.reduce(0) { $0 + $1.weight }
            }.max() ?? 0
        }

        func versions(
            beside stable: String, besides canary: String
        ) -> [String: Transcript.Sample.Version] {
            var found: [String: Transcript.Sample.Version] = [:]
            for list in lists where list.contains(where: { $0.leads(to: stable) }) {
                for element in list where !element.leads(to: stable) && !element.leads(to: canary) {
                    guard let service = element.services.first else { continue }
                    let hash = hash(behind: service)
                    found[service] = Transcript.Sample.Version(
                        weight: max(element.weight, found[service]?.weight ?? 0),
                        available: available(hash), wanted: wanted(hash))
                }
            }
            return found
        }

        /// The objects of routing that have one of these names anywhere.
        func mentions(of names: [String]) -> Int {
            if names.isEmpty { return 0 }
            let objects = Resource.routes.keys.flatMap(list) + list(.ingresses)
            return objects.filter { object in
                let text = object.json.text
                return names.contains { text.contains("\"\($0)") || text.contains(".\($0)\"") }
            }.count
        }

        private func json(_ text: String) -> JSON {
            do { return try JSON(parsing: text) } catch { return .null }
        }

        /// Percent, by any Mapping of Ambassador.
        func mappedWeight(to service: String) -> Int {
            list(.mappings).filter { $0.spec?["service"]?.string?.hasPrefix(service) ?? false }
                .compactMap { $0.spec?["weight"]?.int }.max() ?? 0
        }

        private func policies(_ text: String) -> [JSON] {
            json(text).object?.members.map(\.value) ?? []
        }

        func canaryWeight(of owner: String) -> Int {
            list(.ingresses).filter { $0.controllerOwner?.uid == owner }.flatMap { ingress in
                ingress.annotations.filter { $0.key.hasSuffix("/canary-weight") }
                    .compactMap { Int($0.value) }
            }.max() ?? 0
        }
    }
}

extension JSON {
    /// Every list in this value.
    fileprivate var lists: [[JSON]] {
        switch self {
        case .array(let values): [values] + values.flatMap(\.lists)
        case .object(let object): object.members.flatMap(\.value.lists)
        default: []
        }
    }

    /// Whether this destination names the service, however its kind calls it.
    fileprivate func leads(to service: String) -> Bool { services.contains(service) }

    fileprivate var services: [String] {
        let names = [
            self["name"], self["service"], self["serviceName"], self["ServiceName"],
            self["destination"]?["subset"] ?? self["destination"]?["host"],
            self["virtualNodeRef"]?["name"],
        ]
        return names.compactMap { $0?.string }
    }

    /// That of a destination.
    fileprivate var weight: Int { (self["weight"] ?? self["Weight"])?.int ?? 1 }
}
