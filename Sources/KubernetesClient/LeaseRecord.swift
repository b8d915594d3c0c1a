import Documents
import KubernetesObjects

/// What a Lease says of its holder (`coordination.k8s.io/v1`).
///
/// The times are texts: they are what another machine's clock showed, so nothing is ever judged by
/// them. That they change is all that counts.
package struct LeaseRecord: Hashable, Sendable {
    /// Empty where the last holder gave the lease back.
    package var holder: String
    /// How long the holder asks others to wait since its last sign of life.
    package var durationSeconds: Int
    package var acquireTime: String?
    package var renewTime: String?
    /// How often the holder was another one than before.
    package var transitions: Int

    package init(
        holder: String, durationSeconds: Int, acquireTime: String?, renewTime: String?,
        transitions: Int
    ) {
        self.holder = holder
        self.durationSeconds = durationSeconds
        self.acquireTime = acquireTime
        self.renewTime = renewTime
        self.transitions = transitions
    }

    package init(_ lease: Object) {
        let spec = lease.spec
        self.init(
            holder: spec?["holderIdentity"]?.string ?? "",
            durationSeconds: spec?["leaseDurationSeconds"]?.int ?? 0,
            acquireTime: spec?["acquireTime"]?.string, renewTime: spec?["renewTime"]?.string,
            transitions: spec?["leaseTransitions"]?.int ?? 0)
    }

    /// `spec` of the Lease.
    package var spec: JSON {
        [
            "holderIdentity": .string(holder),
            "leaseDurationSeconds": .int(Int64(durationSeconds)),
            "acquireTime": acquireTime.map { .string($0) } ?? .null,
            "renewTime": renewTime.map { .string($0) } ?? .null,
            "leaseTransitions": .int(Int64(transitions)),
        ]
    }
}
