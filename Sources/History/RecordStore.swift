import Documents
import Foundation
import GRDB

/// The history in one SQLite file: written after the acts, read by command line and page. Losing it
/// loses nothing that the cluster still knows.
package struct RecordStore: Sendable {
    private let pool: DatabasePool

    /// Opens or makes the file at `path`, readable by its owner only.
    /// - Throws: `HistoryError` where the file cannot be opened or is no history.
    package init(path: String) throws(HistoryError) {
        let files = FileManager.default
        guard
            files.fileExists(atPath: path)
                || files.createFile(
                    atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        else {
            throw HistoryError(
                "history \(path): the file cannot be made; "
                    + "name one in a directory that is writable")
        }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(busySeconds)
            pool = try DatabasePool(path: path, configuration: configuration)
            try Self.migrations.migrate(pool)
        } catch {
            throw HistoryError("history \(path): \(error); move the file away to start a new one")
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
        return migrator
    }

    /// Keeps `records`; those that are there already stay as they are.
    package func write(_ records: [Record]) async throws(HistoryError) {
        guard !records.isEmpty else { return }
        try await attempt("write") {
            try await pool.write { database in
                let statement = try database.cachedStatement(
                    sql: """
                        INSERT OR IGNORE INTO records
                        (key, at, namespace, rollout, revision, kind, summary, actor, reason,
                         details)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """)
                for record in records {
                    try statement.execute(arguments: [
                        record.key, record.at.milliseconds, record.namespace, record.rollout,
                        record.revision, record.kind.rawValue, record.summary, record.actor,
                        record.reason, record.details.text,
                    ])
                }
            }
        }
    }

    /// The records of a rollout, the oldest first: the last `limit` of them, of the given kinds
    /// where some are named.
    package func records(
        namespace: String, rollout: String, kinds: Set<Record.Kind>? = nil, limit: Int = 1_000
    ) async throws(HistoryError) -> [Record] {
        let kinds = (kinds ?? Set(Record.Kind.allCases)).map(\.rawValue).sorted()
        return try await attempt("read") {
            try await pool.read { database in
                let marks = Array(repeating: "?", count: kinds.count).joined(separator: ",")
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT * FROM records
                        WHERE namespace = ? AND rollout = ? AND kind IN (\(marks))
                        ORDER BY at DESC, key DESC LIMIT ?
                        """,
                    arguments: StatementArguments([namespace, rollout] + kinds + [String(limit)]))
                return rows.reversed().compactMap(Record.init)
            }
        }
    }

    /// Lets go of what is older than `age` before `now`, and of the oldest beyond `count` records.
    package func prune(olderThan limit: Timestamp, keeping count: Int) async throws(HistoryError) {
        try await attempt("prune") {
            try await pool.write { database in
                try database.execute(
                    sql: "DELETE FROM records WHERE at < ?", arguments: [limit.milliseconds])
                try database.execute(
                    sql: """
                        DELETE FROM records WHERE key IN
                        (SELECT key FROM records ORDER BY at DESC LIMIT -1 OFFSET ?)
                        """, arguments: [count])
            }
        }
    }

    private func attempt<Result: Sendable>(
        _ what: String, _ body: () async throws -> Result
    ) async throws(HistoryError) -> Result {
        do {
            return try await body()
        } catch {
            throw HistoryError("history: cannot \(what): \(error)")
        }
    }
}

/// A writer that waits longer than this for another process has met a stuck one.
private let busySeconds = 5.0

/// The history cannot be used; the rollouts go on without it.
package struct HistoryError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension Record {
    fileprivate init?(_ row: Row) {
        guard let kind = Kind(rawValue: row["kind"]) else { return nil }
        let text: String = row["details"]
        let details: JSON
        do {
            details = try JSON(parsing: text)
        } catch {
            details = .string(text)
        }
        self.init(
            key: row["key"], at: Timestamp(milliseconds: row["at"]), namespace: row["namespace"],
            rollout: row["rollout"], revision: row["revision"], kind: kind, summary: row["summary"],
            actor: row["actor"], reason: row["reason"], details: details)
    }
}
