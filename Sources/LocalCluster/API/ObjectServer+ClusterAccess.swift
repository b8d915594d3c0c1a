import Documents
import KubernetesObjects
import ObjectStore

extension ObjectServer {
    /// What the controllers of the box need of this server, in this process.
    package nonisolated var access: ClusterAccess {
        ClusterAccess(
            list: { await self.everything($0) },
            write: { write throws(WriteFailure) in try await self.carryOut(write) },
            changes: { self.rings(for: $0) })
    }

    /// All objects of a kind; none of a kind that is not served.
    private func everything(_ resource: Resource) -> [Object] {
        do throws(StoreError) {
            return try list(resource).items
        } catch {
            return []
        }
    }

    private func carryOut(_ write: Write) throws(WriteFailure) {
        do throws(StoreError) {
            switch write {
            case .create(let resource, let object):
                _ = try create(object, in: resource)
            case .patch(let reference, var fields, let version):
                if let version {
                    fields.set(.string(version), at: ["metadata", "resourceVersion"])
                }
                try patch(reference, with: .merge(fields))
            case .patchStatus(let reference, let fields):
                try patch(reference, with: .merge(fields), at: .status)
            case .bind(let pod, let node):
                try patch(pod, with: .merge(["spec": ["nodeName": .string(node)]]))
            case .delete(let reference, let uid, let graceSeconds):
                _ = try delete(reference, Deletion(gracePeriodSeconds: graceSeconds, uid: uid))
            }
        } catch {
            throw WriteFailure(error)
        }
    }
}

extension WriteFailure {
    fileprivate init(_ error: StoreError) {
        switch error.reason {
        case "Conflict", "AlreadyExists": self = .conflict
        case "NotFound": self = .missing
        default: self = .refused(error.message)
        }
    }
}
