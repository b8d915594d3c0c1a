import Analysis
import Documents
import KubernetesObjects
import Logging
import Notifications
import Rollouts

/// The rules of notifications, as the ConfigMaps and Secrets of the cluster have them now. Read
/// when somebody asks, and parsed again only where they changed.
actor RuleBook {
    /// Where rules are.
    struct Shelves: Sendable {
        /// The namespace of the controller.
        var home: String
        /// Whether a namespace may have rules of its own.
        var isSelfService: Bool
        /// Whether caches show the ConfigMaps of the home namespace.
        var seesHome: Bool
    }

    private struct Read {
        let version: String
        let secretRead: Timestamp
        let secretVersion: String
        let rules: NotificationRules
    }

    private nonisolated let shelves: Shelves
    private let cluster: Cluster
    private let secrets: SecretsInUse
    private let log: Logger
    private let now: @Sendable () -> Timestamp
    private var known: [String: Read] = [:]
    /// The events of this process, by uid: about what is gone, nobody else's are believed.
    private var written: Set<String> = []
    /// By uid, what the annotations of an object say, and of which version.
    private var read: [String: (version: String, subscribers: Subscribers)] = [:]
    /// Destinations that no rules name, of which that was said.
    private var unknown: Set<String> = []

    init(
        _ shelves: Shelves, cluster: Cluster, secrets: SecretsInUse, log: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.shelves = shelves
        self.cluster = cluster
        self.secrets = secrets
        self.log = log
        self.now = now
    }

    /// The rules for objects of a namespace; its own come first.
    func rules(for namespace: String) async throws(ClusterError) -> [NotificationRules] {
        var all: [NotificationRules] = []
        if shelves.isSelfService, namespace != shelves.home {
            all.append(try await rules(in: namespace))
        }
        all.append(try await rules(in: shelves.home))
        return all
    }

    private func rules(in namespace: String) async throws(ClusterError) -> NotificationRules {
        let reference = Reference(
            .configMaps, namespace: namespace, name: NotificationKeys.configMap)
        let isSeen = namespace != shelves.home || shelves.seesHome
        let found =
            isSeen ? try await cluster.get(reference) : try await cluster.fresh(reference)
        guard let configMap = found else {
            known[namespace] = nil
            return .none
        }
        let moment = now()
        if let read = known[namespace], read.version == configMap.resourceVersion,
            moment.milliseconds(since: read.secretRead) < secretMilliseconds
        {
            return read.rules
        }
        let secret = try await cluster.fresh(
            Reference(.secrets, namespace: namespace, name: NotificationKeys.secret))
        let secretVersion = secret?.resourceVersion ?? ""
        if let read = known[namespace], read.version == configMap.resourceVersion,
            read.secretVersion == secretVersion
        {
            keep(read.rules, configMap, secretVersion, at: moment)
            return read.rules
        }
        let values = (secret?.json["data"]?.strings ?? [:]).compactMapValues { encoded in
            decodedSecret(encoded).map { Secret($0) }
        }
        let rules = NotificationRules(configMap: configMap.json, secret: values)
        secrets.add(rules.secrets)
        for finding in rules.findings {
            log.warning(
                "notifications: a part of the configuration is left out",
                metadata: ["configMap": "\(reference)", "error": "\(finding)"])
        }
        keep(rules, configMap, secretVersion, at: moment)
        return rules
    }

    private func keep(
        _ rules: NotificationRules, _ configMap: Object, _ secretVersion: String,
        at moment: Timestamp
    ) {
        if known.count >= mostNamespaces { known = [:] }
        known[configMap.namespace] = Read(
            version: configMap.resourceVersion, secretRead: moment, secretVersion: secretVersion,
            rules: rules)
    }
}

extension RuleBook {
    /// The namespace whose rules come first for objects of another.
    nonisolated func shelf(of namespace: String) -> String {
        shelves.isSelfService ? namespace : shelves.home
    }

