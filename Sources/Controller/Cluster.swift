import Documents
import KubernetesObjects
import Manifests
import Rollouts

/// The API server as the controller needs it: reads come from caches that know this process's own
/// writes, writes go to the server. Live over HTTP, in memory for the simulation.
package struct Cluster: Sendable {
    /// The object, or nil where there is none.
    package var get: @Sendable (Reference) async throws(ClusterError) -> Object?
    /// What the given object controls of a kind, in its namespace. Pods are asked for each time.
    package var holdings:
        @Sendable (Resource, _ owner: Object) async throws(ClusterError) -> Holdings
    /// The objects of a kind in a namespace that are meant.
    package var matching:
        @Sendable (Resource, _ namespace: String, _ isMeant: @Sendable (Object) -> Bool)
            async throws(ClusterError) -> [Object]
    /// The object as the server has it at this moment, past any cache.
    package var fresh: @Sendable (Reference) async throws(ClusterError) -> Object?
    /// Carries out one write and answers the object as stored; nil after a deletion.
    package var write: @Sendable (Write) async throws(ClusterError) -> Object?

    /// - Parameter fresh: nil where `get` asks the server each time.
    package init(
        get: @escaping @Sendable (Reference) async throws(ClusterError) -> Object?,
        holdings: @escaping @Sendable (Resource, Object) async throws(ClusterError) -> Holdings,
        matching:
            @escaping @Sendable (Resource, String, @Sendable (Object) -> Bool)
            async throws(ClusterError) -> [Object],
        fresh: (@Sendable (Reference) async throws(ClusterError) -> Object?)? = nil,
        write: @escaping @Sendable (Write) async throws(ClusterError) -> Object?
    ) {
        self.get = get
        self.holdings = holdings
        self.matching = matching
        self.fresh = fresh ?? get
        self.write = write
    }

    /// - Parameter list: all objects of a kind in a namespace, by name.
    package init(
        get: @escaping @Sendable (Reference) async throws(ClusterError) -> Object?,
        list: @escaping @Sendable (Resource, String) async throws(ClusterError) -> [Object],
        fresh: (@Sendable (Reference) async throws(ClusterError) -> Object?)? = nil,
        write: @escaping @Sendable (Write) async throws(ClusterError) -> Object?
    ) {
        self.init(
            get: get,
            holdings: { resource, owner throws(ClusterError) in
                Holdings(of: owner, among: try await list(resource, owner.namespace))
            },
            matching: { resource, namespace, isMeant throws(ClusterError) in
                try await list(resource, namespace).filter(isMeant)
            },
            fresh: fresh, write: write)
    }
}

/// What an object controls of one kind, and what is in the way of more.
package struct Holdings: Sendable {
    /// By name.
    package var own: [Object]
    /// The names of others that begin as those of its own do.
    package var othersNames: Set<String>

    /// What an object calls its own begins with this.
    package static func prefix(of owner: Object) -> String { "\(owner.name)-" }

    package init(own: [Object], othersNames: Set<String>) {
        self.own = own
        self.othersNames = othersNames
    }

    fileprivate init(of owner: Object, among all: [Object]) {
        let prefix = Self.prefix(of: owner)
        let others = all.filter { !$0.isControlled(by: owner) && $0.name.hasPrefix(prefix) }
        self.init(
            own: all.filter { $0.isControlled(by: owner) }, othersNames: Set(others.map(\.name)))
    }
}

extension Object {
    /// Whether this service says that `rollout` manages it (rollout-semantics §3.5).
    func isManaged(by rollout: Object) -> Bool { annotations[Keys.managedBy] == rollout.name }
}

/// One write to the API server.
package struct Write: Hashable, Sendable {
    /// What is written; all of it is absolute.
    package enum Act: Hashable, Sendable {
        case create(Object)
        case patch(Patch)
        case patchStatus(Patch)
        case delete(uid: String?)
        /// Asks a pod to go; a conflict where the disruption budgets that are about it do not
        /// allow that now.
        case evict
    }

    package var reference: Reference
    package var act: Act

    package init(_ reference: Reference, _ act: Act) {
        self.reference = reference
        self.act = act
    }
}

/// Why the cluster did not do what was asked, named by what comes next.
package enum ClusterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Somebody wrote in between: observe again.
    case conflict(String)
    /// The object is gone: observe again.
    case notFound(String)
    /// An object of that name is there: observe again.
    case alreadyExists(String)
    /// A person must look: the server will refuse this again.
    case refused(String)
    /// The same, where events of the field have a reason of its own, by which somebody is told.
    case refusedAs(reason: String, String)
    /// The namespace is being deleted, and nothing is made in it any more: there is nothing to do.
    case ending(String)
    /// Try again later; what runs stays as it is.
    case unreachable(String)

    package var description: String {
        switch self {
        case .conflict(let text), .notFound(let text), .alreadyExists(let text), .refused(let text),
            .refusedAs(_, let text), .ending(let text), .unreachable(let text):
            text
        }
    }
}

/// A rollout by name: what a turn is about.
package struct RolloutKey: Hashable, Sendable, CustomStringConvertible {
    package let namespace: String
    package let name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(namespace)/\(name)" }

    package var reference: Reference { Reference(.rollouts, namespace: namespace, name: name) }
}
