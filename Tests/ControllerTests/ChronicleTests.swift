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
            await chronicle.saw(command("it printed t0ken-of-anna"), of: .rollouts)
            while try await records(of: store).isEmpty { await Task.yield() }
            let record = try await records(of: store).first
            #expect(record?.actor == "anna")
            #expect(record?.reason == "it printed *****")
        }
    }

    /// A run with a measurement more is told by that measurement alone.
    @Test(.timeLimit(.minutes(1)))
    func `writes down what an object did not say before`() async throws {
        try await with(doing: { await $0.keep() }) { chronicle, store in
            let first = run(measurements: 1), second = run(measurements: 2)
            await chronicle.saw(second, after: first, of: .analysisRuns)
            while try await records(of: store).isEmpty { await Task.yield() }
            #expect(try await records(of: store).map(\.key) == ["measurement/u/errors/1000"])
            await chronicle.saw(second, of: .analysisRuns)
            while try await records(of: store).count < 2 { await Task.yield() }
        }
    }

    private func run(measurements count: Int) -> Object {
        let measurements = (0..<count).map { second -> JSON in
            let at = JSON.string(Timestamp(seconds: Int64(second)).rfc3339)
            return ["phase": "Successful", "startedAt": at, "finishedAt": at, "value": "1"]
        }
        return Object([
            "metadata": [
                "name": "run", "namespace": "web", "uid": "u",
                "ownerReferences": [
                    ["kind": "Rollout", "name": "shop", "uid": "r", "controller": true]
                ],
            ],
            "status": [
                "phase": "Running",
                "metricResults": [["name": "errors", "measurements": .array(measurements)]],
            ],
        ])
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

struct `A pile of records` {
    private func record(_ number: Int) -> Record {
        Record(
            key: "\(number)", at: Timestamp(seconds: Int64(number)), namespace: "web",
            rollout: "shop", kind: .event, summary: "")
    }

    @Test func `is taken from the bottom, and some at a time`() async {
        let pile = RecordPile()
        await pile.add((0..<700).map(record))
        var taken: [String] = []
        while case let (records, dropped) = await pile.take(), !records.isEmpty {
            #expect(records.count <= 500)
            #expect(dropped == 0)
            taken += records.map(\.key)
        }
        #expect(taken == (0..<700).map(String.init))
    }

    @Test func `drops the oldest where nobody takes any, and tells once`() async {
        let pile = RecordPile()
        for number in 0..<(RecordPile.limit + 10) { await pile.add([record(number)]) }
        let (records, dropped) = await pile.take()
        #expect(dropped > 0)
        #expect(records.first?.key == "\(dropped)")
        #expect(await pile.take().dropped == 0)
    }

    @Test(.timeLimit(.minutes(1))) func `rings once for all that came`() async {
        let pile = RecordPile()
        await pile.add([record(1)])
        await pile.add([])
        await pile.add([record(2)])
        for await _ in pile.bell { break }
        #expect(await pile.take().records.count == 2)
    }
}
