import Curl
import Documents
import KubernetesObjects

/// What an API server answers to one cache: lists and watches, each in their order. When they are
/// used up, it is silent until the client hangs up.
final class Scenes: Sendable {
    typealias Scene = @Sendable (ScriptedServer.Request, Dialogue) -> Void

    private let left: Lock<(lists: [Scene], watches: [Scene])>
    /// Each request as it comes.
    let requests: AsyncStream<ScriptedServer.Request>
    private let arrived: AsyncStream<ScriptedServer.Request>.Continuation

    init(lists: [Scene], watches: [Scene]) {
        left = Lock((lists, watches))
        (requests, arrived) = AsyncStream.makeStream()
    }

    var script: ScriptedServer.Script {
        { [self] request, dialogue in
            let isWatch = request.query["watch"] == "true"
            let scene: Scene? = left.withLock { left in
                if isWatch { return left.watches.isEmpty ? nil : left.watches.removeFirst() }
                return left.lists.isEmpty ? nil : left.lists.removeFirst()
            }
            arrived.yield(request)
            if let scene { scene(request, dialogue) } else { dialogue.waitForHangUp() }
        }
    }

    /// Waits for the next request and returns it.
    func next() async -> ScriptedServer.Request? {
        for await request in requests { return request }
        return nil
    }
}

/// A list of `objects` as of `version`.
func list(_ objects: [Object], version: Int) -> Scenes.Scene {
    { _, dialogue in
        let list: JSON = [
            "metadata": ["resourceVersion": .string("\(version)")],
            "items": .array(objects.map(\.json)),
        ]
        dialogue.answer(200, list.text)
    }
}

/// A watch that brings `lines`, and then ends as it is told to.
func watch(_ lines: String..., then: WatchEnd = .silence) -> Scenes.Scene {
    { _, dialogue in
        dialogue.begin()
        for line in lines { dialogue.chunk(line) }
        switch then {
        case .silence: dialogue.waitForHangUp()
        case .end: dialogue.end()
        case .cut: dialogue.hangUp()
        }
    }
}

enum WatchEnd {
    case silence
    case end
    case cut
}

/// An answer with that status and no explanation.
func refusal(_ status: Int, headers: [String: String] = [:]) -> Scenes.Scene {
    { $1.answer(status, headers: headers) }
}

func bookmark(_ version: Int) -> String {
    #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"\#(version)"}}}"# + "\n"
}
