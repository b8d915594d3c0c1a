import Curl
import Documents
import Foundation
import KubernetesObjects
import Testing

@testable import Notifications

struct `The rules of notifications` {
    /// Holds: 7.2 configuration.
    @Test func `are read whole`() {
        let rules = rules([
            "service.slack": "token: $token", "context": "cluster: blue",
            "subscriptions": "- recipients: [slack:all]\n  triggers: [on-rollout-aborted]",
        ])
        #expect(rules.findings.isEmpty)
        #expect(rules.carriers.keys.sorted() == ["slack"])
        #expect(rules.triggers.keys.sorted() == ["on-rollout-aborted"])
        #expect(rules.secrets.contains { $0.reveal() == "t0ken-value" })
    }

    @Test(arguments: [
        (
            "service.slack", "token: $gone",
            "data.service.slack.token: the Secret has no key \"gone\""
        ),
        (
            "service.pigeon", "url: x",
            "data.service.pigeon: the service \"pigeon\" is not supported"
        ),
        (
            "service.slack", "token: x\nchanel: y",
            "data.service.slack.chanel: unknown field \"chanel\""
        ),
        ("service.email", "host: a", "data.service.email.from: is missing"),
        ("template.bad", "message: \"{{.a\"", "data.template.bad.message: an action is not closed"),
        ("template.bad", "slack:\n  groupingKey: x", "threads are not supported"),
        ("trigger.on-x", "- send: [gone]", "there is no template \"gone\""),
        ("trigger.on-x", "- send: [told]\n  when: rolout.a", "unknown name \"rolout\""),
        ("trigger.on-x", "- when: \"true\"", "data.trigger.on-x[0].send: names no template"),
        ("subscriptions", "- recipients: [slack:a]\n  selector: \"a in\"", "selector"),
        ("service.slack", "token: [", "data.service.slack: "),
        ("somebody", "else", "is no entry that notifications know"),
    ])
    func `say what is wrong, and keep the rest`(key: String, value: String, message: String) {
        let rules = rules([key: value, "service.webhook.w": "url: http://w.example"])
        #expect(rules.findings.contains { $0.description.contains(message) }, "\(rules.findings)")
        #expect(rules.carriers["w"] != nil)
        #expect(rules.triggers["on-rollout-aborted"] != nil)
        #expect(rules.carriers["slack"] == nil && rules.triggers["on-x"]?.first?.send != [])
    }

    /// What is said to others is passed over, and told to whoever reads the log.
    @Test(arguments: [
        ("googlechat: {cards: \"{{\"}", "unknown field \"googlechat\""),
        ("slack: {groupingKey: x}", "threads are not supported"),
        ("slack: {deliveryPolicy: Update}", "every message is posted"),
        ("slack: {atachments: \"[]\"}", "did you mean attachments?"),
    ])
    func `tell the rest of a template that says what nobody takes`(
        part: String, message: String
    ) throws {
        let rules = rules(
            ["service.slack": "token: $token"], template: "message: gone\n\(part)")
        #expect(rules.findings.count == 1)
        #expect(rules.findings.first?.description.contains(message) == true, "\(rules.findings)")
        #expect(try rules.body(to: "slack:all")["text"] == "gone")
    }

    /// Holds: 7.2 templates.
    @Test func `tell the time`() throws {
        let rules = rules(
            ["service.slack": "token: $token"],
            template: "message: '{{(call .time.Now).Format \"2006\"}}'")
        #expect(rules.findings.isEmpty)
        #expect(try rules.body(to: "slack:all")["text"] == "1970")
    }

    @Test(arguments: ["slack: {attachments: \"{{.a\"}", "message: \"{{.a\""])
    func `tell nothing by a template that is broken where somebody is told`(part: String) {
        let rules = rules(
            ["service.slack": "token: $token"], template: "email: {subject: gone}\n\(part)")
        #expect(rules.findings.count == 1 && rules.templates.isEmpty)
    }

    @Test func `leave out a trigger of which a part is wrong`() {
        let rules = rules(["trigger.on-x": "- send: [told]\n- send: [told]\n  when: a b"])
        #expect(rules.triggers["on-x"] == nil)
    }

