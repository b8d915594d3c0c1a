import Documents
import KubernetesObjects
import ObjectStore
import Serving

// Watches: a stream of events, one JSON document to a line, until the client leaves or the time is
// over.
extension APIHandler {
    /// What a watch without a time of its own gets: clients begin again where they were.
    private static let defaultSeconds = 1800
    /// The longest watch; one that lasts for days would never notice a half-dead connection.
    private static let maximumSeconds = 3600
    /// How often a quiet watch tells its client from which version it can go on.
    private static let bookmarkInterval: Duration = .seconds(60)

    func watch(
        _ request: Request, _ path: ObjectPath, _ presentation: Presentation
    ) async throws(StoreError) -> Response {
        let asked = try request.number("timeoutSeconds") ?? 0
        let seconds = min(asked == 0 ? Self.defaultSeconds : asked, Self.maximumSeconds)
        let watch = Watch(
            server: server, resource: path.stored, selection: try request.selection(in: path),
            presentation: presentation, start: try await start(of: request),
            wantsBookmarks: request.query.isTrue("allowWatchBookmarks"),
            bookmarkInterval: Self.bookmarkInterval, duration: .seconds(seconds))
        return Response(
            status: 200, headers: ["Content-Type": "application/json"],
            body: .stream { writer in try await watch.run { try await writer.write($0) } })
    }

    private func start(of request: Request) async throws(StoreError) -> Watch.Start {
        let version = try request.number("resourceVersion") ?? 0
        if let wish = request.query["sendInitialEvents"] {
            guard request.query["resourceVersionMatch"] == "NotOlderThan" else {
                throw StoreError(
                    code: 422, reason: "Invalid",
                    message:
                        "ListOptions.meta.k8s.io \"\" is invalid: resourceVersionMatch: Forbidden: "
                        + "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
            }
            try await requireReached(version)
            if wish == "true" || wish == "1" { return .everything(marksEnd: true) }
            return version == 0 ? .now : .after(version)
        }
        guard version > 0 else { return .everything(marksEnd: false) }
        try await requireReached(version)
        return .after(version)
    }
}

/// One watch of one client.
struct Watch: Sendable {
    enum Start: Sendable {
        /// All selected objects as added, then what changes; `marksEnd` sends a bookmark between
        /// the two.
        case everything(marksEnd: Bool)
        case now
        case after(Int)
    }

    let server: ObjectServer
    let resource: Resource
    let selection: Selection
    let presentation: Presentation
    let start: Start
    let wantsBookmarks: Bool
    let bookmarkInterval: Duration
    let duration: Duration

    /// Sends events until `duration` is over; throws when sending does.
    func run(_ send: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
        // The bell before the first look, so that nothing falls between the two.
        let bell = await server.bell(for: [resource])
        guard var version = try await begin(send) else { return }
        var bookmarked = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await Task.sleep(for: duration)
                bell.end()
            }
            if wantsBookmarks {
                group.addTask {
                    while true {
                        try await Task.sleep(for: bookmarkInterval)
                        bell.ring()
                    }
                }
            }
            for await _ in bell.rings {
                guard let reached = try await sendNews(after: version, send) else { break }
                version = reached
                if wantsBookmarks, ContinuousClock.now - bookmarked >= bookmarkInterval {
                    bookmarked = .now
                    try await send(line(.bookmark, bookmark(at: version)))
                }
            }
            group.cancelAll()
        }
    }

    /// The version from which on events count; nil where the watch is over already.
    private func begin(_ send: ([UInt8]) async throws -> Void) async throws -> Int? {
        switch start {
        case .now:
            return await server.resourceVersion
        case .after(let version):
            return try await sendNews(after: version, send)
        case .everything(let marksEnd):
            let list: ObjectList
            do throws(StoreError) {
                list = try await server.list(resource, matching: selection)
            } catch {
                try await send(refusal(error))
                return nil
            }
            for object in list.items { try await send(line(.added, object)) }
            if marksEnd {
                var end = bookmark(at: list.resourceVersion)
                end["metadata", "annotations"] = ["k8s.io/initial-events-end": "true"]
                try await send(line(.bookmark, end))
            }
            return list.resourceVersion
        }
    }

    /// Sends what happened after `version`; returns up to where that was, nil where it is
    /// forgotten.
    private func sendNews(
        after version: Int, _ send: ([UInt8]) async throws -> Void
    ) async throws -> Int? {
        let (news, reached) = await server.news(after: version, of: resource, matching: selection)
        switch news {
        case .gone(let error):
            try await send(refusal(error))
            return nil
        case .events(let events):
            for event in events { try await send(line(event.type, event.object)) }
            return reached
        }
    }

    private func bookmark(at version: Int) -> Object {
        Object([
            "kind": .string(resource.kind), "apiVersion": .string(resource.apiVersion),
            "metadata": ["resourceVersion": .string(String(version))],
        ])
    }

    private func line(_ type: WatchEvent.Kind, _ object: Object) -> [UInt8] {
        let shown =
            type == .bookmark ? presentation.bookmark(object) : presentation.one(object)
        return Self.line(type.rawValue, shown)
    }

    private func refusal(_ error: StoreError) -> [UInt8] { Self.line("ERROR", error.json) }

    private static func line(_ type: String, _ object: JSON) -> [UInt8] {
        var bytes = JSON.object(JSONObject([("type", .string(type)), ("object", object)])).bytes
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
