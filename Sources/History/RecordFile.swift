import Foundation
import GRDB
import Glibc
import Synchronization

/// The SQLite file by its name: what is open is the file that stands there, also after it was taken
/// away.
final class RecordFile: Sendable {
    private struct Opened {
        let pool: DatabasePool
        /// Which file it is, whatever its name.
        let identity: FileIdentity?
    }

    private let path: String
    private let opened: Mutex<Opened>

    init(_ path: String, isReadOnly: Bool) throws(HistoryError) {
        self.path = path
        opened = Mutex(try Self.open(path, isReadOnly: isReadOnly))
    }

    var pool: DatabasePool { opened.withLock { $0.pool } }

    func reopenIfGone() throws(HistoryError) -> Bool {
        try opened.withLock { opened throws(HistoryError) in
            guard opened.identity != FileIdentity(of: path) else { return false }
            do {
                // Before the new one: what is closed last removes the file beside it by its name.
                try opened.pool.close()
            } catch {
                throw HistoryError("history \(path): the file that is gone is still in use")
            }
            opened = try Self.open(path, isReadOnly: false)
            return true
        }
    }

    private static func open(_ path: String, isReadOnly: Bool) throws(HistoryError) -> Opened {
        if !isReadOnly { try create(path) }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(busySeconds)
            configuration.readonly = isReadOnly
            let pool = try DatabasePool(path: path, configuration: configuration)
            if !isReadOnly { try migrations.migrate(pool) }
            return Opened(pool: pool, identity: FileIdentity(of: path))
        } catch {
            throw HistoryError("history \(path): \(error); move the file away to start a new one")
        }
    }

    private static func create(_ path: String) throws(HistoryError) {
        let files = FileManager.default
        guard !files.fileExists(atPath: path) else { return }
        do {
            // They belong to a file that is gone, and SQLite would read them as the new one's.
            for rest in ["\(path)-wal", "\(path)-shm"] where files.fileExists(atPath: rest) {
                try files.removeItem(atPath: rest)
            }
        } catch {
            throw HistoryError("history \(path): what is left of an older one stays: \(error)")
        }
        guard files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        else {
            throw HistoryError(
                "history \(path): the file cannot be made; "
                    + "name one in a directory that is writable")
        }
    }

    private static var migrations: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("records") { database in
            try database.create(table: "records") { table in
                table.primaryKey("key", .text)
                table.column("at", .integer).notNull()
                table.column("namespace", .text).notNull()
                table.column("rollout", .text).notNull()
                table.column("revision", .integer)
                table.column("kind", .text).notNull()
                table.column("summary", .text).notNull()
                table.column("actor", .text)
                table.column("reason", .text)
                table.column("details", .text).notNull()
            }
            try database.create(
                index: "records_by_rollout", on: "records", columns: ["namespace", "rollout", "at"])
        }
        // What is old is found without reading the others.
        migrator.registerMigration("records by time") { database in
            try database.create(index: "records_by_time", on: "records", columns: ["at"])
        }
        return migrator
    }
}

/// A writer that waits longer than this for another process has met a stuck one.
private let busySeconds = 5.0

/// Device and number of a file: the same under each of its names, and another for another file of
/// the same name.
private struct FileIdentity: Equatable {
    let device: dev_t
    let number: ino_t

    /// Nil where there is no such file.
    init?(of path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        (device, number) = (facts.st_dev, facts.st_ino)
    }
}
