import Curl
import Documents
import KubernetesClient
import KubernetesObjects
import Logging
import Rollouts
import Testing

@testable import Controller

struct `An event that cannot be written` {
    /// With the namespace all goes that is told of it; anything else somebody has to know.
    @Test(arguments: [
        (APIError.ending("m"), Logger.Level.debug), (.notFound("m"), .warning),
        (.refused(status: 403, message: "m"), .warning),
    ])
    func `is a line in the log`(error: APIError, level: Logger.Level) async {
        let (levels, told) = AsyncStream<Logger.Level>.makeStream()
        let writer = EventWriter(
            cluster: Cluster(
                get: { _ in nil }, list: { _, _ in [] },
                write: { _ throws(ClusterError) in throw ClusterError(error) }),
            secrets: .none, log: Logger(label: "test") { _ in Levels(told: told) },
            now: { Timestamp(seconds: 1_767_323_045) })
        let shop: JSON = ["kind": "Rollout", "metadata": ["name": "shop", "namespace": "web"]]
        writer.write(Rollouts.Event("RolloutPaused", "m"), about: Object(shop))
        let writing = Task { await writer.keep() }
        for await found in levels {
            #expect(found == level)
            break
        }
        writing.cancel()
        await writing.value
    }
}

struct `An event that waits when its controller ends` {
    @Test func `is written, and none that comes later`() async {
        let written = Lock<[String]>([])
        let writer = EventWriter(
            cluster: Cluster(
                get: { _ in nil }, list: { _, _ in [] },
                write: { write throws(ClusterError) in
                    if case .create(let event) = write.act {
                        written.withLock { $0.append(event["reason"]?.string ?? "") }
                    }
                    return nil
                }),
            secrets: .none, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { Timestamp(seconds: 1_767_323_045) })
        let shop = Object(
            ["kind": "Rollout", "metadata": ["name": "shop", "namespace": "web"]] as JSON)
        for reason in ["RolloutPaused", "RolloutResumed"] {
            writer.write(Rollouts.Event(reason, "m"), about: shop)
        }
        writer.end()
        writer.write(Rollouts.Event("RolloutCompleted", "m"), about: shop)
        await writer.keep()
        #expect(written.withLock { $0 } == ["RolloutPaused", "RolloutResumed"])
    }
}

struct `Events of several objects` {
    /// However long the server takes for each.
    @Test func `are in the order of each object`() async {
        let written = Lock<[String: [String]]>([:])
        let writer = EventWriter(
            cluster: Cluster(
                get: { _ in nil }, list: { _, _ in [] },
                write: { write throws(ClusterError) in
                    guard case .create(let event) = write.act,
                        let object = event["involvedObject"]?["name"]?.string,
                        let reason = event["reason"]?.string
                    else { return nil }
                    for _ in 0..<Int.random(in: 0..<5) { await Task.yield() }
                    written.withLock { $0[object, default: []].append(reason) }
                    return nil
                }),
            secrets: .none, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            now: { Timestamp(seconds: 1_767_323_045) })
        let names = (0..<12).map { "shop-\($0)" }
        let reasons = (0..<20).map { "Reason\($0)" }
        for reason in reasons {
            for name in names {
                let metadata: JSON = ["name": .string(name), "uid": .string(name)]
                let subject = Object(["kind": "Rollout", "metadata": metadata] as JSON)
                writer.write(Rollouts.Event(reason, "m"), about: subject)
            }
        }
        writer.end()
        await writer.keep()
        let told = written.withLock(\.self)
        #expect(told == Dictionary(uniqueKeysWithValues: names.map { ($0, reasons) }))
    }
}

/// Tells how urgent each line is.
private struct Levels: LogHandler {
    let told: AsyncStream<Logger.Level>.Continuation
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { told.yield(event.level) }
}
