import Documents
import KubernetesObjects

/// What the controllers of the box need of its API server. Lists are consistent with this process's
/// own writes.
package struct ClusterAccess: Sendable {
    /// All objects of a kind, in every namespace.
    package var list: @Sendable (Resource) async -> [Object]
    /// Carries one change out.
    package var write: @Sendable (Write) async throws(WriteFailure) -> Void
    /// Says that something about one of the kinds changed; changes may be told together, none is
    /// missed. The first element comes at once.
    package var changes: @Sendable ([Resource]) -> AsyncStream<Void>

    package init(
        list: @escaping @Sendable (Resource) async -> [Object],
        write: @escaping @Sendable (Write) async throws(WriteFailure) -> Void,
        changes: @escaping @Sendable ([Resource]) -> AsyncStream<Void>
    ) {
        self.list = list
        self.write = write
        self.changes = changes
    }
}

/// One change that a turn wants. Every change is absolute: carried out twice it is the same.
package enum Write: Hashable, Sendable {
    /// An object without `metadata.name` is named by the server from `metadata.generateName`.
    case create(Resource, Object)
    /// A merge patch of fields of ours; with a version it fails on any other one.
    case patch(Reference, JSON, version: String? = nil)
    /// The same for the `status` subresource.
    case patchStatus(Reference, JSON)
    /// Puts a pod on a node, as a scheduler does.
    case bind(Reference, node: String)
    /// Deletes the object with this uid; 0 seconds of grace removes a pod at once, nil asks for its
    /// own grace.
    case delete(Reference, uid: String, graceSeconds: Int? = nil)

    /// What it changes, in a few words.
    var subject: String {
        switch self {
        case .create(let resource, let object):
            let name = object.name.isEmpty ? object.metadata["generateName"]?.string : object.name
            return "new \(resource.singular) \(object.namespace)/\(name ?? "")"
        case .patch(let reference, _, _), .patchStatus(let reference, _),
            .bind(let reference, _), .delete(let reference, _, _):
            return reference.description
        }
    }
}

/// Why a change was not made, by what to do next.
package enum WriteFailure: Error, Hashable, Sendable {
    /// Somebody else was faster: look again.
    case conflict
    /// The object is gone: look again.
    case missing
    /// It is not a change that can ever be made as it is; the text says why.
    case refused(String)
    /// No answer came: try later.
    case unreachable(String)
}

/// What a turn of a controller came to: what to write, in this order, and when to look again though
/// nothing changed.
package struct Outcome: Hashable, Sendable {
    package var writes: [Write]
    package var wake: Timestamp?

    package init(_ writes: [Write] = [], wake: Timestamp? = nil) {
        self.writes = writes
        self.wake = wake
    }

    /// Looks again at `moment` at the latest.
    package mutating func wake(at moment: Timestamp) {
        wake = wake.map { min($0, moment) } ?? moment
    }

    package static func + (left: Outcome, right: Outcome) -> Outcome {
        var sum = Outcome(left.writes + right.writes, wake: left.wake)
        if let wake = right.wake { sum.wake(at: wake) }
        return sum
    }
}
