import Documents
import Foundation
import GRDB
import KubernetesObjects
import ObjectStore
import Synchronization

/// Keeps the objects of the box in one SQLite file, so that they survive a restart and a kill -9.
///
/// The log is write-ahead with `synchronous = NORMAL`: a commit is in the kernel's hands before it
/// is answered, so a killed process loses nothing. A power cut can lose the last commits, but then
/// every pod of the box is gone with it, and syncing each commit to the disk makes a write ten
/// times as slow (0.8 ms in place of 0.08 ms for an object of 3 KB).
///
/// Invariant: one process at a time; SQLite's lock is held exclusively from `init` on.
package final class ObjectDatabase: Sendable {
    /// Nil once it is closed.
    private let queue: Mutex<DatabaseQueue?>

    /// What was stored when the file was opened.
    package struct Contents: Sendable {
        package let objects: [Object]
        package let resourceVersion: Int
    }

    /// The largest file; fifty thousand objects of 20 KB. A box that fills the disk takes its host
    /// along.
    package static let maximumBytes = 1 << 30

    /// Opens the file at `path`, or makes it, readable for its owner only.
    /// - Parameter maximumBytes: writes are refused rather than let the file grow beyond it.
    /// - Throws: `DatabaseFailure`.
    package init(
        path: String, maximumBytes: Int = ObjectDatabase.maximumBytes
    ) throws(DatabaseFailure) {
        do {
            try Self.createPrivately(path)
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.busyMode = .timeout(1)
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                try database.execute(sql: "PRAGMA synchronous = NORMAL")
                let pageBytes = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
                let pages = max(1, maximumBytes / pageBytes)
                try database.execute(sql: "PRAGMA max_page_count = \(pages)")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try Self.migrator.migrate(queue)
            self.queue = Mutex(queue)
        } catch {
            throw DatabaseFailure(opening: path, error)
        }
    }

    /// Closes the file and gives the lock back.
    package func close() throws(DatabaseFailure) {
        do {
            try queue.withLock { queue in
                try queue?.close()
                queue = nil
            }
        } catch {
            throw DatabaseFailure("cannot be closed: \(error)")
        }
    }

    private func open() throws(DatabaseFailure) -> DatabaseQueue {
        guard let queue = queue.withLock({ $0 }) else { throw DatabaseFailure("is closed") }
        return queue
    }

    private static func createPrivately(_ path: String) throws {
        // SQLite gives its log the mode of the file, so this one mode is enough.
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { Foundation.close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("objects") { database in
            try database.execute(
                sql: """
                    CREATE TABLE objects (
                        resource TEXT NOT NULL,
                        namespace TEXT NOT NULL,
                        name TEXT NOT NULL,
                        resourceVersion INTEGER NOT NULL,
                        json BLOB NOT NULL,
                        PRIMARY KEY (resource, namespace, name)
                    ) WITHOUT ROWID;
                    CREATE TABLE meta (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        resourceVersion INTEGER NOT NULL
                    );
                    INSERT INTO meta (one, resourceVersion) VALUES (1, 0);
                    """)
        }
        return migrator
    }
}

extension ObjectDatabase {
    /// Everything that is stored.
    package func contents() throws(DatabaseFailure) -> Contents {
        let queue = try open()
        do {
            return try queue.read { database in
                let rows = try Row.fetchCursor(database, sql: "SELECT json FROM objects")
                var objects: [Object] = []
                while let row = try rows.next() {
                    let bytes: Data = row[0]
                    objects.append(Object(try JSON(parsing: Array(bytes), file: "the database")))
                }
                let version =
                    try Int.fetchOne(database, sql: "SELECT resourceVersion FROM meta") ?? 0
                return Contents(objects: objects, resourceVersion: version)
            }
        } catch {
            throw DatabaseFailure("cannot be read: \(error)")
        }
    }

    /// Stores `changes` in one transaction: all of them or none.
    package func store(_ changes: [Change]) throws(DatabaseFailure) {
        guard let last = changes.last else { return }
        let queue = try open()
        do {
            try queue.write { database in
                for change in changes { try Self.store(change, in: database) }
                try database.cachedStatement(sql: "UPDATE meta SET resourceVersion = ?")
                    .execute(arguments: [last.resourceVersion])
            }
        } catch {
            throw DatabaseFailure("cannot be written: \(error)")
        }
    }

    private static func store(_ change: Change, in database: Database) throws {
        let reference = change.reference
        let key = [reference.resource.qualifiedName, reference.namespace, reference.name]
        if let object = change.object {
            try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)"
            ).execute(
                arguments: StatementArguments(key) + [
                    change.resourceVersion, Data(object.json.bytes),
                ])
        } else {
            try database.cachedStatement(
                sql: "DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?"
            ).execute(arguments: StatementArguments(key))
        }
    }
}

/// Why the file of the box cannot be used.
package struct DatabaseFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ problem: String) {
        description = "the database of the cluster \(problem)"
    }

    init(opening path: String, _ error: any Error) {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_BUSY {
            self.init("at \(path) is in use by another process; end that one first")
        } else if let error = error as? DatabaseError, error.resultCode == .SQLITE_NOTADB {
            self.init("at \(path) is no SQLite file; move it away to start with an empty cluster")
        } else {
            self.init("at \(path) cannot be opened: \(error)")
        }
    }
}