    @Test(arguments: [
        ("$host.example/x", "one.example/x"), ("$host", "one"), ("$tls.crt.", "two."),
        ("$tls.key/$host$", "three/one$"),
    ])
    func `take a key with dots where there is one`(url: String, expected: String) throws {
        let secret = [
            "host": Secret("one\n"), "tls.crt": Secret("two"), "tls": Secret("no"),
            "tls.key": Secret("three"),
        ]
        let rules = rules(
            ["service.webhook.w": "url: \(JSON.string("http://\(url)").text)"], secret: secret)
        #expect(rules.findings.isEmpty)
        #expect(try rules.parcel(to: "w").requests.first?.url == "http://\(expected)")
    }

    @Test func `refuse a mistyped key where another secret would be sent`() {
        let secret = ["api": Secret("one"), "api.token": Secret("two")]
        let findings = rules(["service.slack": "token: $api.tokn"], secret: secret).findings
        #expect(findings.first?.description.contains("has no key \"api.tokn\"") == true)
    }

    @Test func `look for no key that is longer than any can be`() {
        let name = String(repeating: "a", count: 254)
        let rules = rules(["service.slack": "token: $\(name)"], secret: [name: Secret("b")])
        #expect(!rules.findings.isEmpty)
    }

    @Test func `know a Secret that nobody can look at`() {
        #expect(rules(["service.slack": "token: $any"], secret: nil).findings.isEmpty)
    }

    @Test func `of the example say nothing wrong`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../manifests/examples/notifications/configmap.yaml")
        let documents = try Document.readAll(Array(Data(contentsOf: file)), file: "configmap.yaml")
        let values = ["slack-token": Secret("xoxb")]
        let rules = NotificationRules(
            configMap: try #require(documents.first).value, secret: values)
        #expect(rules.findings.isEmpty)
        for destination in ["slack:a", "releases"] {
            #expect(throws: Never.self) { try rules.parcel(to: destination) }
        }
    }

    /// Holds: 7.2 triggers.
    @Test(arguments: [
        ("RolloutCompleted", "on-rollout-completed"),
        ("AnalysisRunFailed", "on-analysis-run-failed"),
        ("ScalingReplicaSet", "on-scaling-replica-set"),
        ("Updated VirtualService", "on-updated-virtual-service"),
        ("PatchingALBIngress", "on-patching-alb-ingress"),
    ])
    func `name the trigger of an event`(reason: String, name: String) {
        #expect(trigger(forReason: reason) == name)
    }
}

struct `Subscriptions` {
    private func object(_ annotations: [String: String]) -> Object {
        Object([
            "metadata": [
                "name": "shop", "labels": ["team": "web"],
                "annotations": JSON(strings: annotations),
            ]
        ])
    }

    private func told(_ annotations: [String: String], _ entries: [String: String] = [:])
        -> [String]
    {
        rules(entries).destinations(
            of: object(annotations), Subscribers(annotations), trigger: "on-rollout-aborted"
        ).map(\.description)
    }

    private let prefix = "notifications.argoproj.io/subscribe."

    /// Holds: 7.2 subscriptions.
    @Test func `name a trigger, a service and recipients`() {
        #expect(
            told(["\(prefix)on-rollout-aborted.slack": " a; b ;;a"]) == ["slack:a", "slack:b"])
        #expect(told(["\(prefix)on-rollout-completed.slack": "a"]).isEmpty)
    }

    @Test func `need no recipient`() {
        #expect(told(["\(prefix)on-rollout-aborted.hook": ""]) == ["hook"])
    }

    @Test func `without a trigger are for those by default`() {
        let entries = ["defaultTriggers": "[on-rollout-aborted]"]
        #expect(told(["\(prefix)slack": "a"], entries) == ["slack:a"])
        #expect(told(["\(prefix)slack": "a"]).isEmpty)
    }

    @Test func `may be listed in one annotation`() {
        let text = """
            - trigger: [on-rollout-aborted]
              destinations:
              - service: slack
                recipients: [a, b]
            """
        #expect(
            told(["notifications.argoproj.io/subscriptions": text]) == ["slack:a", "slack:b"])
    }

    /// Holds: 7.2 subscriptions.
    @Test func `by default are for what their selector matches`() {
        let entries = [
            "subscriptions": """
            - recipients: ["slack:web", hook]
              triggers: [on-rollout-aborted]
              selector: team=web
            - recipients: ["slack:data"]
              triggers: [on-rollout-aborted]
              selector: team=data
            """
        ]
        #expect(told([:], entries) == ["hook", "slack:web"])
    }

