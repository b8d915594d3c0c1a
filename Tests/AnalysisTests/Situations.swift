import Documents

@testable import Analysis

let start = Timestamp(seconds: 1_767_323_045)

/// A metric whose provider answers whatever the test says.
func metric(
    _ name: String = "m", count: Int? = nil, interval: String? = "30s", failure: Int? = nil,
    inconclusive: Int? = nil, errors: Int? = nil, streak: Int? = nil
) -> MetricSpec {
    var spec = MetricSpec(
        name: name, provider: ["prometheus": ["query": "up", "address": "http://prometheus"]])
    spec.interval = interval
    spec.count = count.map { .int($0) }
    spec.failureLimit = failure.map { .int($0) }
    spec.inconclusiveLimit = inconclusive.map { .int($0) }
    spec.consecutiveErrorLimit = errors.map { .int($0) }
    spec.consecutiveSuccessLimit = streak.map { .int($0) }
    return spec
}

func run(_ metrics: MetricSpec..., dryRun: [String] = [], terminate: Bool = false) throws
    -> PreparedRun
{
    try RunSpec(metrics: metrics, dryRun: dryRun, terminate: terminate).prepared()
}

func taken(
    _ phase: RunPhase, of metric: String = "m", message: String = "", at time: Timestamp = start
) -> Taken {
    Taken(
        metric: metric,
        measurement: Measurement(
            phase: phase, message: message, startedAt: time,
            finishedAt: phase.isCompleted ? time : nil))
}

/// The status after measurements that ended as the letters say: S, F, I, E.
func after(_ letters: String, of run: PreparedRun, from status: RunStatus = RunStatus())
    -> RunStatus
{
    var status = status.advanced(by: [], of: run, now: start)
    for letter in letters where letter != " " {
        let phase: RunPhase =
            switch letter {
            case "S": .successful
            case "F": .failed
            case "I": .inconclusive
            default: .error
            }
        status = status.advanced(by: [taken(phase)], of: run, now: start)
    }
    return status
}

/// A small generator with a seed, so that a law that breaks breaks again.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
