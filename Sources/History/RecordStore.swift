import Documents
import GRDB

/// The history in one SQLite file: written after the acts, read by command line and page. Losing it
/// loses nothing that the cluster still knows.
package struct RecordStore: Sendable {
    private let file: RecordFile

    /// Opens or makes the file at `path`, readable by its owner only.
    /// - Throws: `HistoryError` where the file cannot be opened or is no history.
    package init(path: String) throws(HistoryError) {
        file = try RecordFile(path, isReadOnly: false)
    }

    /// Opens the file of a controller to look at it: nothing is written, not even a table.
    /// - Throws: `HistoryError` where it cannot be opened.
    package init(reading path: String) throws(HistoryError) {
        file = try RecordFile(path, isReadOnly: true)
    }

    /// Begins a new file where somebody has taken the old one away, or put another in its place:
    /// SQLite itself would go on in a file that has no name any more.
    ///
    /// - Returns: whether it did; the records are to be written again then.
    package func reopenIfGone() throws(HistoryError) -> Bool {
        try file.reopenIfGone()
    }

    /// Keeps `records`; those that are there already stay as they are.
    package func write(_ records: [Record]) async throws(HistoryError) {
        guard !records.isEmpty else { return }
        try await attempt("write") {
            try await file.pool.write { database in
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
            try await file.pool.read { database in
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
            try await file.pool.write { database in
                try database.execute(
                    sql: "DELETE FROM records WHERE at < ?", arguments: [limit.milliseconds])
                try database.execute(
                    sql: """
                        DELETE FROM records WHERE rowid IN
                        (SELECT rowid FROM records ORDER BY at DESC LIMIT -1 OFFSET ?)
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