    @Test(arguments: [
        ("subscribe.on-rollout-aborted.slack", String(repeating: "a;", count: 2_049), "is longer"),
        ("subscribe.on.a.slack", "a", "subscribe.on.a.slack does not end in TRIGGER.SERVICE"),
        ("subscriptions", "- [", "subscriptions is no YAML"),
    ])
    func `that nobody can read are said`(name: String, value: String, message: String) throws {
        let subscriptions = Subscribers(["notifications.argoproj.io/\(name)": value])
        let fault = try #require(subscriptions.faults.first)
        #expect(subscriptions.faults.count == 1 && fault.contains(message), "\(fault)")
        #expect(subscriptions.destinations(defaultTriggers: ["on-rollout-aborted"]).isEmpty)
    }

    @Test func `say no more faults than somebody reads`() {
        let names = (0..<100).map { "\(prefix)a.b.c\($0)" }
        let annotations = Dictionary(uniqueKeysWithValues: names.map { ($0, "") })
        #expect(Subscribers(annotations).faults.count == 3)
    }

    @Test func `tell nobody twice`() {
        let entries = [
            "subscriptions": "- recipients: [\"slack:a\"]\n  triggers: [on-rollout-aborted]"
        ]
        #expect(told(["\(prefix)on-rollout-aborted.slack": "a"], entries) == ["slack:a"])
    }
}

struct `A condition of a trigger` {
    private func holds(_ when: String, _ rollout: JSON, at seconds: Int64 = 0) throws -> Bool {
        let rules = rules(["trigger.on-x": "- send: [told]\n  when: \(JSON.string(when).text)"])
        #expect(rules.findings.isEmpty)
        let condition = try #require(rules.triggers["on-x"]?.first)
        return try condition.holds(
            ["rollout": rollout, "analysisRuns": []], now: Timestamp(seconds: seconds))
    }

    /// Holds: 7.2 when.
    @Test func `knows the rollout by its name`() throws {
        let rollout: JSON = ["status": ["phase": "Healthy", "abort": true]]
        #expect(try holds("rollout.status.phase == 'Healthy' && rollout.status.abort", rollout))
        #expect(try holds("rollout.status.phase in ['Degraded']", rollout) == false)
        #expect(try holds("len(analysisRuns) == 0", rollout))
        #expect(try holds("rollout.status.gone", rollout) == false)
        #expect(try holds("isNil(rollout.status.gone) && default(rollout.a, 1) == 1", rollout))
    }

    @Test func `knows the time as Go does`() throws {
        let rollout: JSON = ["spec": ["restartAt": "1970-01-01T00:00:00Z"]]
        let when = "time.Now().Sub(time.Parse(rollout.spec.restartAt)).Minutes() > 4"
        #expect(try holds(when, rollout, at: 241))
        #expect(try holds(when, rollout, at: 240) == false)
    }
}

struct `What was told` {
    @Test func `stands in the annotation as the field writes it`() throws {
        let rules = rules(["trigger.on-x": "- send: [told]\n  when: \"true\""])
        let condition = try #require(rules.triggers["on-x"]?.first)
        let slack = Destination("slack:releases")
        // The digest is what `printf true | sha1sum` says.
        let mark = "on-x:[0].X_5TO4MPCKAyY0ipFgr6_IraRNs:slack:releases"
        #expect(condition.mark("on-x", 0, slack, occasion: "") == mark)
        #expect(condition.mark("on-x", 0, slack, occasion: "7") == "7:\(mark)")
    }

    @Test func `is kept in bounds, the newest last`() {
        var marks = Marks("{\"old\":1}")
        #expect(marks.contains("old"))
        for second in 2...101 { marks.add("m\(second)", at: Timestamp(seconds: Int64(second))) }
        #expect(!marks.contains("old") && marks.contains("m2") && marks.contains("m101"))
        #expect(Marks(marks.text) == marks)
        marks.expect("m2", since: 500)
        #expect(!marks.contains("m2") && marks.pending("m2") == 500)
        marks.add(String(repeating: "x", count: 16 << 10), at: Timestamp(seconds: 501))
        #expect(!marks.contains("m101"))
        #expect(Marks("no list") == Marks(nil) && Marks(nil).text == nil)
    }

    @Test func `is taken from the list of an event`() {
        var due = DueList([
            .init(Destination("slack:a"), conditions: [0, 2]), .init(Destination("hook")),
        ])
        #expect(DueList(due.text) == due)
        due[Destination("slack:a")]?.conditions = [2]
        #expect(DueList(due.text)[Destination("slack:a")]?.conditions == [2])
        due[Destination("slack:a")] = nil
        due[Destination("hook")] = nil
        #expect(due.text == nil && DueList(nil) == due && DueList("?") == due)
    }
}
