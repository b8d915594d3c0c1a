import Documents
import Simulation

extension Transcript {
    /// The transcript for programs.
    var json: JSON {
        [
            "lines": .array(
                lines.map { line in
                    [
                        "milliseconds": .int(line.milliseconds), "cause": .string(line.cause),
                        "act": .string(line.act), "reason": .string(line.reason),
                    ]
                }),
            "weights": .array(weights.map { .int(Int64($0)) }),
            "events": .array(
                events.map { ["reason": .string($0.reason), "message": .string($0.message)] }),
            "ends": .object(
                JSONObject(
                    ends.sorted { $0.key < $1.key }.map { key, end in
                        (key, end.json)
                    })),
        ]
    }
}

extension Transcript.End {
    /// A blue-green rollout has no weight, and others have no active side.
    fileprivate var json: JSON {
        var json: JSON = [
            "phase": .string(phase), "message": .string(message),
            "revision": .int(Int64(revision)),
        ]
        if let active {
            json["active"] = .int(Int64(active))
        } else {
            json["weight"] = .int(Int64(weight))
        }
        return json
    }
}
