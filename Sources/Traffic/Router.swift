import Documents
import KubernetesObjects
import Rollouts

/// One way of dividing traffic, configured for one rollout: which objects it reads, how it writes a
/// split into them, how it reads the split back, and whether the data plane follows. Pure: objects
/// in, changes out.
package struct Router: Sendable {
    /// As events and pages name it: `Nginx`, `sluice/route-policy`.
    package let kind: String
    /// The objects to observe, all in the rollout's namespace unless they say otherwise.
    package let reads: [Reference]
    /// Objects to observe whose names are not known.
    package let searches: [Search]
    /// Whether both sides are pods of the rollout. False where they exist without it: then weights
    /// need no pods.
    package let servesPods: Bool
    /// Whether versions of experiments can get traffic by it, besides the two sides.
    package let takesVersions: Bool
    /// False for a router whose configuration cannot be read: it stands for what it did before.
    package let isReadable: Bool
    /// The changes that make the objects carry `split`; none where they do already.
    package let plan: @Sendable (_ split: Split, _ seen: Observed) throws(RouterError) -> [Change]
    /// The split that the objects carry.
    package let read: @Sendable (_ seen: Observed) -> Reading
    /// The changes that leave exactly these routes of the rollout's own in the objects; nil for a
    /// router that has none.
    package let routes: RoutesPlan?
    /// Whether the data plane has taken over what the objects say.
    package let verify: @Sendable (_ seen: Observed) -> Verification
    /// The revisions whose pods the objects lead to past any Service.
    package let selects: @Sendable (_ seen: Observed) -> Set<String>
    /// The program that divides the traffic; nil where objects do.
    package var remote: RemoteRouter?
    /// What is wrong with the objects that the document names, and that is told of before anything
    /// is moved; nil for a router that says so itself, when it is.
    package var faults: (@Sendable (_ seen: Observed) -> [NamedFault])?
    /// The most that destinations keep which the document names beside the two sides.
    package var reserved: @Sendable (_ seen: Observed) -> Int = { _ in 0 }
    /// How it leaves objects that the document names no more; nil for one whose objects are the
    /// rollout's own, and found as such.
    package let retreat: Retreat?

    package init(
        kind: String, reads: [Reference], searches: [Search] = [], servesPods: Bool = true,
        takesVersions: Bool = false, isReadable: Bool = true,
        plan: @escaping @Sendable (Split, Observed) throws(RouterError) -> [Change],
        read: @escaping @Sendable (Observed) -> Reading, routes: RoutesPlan? = nil,
        verify: @escaping @Sendable (Observed) -> Verification,
        selects: @escaping @Sendable (Observed) -> Set<String> = { _ in [] },
        retreat: Retreat? = nil
    ) {
        self.kind = kind
        self.reads = reads
        self.searches = searches
        self.servesPods = servesPods
        self.takesVersions = takesVersions
        self.isReadable = isReadable
        self.plan = plan
        self.read = read
        self.routes = routes
        self.verify = verify
        self.selects = selects
        self.retreat = retreat
    }
}

/// See `Router.routes`.
package typealias RoutesPlan =
    @Sendable (_ routes: [ManagedRoute], _ seen: Observed) throws(RouterError) -> [Change]

extension Router {
    /// Which routes of the rollout's own the objects have; nil where this router makes none.
    package func readRoutes(_ seen: Observed, ofTheStep wanted: [ManagedRoute]) -> RoutesSeen? {
        guard let routes else { return nil }
        do throws(RouterError) {
            if try routes([], seen).isEmpty { return RoutesSeen.none }
            if try routes(wanted, seen).isEmpty { return .ofTheStep }
        } catch {
            return .others
        }
        return .others
    }

    /// Stands for a router whose configuration cannot be read: where its traffic goes is not known,
    /// and it cannot be moved.
    package static func unreadable(_ kind: String) -> Router {
        let why = "the configuration of \(kind) cannot be read; correct it"
        return Router(
            kind: kind, reads: [], isReadable: false,
            plan: { _, _ throws(RouterError) in throw RouterError(why) },
            read: { _ in .unreadable(why) }, verify: { _ in .cannot })
    }
}

/// The rollout that a router works for.
package struct RoutedRollout: Hashable, Sendable {
    package var namespace: String
    package var name: String
    package var stableService: String?
    package var canaryService: String?
    /// `maxTrafficWeight`; nil where the document leaves it out.
    package var maximumWeight: Int?
    /// The names of the routes that its steps may make, the first in force first.
    package var managedRoutes: [String]

    package init(
        namespace: String, name: String, stableService: String?, canaryService: String?,
        maximumWeight: Int?, managedRoutes: [String] = []
    ) {
        self.namespace = namespace
        self.name = name
        self.stableService = stableService
        self.canaryService = canaryService
        self.maximumWeight = maximumWeight
        self.managedRoutes = managedRoutes
    }
}

