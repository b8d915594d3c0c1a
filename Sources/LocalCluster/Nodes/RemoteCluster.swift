import Documents
import KubernetesClient
import KubernetesObjects

/// An API server behind a client, as one controller of the box needs it: it reads from caches and
/// writes patches.
package struct RemoteCluster: Sendable {
    private let client: APIClient
    private let caches: [Resource: ObjectCache]
    private let bell: Bell

    /// - Parameters:
    ///   - kinds: all that the controller looks at.
    ///   - namespaces: nil for all.
    package init(_ client: APIClient, _ kinds: [Resource], namespaces: [String]? = nil) {
        self.client = client
        caches = Dictionary(
            uniqueKeysWithValues: kinds.map { ($0, ObjectCache($0, namespaces: namespaces)) })
        bell = Bell(kinds)
        bell.ring()
    }

    /// Keeps the caches up to date until it is cancelled.
    package func follow() async {
        await withTaskGroup(of: Void.self) { group in
            for cache in caches.values {
                group.addTask {
                    await cache.follow(
                        client, clock: ContinuousClock(), jitter: { Double.random(in: 0...1) })
                }
                group.addTask {
                    for await _ in cache.changes() { bell.ring() }
                }
            }
        }
        bell.end()
    }

    /// What the controller uses. Until `follow` has listed a kind there is nothing of it; changes
    /// have one reader.
    package var access: ClusterAccess {
        ClusterAccess(
            list: { caches[$0]?.list() ?? [] },
            write: { write throws(WriteFailure) in try await carryOut(write) },
            changes: { _ in bell.rings })
    }

    private func carryOut(_ write: Write) async throws(WriteFailure) {
        do throws(APIError) {
            switch write {
            case .create(let resource, let object):
                let stored = try await client.create(object, of: resource)
                caches[resource]?.observed(stored)
            case .patch(let reference, var fields, let version):
                if let version {
                    fields.set(.string(version), at: ["metadata", "resourceVersion"])
                }
                let stored = try await client.patch(reference, .merge(fields))
                caches[reference.resource]?.observed(stored)
            case .patchStatus(let reference, let fields):
                let stored = try await client.patch(
                    reference, .merge(fields), subresource: "status")
                caches[reference.resource]?.observed(stored)
            case .bind(let pod, let node): try await client.bind(pod, to: node)
            case .delete(let reference, let uid, let graceSeconds):
                let left = try await client.delete(
                    reference, uid: uid, graceSeconds: graceSeconds)
                if let left {
                    caches[reference.resource]?.observed(left)
                } else {
                    caches[reference.resource]?.observedDeletion(
                        namespace: reference.namespace, name: reference.name, uid: uid)
                }
            }
        } catch {
            throw WriteFailure(error)
        }
    }
}

extension WriteFailure {
    fileprivate init(_ error: APIError) {
        switch error {
        case .conflict, .alreadyExists, .gone: self = .conflict
        case .notFound, .ending: self = .missing
        case .refused(_, let message): self = .refused(message)
        case .throttled, .tooLong, .unreachable, .cancelled: self = .unreachable("\(error)")
        }
    }
}
