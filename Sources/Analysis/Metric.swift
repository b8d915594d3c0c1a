import Documents

/// A metric ready to be measured and assessed: arguments are in, texts are numbers, absent limits
/// have their default.
package struct Metric: Hashable, Sendable {
    package let name: String
    package let intervalMilliseconds: Int64?
    package let initialDelayMilliseconds: Int64
    /// Nil where absent (or 0).
    package let count: Int?
    /// Empty where absent.
    package let successCondition: String
    package let failureCondition: String
    /// -1 switches it off.
    package let failureLimit: Int
    package let inconclusiveLimit: Int
    package let consecutiveErrorLimit: Int
    /// 0 switches it off.
    package let consecutiveSuccessLimit: Int
    /// `prometheus`, `web`, `job`, …
    package let providerKind: String
    /// The provider's own configuration, below its kind.
    package let provider: JSON

    /// How many measurements complete the metric; nil where it runs as long as the run does.
    package var effectiveCount: Int? {
        count ?? (intervalMilliseconds == nil ? 1 : nil)
    }

    /// Scheme, host and port of who is asked where the document names them, else the provider and
    /// whose account it is. However it is written and whoever logs in, it is one place.
    fileprivate func origin(in namespace: String, prometheus: String?) -> String {
        let usual = providerKind == ProviderKind.prometheus.rawValue ? prometheus : nil
        let named = [provider["address"]?.string, provider["url"]?.string, usual]
        let address = named.compactMap(\.self).first { !$0.isEmpty }?.lowercased() ?? ""
        let scheme = address.firstRange(of: "://").map { address[..<$0.upperBound] } ?? ""
        var place = address.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        if let login = place.lastIndex(of: "@") { place = place[place.index(after: login)...] }
        let port = scheme == "https://" ? ":443" : ":80"
        if place.hasSuffix(port) { place = place.dropLast(port.count) }
        if !place.isEmpty { return String(scheme + place) }
        if providerKind == ProviderKind.plugin.rawValue {
            return "\(providerKind) \(provider.object?.members.first?.key ?? "")"
        }
        guard let credentials else { return providerKind }
        let owner = credentials.owner == .run ? "\(namespace)/" : ""
        return "\(providerKind) of \(owner)\(credentials.name)"
    }

    /// What a new result of this metric carries about it.
    package var resultMetadata: [String: String] {
        guard providerKind == "prometheus", let query = provider["query"]?.string else {
            return [:]
        }
        return ["ResolvedPrometheusQuery": query]
    }
}

/// A run whose arguments are resolved and whose rules are checked. Secrets are `*****` in here.
package struct PreparedRun: Hashable, Sendable {
    package let metrics: [Metric]
    package let dryRun: Set<String>
    /// Measurements kept for each metric that has a rule.
    package let retention: [String: Int]
    package let terminate: Bool
    /// Why metrics of a dry run cannot be read, by their names. These alone end by it.
    package let unread: [String: String]

    package init(
        metrics: [Metric], dryRun: Set<String> = [], retention: [String: Int] = [:],
        terminate: Bool = false, unread: [String: String] = [:]
    ) {
        self.metrics = metrics
        self.dryRun = dryRun
        self.retention = retention
        self.terminate = terminate
        self.unread = unread
    }
}

extension PreparedRun {
    /// Who is asked for this; nil where nobody is.
    ///
    /// - Parameter prometheus: who is asked where a metric of Prometheus names no address.
    package func origin(
        of task: Due.Task, in namespace: String, prometheus: String?
    ) -> String? {
        if case .terminate = task { return nil }
        let metric = metrics.first { $0.name == task.metric }
        guard let metric, metric.providerKind != ProviderKind.job.rawValue else { return nil }
        return metric.origin(in: namespace, prometheus: prometheus)
    }
}

/// Why a run cannot be created or go on; the message is the run's message.
package struct RunError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    /// How the run ends by it.
    package let phase: RunPhase

    package init(_ message: String) {
        self.message = message
        phase = .error
    }

    /// What is written cannot be read here. That says nothing of the release, and somebody else may
    /// have read it well until now: it waits for a person.
    package init(unreadable path: String, _ problem: String) {
        message = "Analysis spec cannot be read: \(path): \(problem)"
        phase = .inconclusive
    }

    package var description: String { message }
}