/// The objects that a router asked for, as the caches have them. A missing one is absent here.
package struct Observed: Sendable {
    package var objects: [Reference: Object]
    /// Why an object cannot be had although it may be there: no right, or no such kind.
    package var denied: [Reference: String] = [:]
    /// The rollout as an owner, for objects that a router creates.
    package var owner: OwnerReference
    /// `status.currentPodHash`, the revision that the rollout is on its way to; "" where it is not
    /// known.
    package var currentHash: String
    /// `status.stableRS`, the revision that was promoted last; "" before the initial deploy.
    package var stableHash: String
    /// How many pods of each revision are available, and how many the rollout is to have.
    package var available: [String: Int] = [:]
    package var size = 0
    /// The Services of versions of experiments that may be among the destinations, with their
    /// ports.
    package var versions: [String: Set<Int>] = [:]

    package init(
        objects: [Reference: Object], owner: OwnerReference, currentHash: String = "",
        stableHash: String = ""
    ) {
        self.objects = objects
        self.owner = owner
        self.currentHash = currentHash
        self.stableHash = stableHash
    }
}

extension Observed {
    /// The revision that stable's traffic belongs to: before the initial deploy the first one.
    var hashOfStable: String { stableHash.isEmpty ? currentHash : stableHash }

    /// Whether what a router leads stable's traffic by may lead to its pods: they are there, and
    /// all of them where nobody has led it anywhere before.
    func mayLeadToStable(isFirst: Bool) -> Bool {
        available[hashOfStable] ?? 0 >= (isFirst ? max(size, 1) : 1)
    }
}

extension Observed {
    /// Whether what a router leads the canary's traffic by may lead to the present revision: where
    /// nothing is sent there, or where its pods carry what is sent and what is to be. Traffic of no
    /// revision, or of one without pods, has nothing better to wait for.
    func mayMoveCanary(_ split: Split, from weight: Int, of hash: String?) -> Bool {
        if weight == 0 { return true }
        let pods = available[currentHash] ?? 0
        let isLed = hash.map { available[$0, default: 0] > 0 } ?? false
        // Stable's pods have the other part already.
        let part = currentHash == hashOfStable ? split.total : max(split.canary, weight)
        let enough = isLed ? part * size : min(size, 1)
        return split.canary > 0 && pods * split.total >= enough
    }
}

/// The label by which pods of a revision are selected.
let hashLabel = "rollouts-pod-template-hash"

/// A write that a router wants, with the event that tells of it.
package struct Change: Hashable, Sendable {
    /// What is done to the object.
    package enum Act: Hashable, Sendable {
        case create(Object)
        case patch(Patch)
        case delete
    }

    package var reference: Reference
    package var act: Act
    package var event: Rollouts.Event?
    /// Whether the changes after it need it: where it fails they are not written, not on the way
    /// back either.
    package var isPrerequisite: Bool

    package init(
        _ reference: Reference, _ act: Act, event: Rollouts.Event? = nil,
        isPrerequisite: Bool = false
    ) {
        self.reference = reference
        self.act = act
        self.event = event
        self.isPrerequisite = isPrerequisite
    }
}

/// Why a router cannot write: a person must look. Nothing was changed.
package struct RouterError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// The object that the document names and nobody has made; nil where something else is wrong.
    package let missing: Reference?

    package init(_ description: String, missing: Reference? = nil) {
        self.description = description
        self.missing = missing
    }
}

/// A router as the documents configure it: the key under `trafficRouting` (or under `plugins`), and
/// how its configuration is read. The table `RouterKind.all` is the only place that lists them.
package struct RouterKind: Sendable {
    package let key: String
    /// Whether `key` stands under `trafficRouting.plugins`.
    package let isPlugin: Bool
    /// Whether all that the router writes are objects of the rollout's own: then they are found
    /// also where the configuration cannot be read.
    package let isFoundByOwner: Bool
    /// Reads the configuration; nil after findings that say what is wrong with it.
    package let parse: @Sendable (_ configuration: Reader, _ rollout: RoutedRollout) -> Router?

    package init(
        key: String, isPlugin: Bool, isFoundByOwner: Bool = false,
        parse: @escaping @Sendable (Reader, RoutedRollout) -> Router?
    ) {
        self.key = key
        self.isPlugin = isPlugin
        self.isFoundByOwner = isFoundByOwner
        self.parse = parse
    }
}
