import KubernetesObjects

/// Which runs ask which provider at this moment. One that does not answer keeps those who ask it
/// waiting, and with them the workers that all runs share: so no more than a part of them ask the
/// same one.
package actor Lines {
    /// How many runs may ask one provider.
    private let each: Int
    /// How many runs may ask at all, as long as others ask the same provider. One that goes by
    /// several names could else take the workers by halves.
    private let all: Int
    private var callers: [String: Set<Reference>] = [:]

    /// - Parameter workers: how many runs are worked on at once.
    package init(workers: Int = 30) {
        each = max(workers / 2, 1)
        all = max(workers * 3 / 4, 1)
    }

    /// Whether `run` may ask the provider at `origin` now; then it does until it is `kept` no more.
    func take(_ origin: String, for run: Reference) -> Bool {
        let known = callers[origin] ?? []
        if known.contains(run) { return true }
        let asking = callers.values.reduce(into: Set()) { $0.formUnion($1) }
        let isCrowded = asking.count >= all && !asking.contains(run)
        if known.count >= each || isCrowded && !known.isEmpty { return false }
        callers[origin] = known.union([run])
        return true
    }

    /// `run` asks nobody else any more.
    func keep(only origins: Set<String>, for run: Reference) {
        for (origin, known) in callers where known.contains(run) && !origins.contains(origin) {
            callers[origin] = known.count == 1 ? nil : known.subtracting([run])
        }
    }
}
