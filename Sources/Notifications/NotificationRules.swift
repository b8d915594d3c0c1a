import Analysis
import Documents
import KubernetesObjects

/// What a ConfigMap and its Secret say of notifications. What is wrong in it is left out and said
/// in `findings`; the rest holds.
package struct NotificationRules: Sendable {
    package private(set) var findings: [Finding] = []
    /// What must not be said of it: the values of the Secret, and credentials written in the
    /// ConfigMap itself.
    package private(set) var secrets: [Secret] = []
    private(set) var carriers: [String: Carrier] = [:]
    /// Services that are named, also those that cannot be used as they are.
    fileprivate var declared: Set<String> = []
    private(set) var templates: [String: MessageTemplate] = [:]
    package private(set) var triggers: [String: [NotificationCondition]] = [:]
    private var subscriptions: [DefaultSubscription] = []
    private var defaultTriggers: [String] = []
    private(set) var context: JSON = [:]
    private(set) var secretValues: JSON = [:]

    /// No rules: nobody is told of anything.
    package static let none = NotificationRules()

    private init() {}

    /// - Parameter secret: the values of the Secret by their keys; nil where nobody can look, and
    ///   every key is taken to be there.
    package init(configMap: JSON, secret: [String: Secret]?) {
        let data = configMap["data"]?.object?.members ?? []
        let root = Path.root.appending("data")
        guard data.count <= Limit.entries else {
            findings = [
                Finding(
                    path: root, message: "has more than \(Limit.entries) entries",
                    remedy: "take out what nobody uses")
            ]
            return
        }
        // Whoever made it from a file has a line break at its end, which belongs to no token.
        let secret = secret?.mapValues { Secret(trimmed($0.reveal())) }
        secrets = secret.map { Array($0.values) } ?? []
        secretValues = JSON(strings: secret?.mapValues { $0.reveal() } ?? [:])
        let known = ReferencedSecrets(values: secret)
        for (key, value) in data.sorted(by: { $0.key < $1.key }) {
            read(key, value, known, at: root.appending(key))
        }
        checkReferences(root)
    }

    /// The bounds of a configuration.
    enum Limit {
        /// Services, templates and triggers together.
        static let entries = 500
        /// Recipients of one event. More are a mistake that would flood somebody.
        static let destinations = 100
    }

    private mutating func read(
        _ key: String, _ value: JSON, _ known: ReferencedSecrets, at path: Path
    ) {
        let collected = Reader.Findings()
        defer { findings += collected.all }
        let whole = Reader(value, at: path, findings: collected)
        guard let text = whole.string() else { return }
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        let isKnown =
            ["service", "template", "trigger"].contains(parts.first) && parts.count == 2
            || ["context", "subscriptions", "defaultTriggers"].contains(key)
        guard isKnown else {
            return collected.add(
                Finding(
                    path: path, message: "is no entry that notifications know",
                    remedy: "use service.KIND, template.NAME, trigger.NAME, subscriptions, "
                        + "defaultTriggers or context", concernsKey: true))
        }
        let document: JSON
        do throws(DocumentError) {
            document = try YAML.documents(in: Array(text.utf8), file: key).first?.value ?? .null
        } catch {
            return whole.refuse("\(error.message) (at \(shown(error.place)))", remedy: error.remedy)
        }
        let reader = Reader(document, at: path, findings: collected)
        switch parts[0] {
        case "service": open(parts[1], reader, known)
        case "template": templates[parts[1]] = MessageTemplate(reading: reader)
        case "trigger":
            triggers[parts[1]] = reader.elements().map(NotificationCondition.init(reading:))
        case "subscriptions":
            subscriptions = reader.elements().map(DefaultSubscription.init(reading:))
        case "defaultTriggers": defaultTriggers = reader.elements().compactMap { $0.string() }
        default: context = JSON(strings: reader.strings())
        }
        // Half of a trigger or template would tell something else than was meant. What a template
        // says to services that nobody here brings anything to is no half of it.
        if parts[0] == "template", isBroken(document) { templates[parts[1]] = nil }
        if parts[0] == "trigger", !collected.all.isEmpty { triggers[parts[1]] = nil }
    }

    /// Whether something is wrong in what is taken of a template.
    private func isBroken(_ template: JSON) -> Bool {
        let findings = Reader.Findings(namesUnknownFields: false)
        _ = MessageTemplate(reading: Reader(template, findings: findings))
        return !findings.all.isEmpty
    }

    /// `slack`, or `slack.NAME` where there are several.
    private mutating func open(
        _ name: String, _ reader: Reader, _ known: ReferencedSecrets
    ) {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        declared.insert(parts.last ?? name)
        guard let kind = CarrierKind.all.first(where: { $0.name == parts[0] }) else {
            return reader.refuse(
                "the service \"\(parts[0])\" is not supported",
                remedy: "use one of: \(CarrierKind.names); a webhook reaches most others")
        }
        let before = reader.findings.all.count
        let options = Reader(known.resolved(reader), at: reader.path, findings: reader.findings)
        let carry = kind.open(options, name: parts.last ?? name)
        secrets += kind.credentials(options.value ?? .null)
        guard reader.findings.all.count == before, let carry else { return }
        carriers[parts.last ?? name] = Carrier(kind: kind, parcel: carry)
    }

    /// What triggers, templates and subscriptions name must be there.
    private mutating func checkReferences(_ root: Path) {
        let refused = Set(findings.compactMap { $0.path.components.dropFirst().first })
        for (name, conditions) in triggers.sorted(by: { $0.key < $1.key }) {
            for (index, condition) in conditions.enumerated() {
                for template in condition.send
                where templates[template] == nil && !refused.contains(.key("template.\(template)"))
                {
                    findings.append(
                        Finding(
                            path: root.appending("trigger.\(name)").appending(index)
                                .appending("send"),
                            message: "there is no template \"\(template)\"",
                            remedy: "add template.\(template)"))
                }
            }
        }
    }

    private func shown(_ place: Place?) -> String {
        place.map { "line \($0.line), column \($0.column)" } ?? "its beginning"
    }
}

