import Documents
import Rollouts

// Pieces from which the models of pages and the documents of the API are made.

/// A text; null where there is none.
func text(_ text: String?) -> JSON {
    guard let text, !text.isEmpty else { return .null }
    return .string(text)
}

func number(_ number: Int?) -> JSON {
    number.map { .int(Int64($0)) } ?? .null
}

/// A time as pages show it: the clock of UTC, with the date where it is not today's, and how long
/// ago that was.
func time(_ time: Timestamp?, now: Timestamp) -> JSON {
    guard let time else { return .null }
    return [
        "iso": .string(time.rfc3339), "clock": .string(clock(time, now: now)),
        "ago": .string(distance(from: time, to: now)),
    ]
}

private func clock(_ time: Timestamp, now: Timestamp) -> String {
    let (date, clock) = parts(time)
    return date == parts(now).date ? clock : "\(date) \(clock.prefix(5))"
}

private func parts(_ time: Timestamp) -> (date: String, clock: String) {
    let text = time.rfc3339
    return (String(text.prefix(10)), String(text.dropFirst(11).prefix(8)))
}

/// `4 min ago`, `in 25 s`.
private func distance(from time: Timestamp, to now: Timestamp) -> String {
    let seconds = now.milliseconds(since: time) / 1000
    let length = span(seconds: abs(seconds))
    return seconds < 0 ? "in \(length)" : "\(length) ago"
}

/// A length of time in its largest unit, as far as a person needs it.
func span(seconds: Int64) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) d"
    }
}

extension Timestamp {
    init(_ instant: Instant) {
        self.init(milliseconds: instant.milliseconds)
    }
}

/// How a phase or verdict looks: the name of its colour and of its sign in `web/signs.html`.
enum Tone: String {
    case good, moving, waiting, bad, unclear
}

extension Phase {
    var tone: Tone {
        switch self {
        case .healthy: .good
        case .progressing: .moving
        case .paused: .waiting
        case .degraded: .bad
        }
    }
}
