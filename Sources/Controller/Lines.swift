import Documents
import KubernetesObjects

/// Which runs ask which provider at this moment, and which wait until they may. One that does not
/// answer keeps those who ask it waiting, and with them the workers that all runs share: so no more
/// than a part of them ask the same one, and whoever came first is next.
package actor Lines {
    /// How many runs may ask one provider.
    private let each: Int
    /// How many runs may ask at all, as long as others ask the same provider. One that goes by
    /// several names could else take the workers by halves.
    private let all: Int
    private var callers: [String: Set<Reference>] = [:]
    /// Only before providers that somebody waits for.
    private(set) var waiting: [String: [Reference: Waiting]] = [:]
    private var turnedAway = 0

    /// A run that was turned away: which place it has, and when it asked last.
    struct Waiting: Sendable {
        let place: Int
        var asked: Timestamp
    }

    /// - Parameter workers: how many runs are worked on at once.
    package init(workers: Int = 30) {
        each = max(workers / 2, 1)
        all = max(workers * 3 / 4, 1)
    }

    /// Whether `run` may ask the provider at `origin` now; then it does until it is `kept` no more.
    /// Else it has its place in the line for as long as it asks again.
    func take(_ origin: String, for run: Reference, at now: Timestamp) -> Bool {
        let known = callers[origin] ?? []
        if known.contains(run) { return true }
        let isAdmitted = !isCrowded(for: run) || known.isEmpty
        let oldest = now.advanced(bySeconds: -patienceSeconds)
        let line = waiting[origin] ?? [:]
        let place = line[run]?.place ?? .max
        let ahead = line.values.count { $0.place < place && oldest < $0.asked }
        guard isAdmitted, ahead < each - known.count else {
            wait(run, before: origin, at: now)
            return false
        }
        waiting[origin]?[run] = nil
        if waiting[origin]?.isEmpty == true { waiting[origin] = nil }
        callers[origin] = known.union([run])
        return true
    }

    private func isCrowded(for run: Reference) -> Bool {
        let asking = callers.values.reduce(into: Set()) { $0.formUnion($1) }
        return asking.count >= all && !asking.contains(run)
    }

    private func wait(_ run: Reference, before origin: String, at now: Timestamp) {
        if waiting[origin]?[run] != nil {
            waiting[origin]?[run]?.asked = now
            return
        }
        let oldest = now.advanced(bySeconds: -patienceSeconds)
        if waiting[origin] == nil, waiting.count >= mostLines {
            waiting = waiting.filter { $0.value.values.contains { oldest < $0.asked } }
        }
        var line = (waiting[origin] ?? [:]).filter { oldest < $0.value.asked }
        let isNew = waiting[origin] == nil
        guard line.count < longestLine, origin.utf8.count <= longestName,
            !isNew || waiting.count < mostLines
        else { return }
        turnedAway += 1
        line[run] = Waiting(place: turnedAway, asked: now)
        waiting[origin] = line
    }

    /// `run` asks nobody else any more.
    func keep(only origins: Set<String>, for run: Reference) {
        for (origin, known) in callers where known.contains(run) && !origins.contains(origin) {
            callers[origin] = known.count == 1 ? nil : known.subtracting([run])
        }
    }
}

/// Whoever waits asks again within two seconds; who does not is gone, or wants nothing any more.
private let patienceSeconds = 5

/// Behind these it is chance again: each that asks looks at all of them.
private let longestLine = 100

/// More providers are not asked by crowds at once. Before others it is chance.
private let mostLines = 100

/// Longer than any name of a host. Nobody's document is to fill the memory.
private let longestName = 300
