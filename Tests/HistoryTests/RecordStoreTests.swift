import Documents
import Foundation
import History
import Testing

struct `A history` {
    @Test func `keeps a record once, however often it is written`() async throws {
        try await withStore { store in
            let record = record("a", at: 1_000)
            try await store.write([record])
            try await store.write([record, record])
            let kept = try await store.records(namespace: "shop", rollout: "app")
            #expect(kept == [record])
        }
    }

    @Test func `answers the last records, the oldest of them first`() async throws {
        try await withStore { store in
            try await store.write((1...5).map { record("r\($0)", at: Int64($0) * 1_000) })
            let kept = try await store.records(namespace: "shop", rollout: "app", limit: 2)
            #expect(kept.map(\.key) == ["r4", "r5"])
        }
    }

    @Test func `selects by kind and by rollout`() async throws {
        try await withStore { store in
            var other = record("b", at: 2_000)
            other.rollout = "other"
            var abort = record("c", at: 3_000)
            abort.kind = .abort
            try await store.write([record("a", at: 1_000), other, abort])
            let kept = try await store.records(namespace: "shop", rollout: "app", kinds: [.abort])
            #expect(kept == [abort])
        }
    }

    @Test func `forgets what is too old and what is too much`() async throws {
        try await withStore { store in
            try await store.write((1...5).map { record("r\($0)", at: Int64($0) * 1_000) })
            try await store.prune(olderThan: Timestamp(milliseconds: 2_000), keeping: 3)
            let kept = try await store.records(namespace: "shop", rollout: "app")
            #expect(kept.map(\.key) == ["r3", "r4", "r5"])
        }
    }

    @Test func `is begun anew where it was taken away`() async throws {
        try await withFolder { folder in
            let path = folder + "/history.sqlite"
            let store = try RecordStore(path: path)
            try await store.write([record("a", at: 1_000)])
            #expect(try !store.reopenIfGone())
            // What stands beside it stays, as people leave it.
            try FileManager.default.removeItem(atPath: path)
            #expect(try store.reopenIfGone())
            #expect(try !store.reopenIfGone())
            #expect(try await store.records(namespace: "shop", rollout: "app").isEmpty)
            try await store.write([record("b", at: 2_000)])
            let kept = try await RecordStore(reading: path)
                .records(namespace: "shop", rollout: "app")
            #expect(kept.map(\.key) == ["b"])
        }
    }

    @Test func `is not written by who only reads it`() async throws {
        try await withFolder { folder in
            let path = folder + "/history.sqlite"
            #expect(throws: HistoryError.self) { try RecordStore(reading: path) }
            #expect(!FileManager.default.fileExists(atPath: path))
            let writer = try RecordStore(path: path)
            try await writer.write([record("a", at: 1_000)])
            let reader = try RecordStore(reading: path)
            #expect(try await reader.records(namespace: "shop", rollout: "app").count == 1)
            await #expect(throws: HistoryError.self) {
                try await reader.write([record("b", at: 2_000)])
            }
        }
    }

    @Test func `is readable by its owner only`() async throws {
        try await withFolder { folder in
            let path = folder + "/history.sqlite"
            _ = try RecordStore(path: path)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func `names the file that is none, and what to do`() async throws {
        try await withFolder { folder in
            let path = folder + "/history.sqlite"
            try Data("no database at all, but long enough to be read".utf8).write(
                to: URL(filePath: path))
            let error = #expect(throws: HistoryError.self) { try RecordStore(path: path) }
            #expect(error?.description.contains(path) == true)
            #expect(error?.description.contains("move the file away") == true)
        }
    }

    @Test func `names the file that cannot be made`() async throws {
        try await withFolder { folder in
            let path = folder + "/nowhere/history.sqlite"
            let error = #expect(throws: HistoryError.self) { try RecordStore(path: path) }
            #expect(error?.description.contains("\(path): the file cannot be made") == true)
        }
    }

    private func record(_ key: String, at milliseconds: Int64) -> Record {
        Record(
            key: key, at: Timestamp(milliseconds: milliseconds), namespace: "shop", rollout: "app",
            revision: 2, kind: .weight, summary: "the canary gets 10", details: ["asked": 10])
    }

    private func withStore(_ body: (RecordStore) async throws -> Void) async throws {
        try await withFolder { folder in
            try await body(try RecordStore(path: folder + "/history.sqlite"))
        }
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        do {
            try await body(folder)
        } catch {
            try FileManager.default.removeItem(atPath: folder)
            throw error
        }
        try FileManager.default.removeItem(atPath: folder)
    }
}
