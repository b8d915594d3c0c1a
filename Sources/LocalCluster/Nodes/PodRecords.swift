import CProcess
import Documents
import Glibc
import KubernetesObjects

/// A process of a container, as it stands on disk.
struct PodRecord: Hashable, Sendable {
    let process: ProcessIdentity
    let uid: String
    let container: String
    let restarts: Int
    let started: Timestamp
}

/// Where the node keeps what belongs to pods: records of processes, working directories, logs.
struct PodRecords: Sendable {
    let directory: String

    init(_ directory: String) { self.directory = directory }

    func home(uid: String) -> String { "\(directory)/pods/\(plain(uid))" }
    func volumes(uid: String) -> VolumeDirectory {
        VolumeDirectory(path: "\(directory)/volumes/\(plain(uid))")
    }
    func logs(uid: String) -> String { "\(directory)/logs/\(plain(uid))" }

    /// The log of one run of a container.
    func log(uid: String, container: String, restarts: Int) -> String {
        "\(logs(uid: uid))/\(plain(container)).\(restarts).log"
    }

    private func path(uid: String, container: String) -> String {
        "\(directory)/records/\(plain(uid)).\(plain(container)).json"
    }

    /// A name that stays within its directory, whatever the API let through.
    private func plain(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
    }

    /// Makes the directories of a container and says where its log is. The logs of the last two
    /// runs are kept.
    func prepare(
        _ pod: Object, container: String, restarts: Int, owner: Account?
    ) throws(SystemFailure) -> String {
        try Files.makeDirectory(home(uid: pod.uid), mode: 0o700, owner: owner)
        try Files.makeDirectory(logs(uid: pod.uid))
        if restarts >= 2 {
            Files.remove(log(uid: pod.uid, container: container, restarts: restarts - 2))
        }
        return log(uid: pod.uid, container: container, restarts: restarts)
    }

    func keep(_ record: PodRecord) throws(SystemFailure) {
        let json: JSON = [
            "process": record.process.json, "uid": .string(record.uid),
            "container": .string(record.container), "restarts": count(record.restarts),
            "started": .int(record.started.milliseconds),
        ]
        try Files.write(json.text, to: path(uid: record.uid, container: record.container))
    }

    /// All records that can be read. One that cannot was never finished, and its process never
    /// began.
    func all() -> [PodRecord] {
        Files.names(in: "\(directory)/records").filter { $0.hasSuffix(".json") }.compactMap {
            name in
            guard let text = Files.glance("\(directory)/records/\(name)") else { return nil }
            do throws(DocumentError) {
                return PodRecord(try JSON(parsing: text))
            } catch {
                return nil
            }
        }
    }

    /// Whether this run of a container is on record: it has not ended, as far as anybody knows.
    func isRunning(uid: String, container: String, restarts: Int) -> Bool {
        guard let text = Files.glance(path(uid: uid, container: container)) else { return false }
        do throws(DocumentError) {
            return PodRecord(try JSON(parsing: text))?.restarts == restarts
        } catch {
            return false
        }
    }

    func remove(uid: String, container: String) {
        Files.remove(path(uid: uid, container: container))
    }

    /// Removes everything of a pod that is gone.
    func forget(uid: String) {
        Files.removeTree(home(uid: uid))
        Files.removeTree(logs(uid: uid))
        Files.removeTree(volumes(uid: uid).path)
    }

    /// Removes what is left of all pods but these.
    func forgetAll(but uids: Set<String>) {
        let kept = Set(uids.map(plain))
        for kind in ["pods", "logs", "volumes"] {
            for name in Files.names(in: "\(directory)/\(kind)") where !kept.contains(name) {
                Files.removeTree("\(directory)/\(kind)/\(name)")
            }
        }
    }
}

extension PodRecord {
    init?(_ json: JSON) {
        guard let process = json["process"].flatMap(ProcessIdentity.init),
            let uid = json["uid"]?.string,
            let container = json["container"]?.string, let restarts = json["restarts"]?.int,
            let started = json["started"]?.int
        else { return nil }
        self.init(
            process: process, uid: uid, container: container, restarts: restarts,
            started: Timestamp(milliseconds: Int64(started)))
    }
}

extension PodState {
    /// A process of an earlier run of ours goes on.
    mutating func adopted(
        _ record: PodRecord, _ plan: ContainerPlan?, wasReady: Bool, at now: Timestamp
    ) {
        started(record.container, plan, at: now, wasReady: wasReady)
        guard let index = containers.firstIndex(where: { $0.name == record.container }) else {
            return
        }
        containers[index].run = .running(since: record.started)
        containers[index].restarts = record.restarts
        // It is begun for long.
        containers[index].isBeginning = false
    }
}
