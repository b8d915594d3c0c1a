import Documents
import KubernetesObjects
import Logging

extension PodDesk {
    /// What a container sees where volumes are mounted, with the volumes written; nil without
    /// mounts.
    mutating func root(
        for mounts: [VolumeMount], _ uid: String
    ) throws(PodFault) -> PrivateRoot? {
        guard let entry = entries[uid], !mounts.isEmpty else { return nil }
        guard Account.canSwitch else {
            throw PodFault(
                "volumeMounts need a mount namespace, which only root may make: start sluice as "
                    + "root, or give files by absolute path and settings by env")
        }
        let volumes = try self.volumes(of: entry)
        let directory = PodRecords(node.directory).volumes(uid: uid)
        do throws(SystemFailure) {
            try directory.write(volumes, owner: node.account)
        } catch {
            throw PodFault("\(error)", reason: "RunContainerError")
        }
        entries[uid]?.volumes = volumes
        var bindings: [PrivateRoot.Binding] = []
        for mount in mounts { bindings.append(try directory.binding(mount, of: volumes)) }
        return try PrivateRoot(at: node.root, bindings, on: .own)
    }

    private func volumes(of entry: Entry) throws(PodFault) -> [String: VolumeContent] {
        try VolumeSources(
            pod: entry.pod, address: entry.state.address, surroundings: surroundings
        ).volumes()
    }

    /// Brings the files of a running pod to what ConfigMaps and Secrets say now. Where they cannot
    /// be read any more, the pod keeps what it has.
    mutating func refreshVolumes(_ uid: String) {
        guard let entry = entries[uid], !entry.volumes.isEmpty else { return }
        do {
            let volumes = try self.volumes(of: entry)
            guard volumes != entry.volumes else { return }
            try PodRecords(node.directory).volumes(uid: uid).write(volumes, owner: node.account)
            entries[uid]?.volumes = volumes
        } catch {
            node.logger.warning(
                "The volumes of a pod stay as they are",
                metadata: ["pod": "\(entry.pod.name)", "why": "\(error)"])
        }
    }
}
