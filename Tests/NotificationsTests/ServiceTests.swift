import Curl
import Documents
import Testing

@testable import Notifications

struct `A message` {
    /// Holds: 7.2 services.
    @Test func `goes to a webhook as its template says`() throws {
        let rules = rules(
            [
                "service.webhook.w": """
                url: https://w.example/$token/
                headers: [{name: X-Team, value: web}]
                basicAuth: {username: me, password: $token}
                """
            ],
            template: """
                webhook:
                  w:
                    method: POST
                    path: /a/{{.rollout.metadata.name}}
                    body: "{{.rollout.status | toJson}}"
                """)
        let request = try #require(try rules.parcel(to: "w").requests.first)
        #expect(request.url == "https://w.example/t0ken-value/a/shop")
        #expect(request.method == "POST")
        #expect(
            request.headers == [
                Header("X-Team", "web"), Header("Authorization", "Basic bWU6dDBrZW4tdmFsdWU="),
                Header("Idempotency-Key", "5f1c"),
            ])
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == "{\"abort\":true,\"phase\":\"Degraded\"}")
        #expect(!request.followsRedirects && request.verifiesPeer)
    }

    /// Holds: 7.2 services.
    @Test func `goes to a channel of Slack`() throws {
        let rules = rules(
            ["service.slack": "token: $token\nusername: bot\nicon: \":rocket:\""],
            template: """
                message: gone
                slack: {attachments: "[{\\"title\\": \\"{{.rollout.metadata.name}}\\"}]"}
                """)
        #expect(
            try rules.body(to: "slack:releases") == [
                "channel": "releases", "text": "gone", "attachments": [["title": "shop"]],
                "username": "bot", "icon_emoji": ":rocket:",
            ])
        let parcel = try rules.parcel(to: "slack:releases")
        #expect(parcel.requests.map(\.url) == ["https://slack.com/api/chat.postMessage"])
        #expect(parcel.verdict(answer(200, "{\"ok\":true}")) == .delivered)
        #expect(
            parcel.verdict(answer(200, "{\"ok\":false,\"error\":\"channel_not_found\"}"))
                == .later("answered \"channel_not_found\"", seconds: nil))
        #expect(
            parcel.verdict(answer(200, "{\"ok\":false,\"error\":\"invalid_blocks\"}"))
                == .refused("answered \"invalid_blocks\""))
    }

    /// Holds: 7.2 services.
    @Test func `is a card for Teams`() throws {
        let template = """
            teams:
              title: "{{.rollout.metadata.name}}"
              facts: '[{"name": "Phase", "value": "{{.rollout.status.phase}}"}]'
              potentialAction: '[{"@type":"OpenUri","name":"Open","targets":[{"uri":"https://x"}]}]'
            message: aborted
            """
        let old = rules(
            ["service.teams": "recipientUrls: {ops: \"https://t.example/$token\"}"],
            template: template)
        let card = try old.body(to: "teams:ops")
        #expect(card["@type"] == "MessageCard" && card["title"] == "shop")
        #expect(card["sections"]?[0]?["facts"]?[0]?["value"] == "Degraded")
        let parcel = try old.parcel(to: "teams:ops")
        #expect(parcel.verdict(answer(200, "1")) == .delivered)
        #expect(
            parcel.verdict(answer(200, "HTTP error 429"))
                == .later("answered: \"HTTP error 429\"", seconds: nil))
        #expect(throws: DeliveryFault("recipientUrls has no \"gone\"")) {
            try old.parcel(to: "teams:gone")
        }
    }

    @Test func `is an adaptive card for a workflow of Teams`() throws {
        let rules = rules(
            ["service.teams-workflows": "recipientUrls: {ops: \"https://t.example\"}"],
            template: """
                teams-workflows:
                  title: "{{.rollout.metadata.name}}"
                  facts: '[{"name": "Phase", "value": "Degraded"}]'
                  potentialAction: '[{"name":"Open","targets":[{"uri":"https://x"}]}]'
                message: aborted
                """)
        let attachment = try rules.body(to: "teams-workflows:ops")["attachments"]?[0]
        #expect(attachment?["contentType"] == "application/vnd.microsoft.card.adaptive")
        let card = attachment?["content"]
        #expect(card?["body"]?.array?.map { $0["type"] } == ["TextBlock", "TextBlock", "FactSet"])
        #expect(card?["actions"]?[0]?["url"] == "https://x")
    }

    /// Holds: 7.2 services.
    @Test func `is an incident of PagerDuty by the key of its event`() throws {
        let rules = rules(
            ["service.pagerdutyv2": "serviceKeys: {shop: $token}"],
            template: "pagerdutyv2: {summary: gone, component: \"{{.rollout.metadata.name}}\"}")
        #expect(
            try rules.body(to: "pagerdutyv2:shop") == [
                "routing_key": "t0ken-value", "event_action": "trigger", "dedup_key": "5f1c",
                "payload": [
                    "summary": "gone", "severity": "error", "source": "web/shop",
                    "timestamp": "2023-11-14T22:13:20Z", "component": "shop",
                ],
            ])
    }

    /// Holds: 7.2 services.
    @Test func `is an alert of Opsgenie by the key of its event`() throws {
        let rules = rules(
            ["service.opsgenie": "apiUrl: api.eu.opsgenie.com\napiKeys: {ops: $token}"],
            template: """
                message: gone
                opsgenie: {priority: P2, tags: [rollout, "{{.rollout.metadata.name}}"]}
                """)
        #expect(
            try rules.body(to: "opsgenie:ops") == [
                "message": "gone", "alias": "5f1c",
                "responders": [["type": "team", "name": "ops"]],
                "source": "sluice", "priority": "P2", "tags": ["rollout", "shop"],
            ])
        let request = try #require(try rules.parcel(to: "opsgenie:ops").requests.first)
        #expect(request.url == "https://api.eu.opsgenie.com/v2/alerts")
        #expect(request.headers.contains(Header("Authorization", "GenieKey t0ken-value")))
    }

    /// Holds: 7.2 services.
    @Test func `is an alert for every member of Alertmanager`() throws {
        let rules = rules(
            ["service.alertmanager": "targets: [\"a:9093\", \"b:9093\"]"],
            template: "alertmanager: {labels: {severity: page}}\nmessage: gone")
        let parcel = try rules.parcel(to: "alertmanager")
        #expect(
            parcel.requests.map(\.url) == [
                "http://a:9093/api/v2/alerts", "http://b:9093/api/v2/alerts",
            ])
        #expect(
            try rules.body(to: "alertmanager") == [
                [
                    "labels": [
                        "severity": "page", "alertname": "RolloutAborted", "namespace": "web",
                        "rollout": "shop",
                    ],
                    "startsAt": "2023-11-14T22:13:20Z", "annotations": ["message": "gone"],
                ]
            ])
    }

    @Test func `is a cloud event with the identity of its event`() throws {
        let event = try rules(["service.cloudevents": "url: http://c.example"])
            .body(to: "cloudevents")
        #expect(event["id"] == "5f1c" && event["specversion"] == "1.0")
        #expect(event["type"] == "io.argoproj.rollouts.rollout-aborted")
        #expect(
            event["source"] == "/apis/argoproj.io/v1alpha1/namespaces/web/rollouts/shop")
        #expect(event["data"]?["reason"] == "RolloutAborted")
        let binary = try rules(["service.cloudevents": "url: http://c.example\nmode: binary"])
            .parcel(to: "cloudevents").requests.first
        #expect(binary?.headers.contains(Header("ce-id", "5f1c")) == true)
    }

    /// Holds: 7.2 services.
    @Test func `is a mail that breaks no header`() throws {
        let rules = rules(
            [
                "service.email": """
                host: mail.example
                port: 465
                username: me
                password: $token
                from: "Releases <releases@example.org>"
                """
            ],
            template:
                "email: {subject: \"{{.rollout.metadata.name}}\\r\\nBcc: x\", body: \"Grüße\"}")
        let request = try #require(try rules.parcel(to: "email:a@example.org").requests.first)
        #expect(request.url == "smtps://mail.example:465")
        #expect(request.envelope?.from == "releases@example.org")
        #expect(request.envelope?.recipients == ["a@example.org"])
        #expect(request.envelope?.requiresTLS == true)
        #expect(
            String(decoding: request.body ?? [], as: UTF8.self)
                == """
                From: Releases <releases@example.org>
                To: a@example.org
                Subject: shop  Bcc: x
                Date: Tue, 14 Nov 2023 22:13:20 +0000
                Message-ID: <5f1c-\(tag("a@example.org"))@sluice>
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: base64

                R3LDvMOfZQ==

                """.replacing("\n", with: "\r\n"))
        #expect(throws: DeliveryFault.self) { try rules.parcel(to: "email:a b@example.org") }
    }

    @Test(arguments: [
        ("Ops <ops@example.org>", "Ops <ops@example.org>"),
        ("\"Ops, all\" < ops@example.org >", "\"Ops, all\" <ops@example.org>"),
        ("Ops, a@b <ops@example.org>", "\"Ops, a@b\" <ops@example.org>"),
        ("Größe <ops@example.org>", "=?utf-8?B?R3LDtsOfZQ==?= <ops@example.org>"),
        ("Ops\r\nBcc: x <ops@example.org>", "\"Ops  Bcc: x\" <ops@example.org>"),
        ("<ops@example.org>", "ops@example.org"), (" ops@example.org", "ops@example.org"),
    ])
    func `is for a mailbox with a name`(text: String, header: String) {
        let mailbox = Mailbox(text)
        #expect(mailbox?.address == "ops@example.org")
        #expect(mailbox?.header == header)
    }

    @Test(arguments: [
        "ops", "a@b@c", "<a@b> c", "a@b <c@d> <e@f>", "a@b, c@d", "Ops <a@b", "Ops <a b@c>", "",
        "Ops <a@b\r\nRCPT TO:<c@d>>",
    ])
    func `goes to one mailbox only`(text: String) { #expect(Mailbox(text) == nil) }

    private func tag(_ recipient: String) -> String {
        let letter = Letter(
            key: "", destination: Destination(service: "", recipient: recipient), text: "",
            part: [:], occurrence: aborted)
        return String(letter.keyOfRecipient.dropFirst())
    }

    @Test func `that cannot be made says why`() {
        let rules = rules(["service.slack": "token: a"], template: "message: \"{{.recipient.b}}\"")
        #expect(
            throws: DeliveryFault(
                "template \"told\": a string has no field .b"
                    + " (line 1, column 3 of the template)")
        ) { try rules.parcel(to: "slack:x") }
        #expect(throws: DeliveryFault("there is no service \"gone\" that can be used")) {
            try rules.parcel(to: "gone")
        }
    }

    @Test(arguments: [
        (204, "", Verdict.delivered), (400, "bad\nbody", .refused("answered 400: \"bad body\"")),
        (500, "", .later("answered 500", seconds: nil)),
        (301, "", .later("answered 301", seconds: nil)),
        (429, "", .later("answered 429", seconds: 7)),
    ])
    func `is delivered, tried again or given up by the answer`(
        status: Int, body: String, verdict: Verdict
    ) {
        let headers = status == 429 ? [Header("Retry-After", "7")] : []
        let head = ResponseHead(status: status, headers: headers)
        #expect(Verdict(of: Response(head: head, body: Array(body.utf8))) == verdict)
    }

    @Test func `is delivered where one of several takes it`() async throws {
        let parcel = try rules(["service.alertmanager": "targets: [\"a:1\", \"b:1\"]"])
            .parcel(to: "alertmanager")
        let post = Post.live(redactor: { .none }) { request throws(CurlError) in
            if request.url.contains("a:1") { throw CurlError(code: 7, host: "a:1", message: "no") }
            return answer(200, "")
        }
        #expect(await post.deliver(parcel, .seconds(10)) == .delivered)
        let none = Post.live(redactor: { .none }) { _ throws(CurlError) in
            throw CurlError(code: 7, host: "h", message: "no")
        }
        #expect(await post.deliver(parcel, .zero) != .delivered)
        #expect(await none.deliver(parcel, .seconds(10)) == .later("h: no (curl 7)", seconds: nil))
    }
}

private func answer(_ status: Int, _ body: String) -> Response {
    Response(head: ResponseHead(status: status), body: Array(body.utf8))
}
