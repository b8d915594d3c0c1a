import Documents
import Foundation
import History
import KubernetesObjects
import Logging
import Testing

@testable import Controller

struct `A chronicle` {
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs `body` with a history and what keeps it, while `work` goes on.
    private func with(
        _ secrets: SecretsInUse = .none,
        doing work: @escaping @Sendable (Chronicle) async -> Void,
        _ body: (Chronicle, RecordStore) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kept-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        let store = try RecordStore(path: folder.appending(path: "history.sqlite").path)
        let chronicle = Chronicle(history: store, secrets: secrets, log: log)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await work(chronicle) }
            try await body(chronicle, store)
            group.cancelAll()
        }
    }

    private func records(of store: RecordStore) async throws -> [Record] {
        try await store.records(namespace: "web", rollout: "shop")
    }

    private func command(_ reason: String) -> Object {
        let note: JSON = [
            "command": "abort", "actor": "anna", "reason": .string(reason),
            "at": "2026-01-01T00:00:00Z",
        ]
        let annotations = JSON(strings: [CommandNote.annotation: note.text])
        return Object([
            "kind": "Rollout",
            "metadata": [
                "name": "shop", "namespace": "web", "uid": "u", "annotations": annotations,
            ],
        ])
    }

    @Test(.timeLimit(.minutes(1)))
    func `writes down what was seen, without secrets`() async throws {
        let secrets = SecretsInUse(
            add: { _ in }, redactor: { Redactor([Secret("t0ken-of-anna")]) })
        try await with(secrets, doing: { await $0.keep() }) { chronicle, store in
            chronicle.saw(command("it printed t0ken-of-anna"), of: .rollouts)
            while try await records(of: store).isEmpty { await Task.yield() }
            let record = try await records(of: store).first
            #expect(record?.actor == "anna")
            #expect(record?.reason == "it printed *****")
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `forgets what is older than a quarter of a year`() async throws {
        let now = Timestamp(milliseconds: 1_767_225_600_000)
        let tend: @Sendable (Chronicle) async -> Void = { chronicle in
            await chronicle.tend(each: .milliseconds(1), now: { now }) { [:] }
        }
        let days = [0, 89, 91]
        let old = days.map { day in
            Record(
                key: "\(day)", at: now.advanced(bySeconds: -day * 86_400), namespace: "web",
                rollout: "shop", kind: .event, summary: "\(day) days ago")
        }
        try await with(doing: { _ in }) { chronicle, store in
            try await store.write(old)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await tend(chronicle) }
                while try await records(of: store).count > 2 { await Task.yield() }
                group.cancelAll()
            }
            #expect(try await records(of: store).map(\.key) == ["89", "0"])
        }
    }
}
