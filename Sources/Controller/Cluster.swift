import Documents
import KubernetesObjects
import Manifests
import Rollouts

/// The API server as the controller needs it: reads come from caches that know this process's own
/// writes, writes go to the server. Live over HTTP, in memory for the simulation.
package struct Cluster: Sendable {
    /// The object, or nil where there is none.
    package var get: @Sendable (Reference) async throws(ClusterError) -> Object?
    /// All objects of a kind in a namespace.
    package var list:
        @Sendable (Resource, _ namespace: String) async throws(ClusterError) -> [Object]
    /// The objects of a kind whose controller is the given object, in its namespace.
    package var owned: @Sendable (Resource, _ owner: Object) async throws(ClusterError) -> [Object]
    /// The object as the server has it at this moment, past any cache.
    package var fresh: @Sendable (Reference) async throws(ClusterError) -> Object?
    /// Carries out one write and answers the object as stored; nil after a deletion.
    package var write: @Sendable (Write) async throws(ClusterError) -> Object?

    /// - Parameters:
    ///   - owned: nil where what is listed has to be looked through.
    ///   - fresh: nil where `get` asks the server each time.
    package init(
        get: @escaping @Sendable (Reference) async throws(ClusterError) -> Object?,
        list: @escaping @Sendable (Resource, String) async throws(ClusterError) -> [Object],
        owned: (@Sendable (Resource, Object) async throws(ClusterError) -> [Object])? = nil,
        fresh: (@Sendable (Reference) async throws(ClusterError) -> Object?)? = nil,
        write: @escaping @Sendable (Write) async throws(ClusterError) -> Object?
    ) {
        self.get = get
        self.list = list
        if let owned {
            self.owned = owned
        } else {
            self.owned = { resource, owner throws(ClusterError) in
                let all = try await list(resource, owner.namespace)
                return all.filter { $0.isControlled(by: owner) }
            }
        }
        self.fresh = fresh ?? get
        self.write = write
    }
}

/// One write to the API server.
package struct Write: Hashable, Sendable {
    /// What is written; all of it is absolute.
    package enum Act: Hashable, Sendable {
        case create(Object)
        case patch(Patch)
        case patchStatus(Patch)
        case delete(uid: String?)
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
    /// Try again later; what runs stays as it is.
    case unreachable(String)

    package var description: String {
        switch self {
        case .conflict(let text), .notFound(let text), .alreadyExists(let text), .refused(let text),
            .unreachable(let text):
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
