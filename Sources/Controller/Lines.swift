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
    private var waiting: [String: [Waiting]] = [:]

    /// A run that was turned away, and when it asked last.
    private struct Waiting: Sendable {
        let run: Reference
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
        let line = (waiting[origin] ?? []).filter {
            $0.run == run || now < $0.asked.advanced(bySeconds: patienceSeconds)
        }
        let ahead = line.prefix { $0.run != run }.count
        guard !isCrowded(for: run) || known.isEmpty, ahead < each - known.count else {
            wait(in: line, of: origin, Waiting(run: run, asked: now))
            return false
        }
        waiting[origin] = line.filter { $0.run != run }
        callers[origin] = known.union([run])
        return true
    }

    private func isCrowded(for run: Reference) -> Bool {
        let asking = callers.values.reduce(into: Set()) { $0.formUnion($1) }
        return asking.count >= all && !asking.contains(run)
    }

    private func wait(in line: [Waiting], of origin: String, _ one: Waiting) {
        if waiting.count >= longestList { waiting = [:] }
        var line = line
        if let place = line.firstIndex(where: { $0.run == one.run }) {
            line[place] = one
        } else if line.count < longestList {
            line.append(one)
        }
        waiting[origin] = line
    }

    /// `run` asks nobody else any more.
    func keep(only origins: Set<String>, for run: Reference) {
        for (origin, known) in callers where known.contains(run) && !origins.contains(origin) {
            callers[origin] = known.count == 1 ? nil : known.subtracting([run])
        }
    }
}

/// Whoever waits asks again within some seconds; who does not is gone, or wants nothing any more.
private let patienceSeconds = 10

/// More than wait anywhere. Behind these it is chance again.
private let longestList = 1_000