    /// Takes note of an event that this process has written.
    func wrote(_ uid: String) {
        if written.count >= mostWritten { written = [] }
        written.insert(uid)
    }

    func hasWritten(_ uid: String) -> Bool { written.contains(uid) }

    /// Whom the annotations of an object name, read once for each version of it.
    func subscribers(of object: Object) -> Subscribers {
        if let known = read[object.uid], known.version == object.resourceVersion {
            return known.subscribers
        }
        let subscribers = Subscribers(object.annotations)
        if read.count >= mostSubjects { read = [:] }
        read[object.uid] = (object.resourceVersion, subscribers)
        return subscribers
    }

    /// To whom an event about `subject` is to be told, as it goes with the event; nil for nobody.
    func due(_ subject: Object, reason: String) async -> String? {
        guard reason != NotificationKeys.failed else { return nil }
        let trigger = trigger(forReason: reason)
        let own = subscribers(of: subject)
        do throws(ClusterError) {
            let all = try await rules(for: subject.namespace)
            var destinations: Set<Destination> = []
            for rules in all where rules.triggers[trigger] != nil {
                destinations.formUnion(rules.destinations(of: subject, own, trigger: trigger))
            }
            // Nearly always.
            if destinations.isEmpty { return nil }
            let isPast = Rollouts.Event.tellsOfPast(reason)
            let values = isPast ? nil : try await values(of: subject)
            let entries = destinations.sorted { $0.description < $1.description }
                .compactMap { entry(for: $0, trigger, values, all) }
            return DueList(entries).text
        } catch {
            // Nobody can say now; who subscribed on the object itself did so for certain.
            log.warning(
                "notifications: the configuration cannot be read",
                metadata: ["error": "\(error.description)"])
            let named = own.destinations(defaultTriggers: [])[trigger] ?? []
            let entries = named.sorted { $0.description < $1.description }.map {
                DueList.Entry($0)
            }
            return DueList(entries).text
        }
    }

    /// What conditions see of an object: as it is by now, since it was written after it was looked
    /// at.
    private func values(of subject: Object) async throws(ClusterError) -> JSON {
        let resources: [Resource] = [.rollouts, .analysisRuns, .experiments]
        guard let resource = resources.first(where: { $0.kind == subject.kind }) else {
            return ["rollout": subject.json, "analysisRuns": []]
        }
        let reference = Reference(resource, namespace: subject.namespace, name: subject.name)
        let found = try await cluster.get(reference)
        let object = found?.uid == subject.uid ? found ?? subject : subject
        let runs =
            resource == .rollouts ? try await cluster.holdings(.analysisRuns, object).own : []
        return ["rollout": object.json, "analysisRuns": .array(object.currentRuns(among: runs))]
    }

    /// Nil where no condition holds. Without values that is found out when it is told.
    private func entry(
        for destination: Destination, _ trigger: String, _ values: JSON?,
        _ all: [NotificationRules]
    ) -> DueList.Entry? {
        guard let rules = all.knowing(trigger, destination) else {
            if unknown.count < mostNamespaces, unknown.insert("\(destination)").inserted {
                log.warning(
                    "notifications: no rules name this service, or it has no such trigger",
                    metadata: ["to": "\(destination)", "trigger": "\(trigger)"])
            }
            return nil
        }
        guard let values else { return DueList.Entry(destination) }
        let (numbers, faults) = rules.holding(trigger, values, now: now())
        for fault in faults {
            log.warning(
                "notifications: a condition has no answer",
                metadata: ["trigger": "\(trigger)", "error": "\(fault)"])
        }
        return numbers.isEmpty ? nil : DueList.Entry(destination, conditions: numbers)
    }
}

/// A Secret is not watched: that would take the right to list all of them. Another token is used
/// this late at most.
private let secretMilliseconds: Int64 = 15_000
/// More than a large cluster makes in an hour.
private let mostWritten = 50_000
/// More objects than change at once in a large cluster.
private let mostSubjects = 5_000
/// More namespaces with rules of their own are read again each time.
private let mostNamespaces = 1_000
