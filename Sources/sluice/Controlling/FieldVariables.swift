import KubernetesObjects

/// What the environment says of what Argo Rollouts' controller reads there.
struct FieldVariables: Sendable {
    /// Where the Jobs of analyses run; nil for the namespaces of their runs.
    let jobNamespace: String?
    /// After how long a router that has not followed yet is asked again; nil for as long as usual.
    let verifySeconds: Int?
    /// Variables that change nothing, each with the reason.
    let idle: [(String, String)]
    /// Why the command cannot be followed, a sentence for each variable.
    let problems: [String]

    init(_ environment: [String: String]) {
        var idle: [(String, String)] = []
        var problems: [String] = []
        for variable in FieldFlag.variables {
            guard let value = environment[variable.name] else { continue }
            switch variable.fate {
            case .taken: break
            case .idle(let reason): idle.append((variable.name, reason))
            case .refused(_, let harmless) where harmless.contains(value): break
            case .refused(let reason, _): problems.append("\(variable.name): \(reason)")
            }
        }
        /// Empty is as good as not there.
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        jobNamespace = value("ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE")
        if let jobNamespace, let problem = Naming.labelProblem(jobNamespace) {
            problems.append("ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE \(jobNamespace): \(problem)")
        }
        let interval = value("ROLLOUT_VERIFY_RETRY_INTERVAL")
        verifySeconds = interval.flatMap { Int($0) }
        if interval != nil, !(verifySeconds.map(Self.verifyRange.contains) ?? false) {
            problems.append(
                "ROLLOUT_VERIFY_RETRY_INTERVAL takes a number of seconds from "
                    + "\(Self.verifyRange.lowerBound) to \(Self.verifyRange.upperBound)")
        }
        (self.idle, self.problems) = (idle, problems)
    }

    /// Once a second is enough for any router; what is seen after an hour is not waited for.
    private static let verifyRange = 1...3_600
}
