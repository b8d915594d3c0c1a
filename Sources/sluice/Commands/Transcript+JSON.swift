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
                        (
                            key,
                            [
                                "phase": .string(end.phase), "message": .string(end.message),
                                "revision": .int(Int64(end.revision)),
                                "weight": .int(Int64(end.weight)),
                            ]
                        )
                    })),
        ]
    }
}
