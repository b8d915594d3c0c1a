import KubernetesObjects

/// Which runs ask which provider at this moment. One that does not answer keeps those who ask it
/// waiting, and with them the workers that all runs share: so no more than a part of them ask the
/// same one.
package actor Lines {
    private let each: Int
    private var callers: [String: Set<Reference>] = [:]

    /// - Parameter each: how many runs may ask one provider.
    package init(each: Int = 15) {
        self.each = each
    }

    /// Whether `run` may ask the provider at `origin` now; then it does until it is `kept` no more.
    func take(_ origin: String, for run: Reference) -> Bool {
        let known = callers[origin] ?? []
        if known.contains(run) { return true }
        if known.count >= each { return false }
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