extension NotificationRules {
    /// Whom an object's trigger is told to: by its own annotations, and by default.
    package func destinations(
        of object: Object, _ own: Subscribers, trigger: String
    ) -> [Destination] {
        var found = own.destinations(defaultTriggers: defaultTriggers)[trigger] ?? []
        for subscription in subscriptions where subscription.selector.matches(object.labels) {
            let triggers =
                subscription.triggers.isEmpty ? defaultTriggers : subscription.triggers
            if triggers.contains(trigger) { found.formUnion(subscription.destinations) }
        }
        return Array(found.sorted { $0.description < $1.description }.prefix(Limit.destinations))
    }

    /// The numbers of a trigger's conditions that hold for what `values` hold, and what is wrong
    /// with those that have no answer.
    package func holding(
        _ trigger: String, _ values: JSON, now: Timestamp
    ) -> (numbers: [Int], faults: [ConditionError]) {
        var (numbers, faults): ([Int], [ConditionError]) = ([], [])
        for (number, condition) in (triggers[trigger] ?? []).enumerated() {
            do throws(ConditionError) {
                if try condition.holds(values, now: now) { numbers.append(number) }
            } catch {
                faults.append(error)
            }
        }
        return (numbers, faults)
    }
}

extension [NotificationRules] {
    /// The first that can tell `trigger` to `destination`; where none can now, the first that name
    /// both.
    package func knowing(_ trigger: String, _ destination: Destination) -> NotificationRules? {
        let known = filter {
            $0.triggers[trigger] != nil && $0.declared.contains(destination.service)
        }
        return known.first { $0.carriers[destination.service] != nil } ?? known.first
    }

    /// Whether an object's trigger is to be told to `destination`.
    package func subscribe(
        _ object: Object, _ own: Subscribers, _ trigger: String, _ destination: Destination
    ) -> Bool {
        contains { $0.destinations(of: object, own, trigger: trigger).contains(destination) }
    }
}

/// Whom everything that a selector matches is told to.
struct DefaultSubscription: Sendable {
    let destinations: [Destination]
    let triggers: [String]
    let selector: LabelSelector

    init(reading reader: Reader) {
        reader.allowOnly(["recipients", "triggers", "trigger", "selector"])
        destinations = reader["recipients"].elements().compactMap { $0.string() }.map {
            Destination($0)
        }
        let list = reader[reader["triggers"].isPresent ? "triggers" : "trigger"]
        triggers = list.value?.string.map { [$0] } ?? list.elements().compactMap { $0.string() }
        do throws(SelectorError) {
            selector = try LabelSelector(parsing: reader["selector"].string() ?? "")
        } catch {
            reader["selector"].refuse("\(error)", remedy: "correct the selector")
            selector = .nothing
        }
    }
}
