import Documents
import Foundation
import Testing

/// The webhook as an API server asks it: over TLS, through the nginx of `manifests/webhook`.
@Suite(
    .serialized, .timeLimit(.minutes(4)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes webhook` {
    private static func rollout(_ name: String, steps: String, surge: Int = 1) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: \(name)}
        spec:
          replicas: 1
          selector: {matchLabels: {app: \(name)}}
          template:
            metadata: {labels: {app: \(name)}}
            spec: {containers: [{name: app, image: "app:v1"}]}
          strategy: {canary: {maxSurge: \(surge), maxUnavailable: 0, steps: \(steps)}}
        """
    }

    private static let bad = rollout(
        "bad", steps: "[{setWeight: 120}, {plugin: {name: acme/gate}}]", surge: 0)
    private static let errors = [
        "spec.strategy.canary.maxSurge: Invalid value: 0: ",
        "spec.strategy.canary.steps[0].setWeight: Invalid value: 120: ",
        "spec.strategy.canary.steps[1].plugin.name: no extension is registered as \"acme/gate\"",
    ]

    /// Holds: 8.0 admission.
    @Test func `refuses a wrong document with all its errors`() async throws {
        try await Webhook.with { webhook in
            let bad = try webhook.file(Self.bad)
            let refused = try await webhook.refusal(of: ["create", "-f", bad])
            for error in Self.errors { #expect(refused.contains(error), "\(refused)") }
            let good = try webhook.file(Self.rollout("good", steps: "[{setWeight: 20}]"))
            for words in [["apply", "--dry-run=server"], ["apply"]] {
                _ = try await webhook.cluster.kubectl(words + ["-f", good]).checked()
            }
            let worse = try webhook.file(Self.rollout("good", steps: "[{setWeight: 200}]"))
            let refusedToo = try await webhook.refusal(of: ["apply", "-f", worse])
            #expect(refusedToo.contains("setWeight: Invalid value: 200: "))
        }
    }

    /// Holds: 8.0 admission.
    @Test func `keeps nobody from aborting, pausing and deleting what was wrong before`()
        async throws
    {
        try await Webhook.with(before: Self.bad) { webhook in
            let cluster = webhook.cluster
            let refused = try await webhook.refusal(
                of: ["patch", "rollout", "bad", "--type=merge", "-p", #"{"spec":{"replicas":2}}"#])
            for error in Self.errors { #expect(refused.contains(error), "\(refused)") }
            _ = try await cluster.kubectl(
                "patch", "rollout", "bad", "--subresource=status", "--type=merge", "-p",
                #"{"status":{"abort":true}}"#
            ).checked()
            _ = try await cluster.kubectl("annotate", "rollout", "bad", "a=b").checked()
            _ = try await cluster.kubectl("scale", "rollout", "bad", "--replicas=3").checked()
            let paused = try await cluster.kubectl(
                "patch", "rollout", "bad", "--type=merge", "-p", #"{"spec":{"paused":true}}"#)
            #expect(paused.status == 0)
            for error in Self.errors { #expect(paused.errors.contains("Warning: \(error)")) }
            _ = try await cluster.kubectl("delete", "rollout", "bad", "--timeout=30s").checked()
        }
    }

    @Test func `leaves a namespace alone that asks for it`() async throws {
        try await Webhook.with { webhook in
            let bad = try webhook.file(Self.bad)
            _ = try await webhook.refusal(of: ["create", "-f", bad])
            _ = try await webhook.cluster.kubectl(
                "label", "namespace", webhook.cluster.namespace, "sluice/webhook=ignore"
            ).checked()
            _ = try await eventually("the document to be stored", seconds: 30) {
                try await webhook.cluster.kubectl("apply", "-f", bad).status == 0 ? true : nil
            }
        }
    }

    /// The script makes what the manifests name, and keeps the authority before.
    @Test func `gets its certificate from a script`() async throws {
        try await Webhook.with { webhook in
            let cluster = webhook.cluster, scratch = webhook.cluster.scratch
            let script = Tool.repository.appending(path: "Scripts/webhook-certificate").path
            let folder = Tool.kubectl.contains("/") ? Tool.kubectl.parent + ":" : ""
            let path = ["PATH": folder + (scratch.environment["PATH"] ?? "")]
            _ = try await scratch.run(
                ["bash", script, cluster.namespace, webhook.name],
                environment: cluster.environment.merging(path) { $1 }
            ).checked()
            for (object, path, file) in [
                ("secret/sluice-webhook", #"{.data.tls\.crt}"#, "made.pem"),
                (
                    "validatingwebhookconfiguration/\(webhook.name)",
                    "{.webhooks[0].clientConfig.caBundle}", "authority.pem"
                ),
            ] {
                let text = try await cluster.kubectl("get", object, "-o", "jsonpath=\(path)")
                    .checked()
                let pem = try #require(Data(base64Encoded: text))
                try pem.write(to: URL(filePath: scratch.path(file)))
            }
            _ = try await scratch.run([
                "openssl", "verify", "-CAfile", scratch.path("authority.pem"),
                "-verify_hostname", "sluice-webhook.\(cluster.namespace).svc", "-purpose",
                "sslserver", scratch.path("made.pem"),
            ]).checked()
            // It has its former certificate still, as pods have for a while, and is believed.
            _ = try await webhook.refusal(of: ["create", "-f", try webhook.file(Self.bad)])
        }
    }
}

/// The webhook beside a cluster: `sluice webhook`, nginx before it, and what makes the server ask.
private struct Webhook {
    let cluster: Kubernetes
    /// The ValidatingWebhookConfiguration.
    var name: String { cluster.namespace }

    /// Plays `act` beside one, which is asked about the namespace of the test alone.
    ///
    /// - Parameter before: a document that is there already.
    static func with(
        before: String? = nil, _ act: (Webhook) async throws -> Void
    ) async throws {
        try await Kubernetes.with { cluster in
            let webhook = Webhook(cluster: cluster)
            try await cluster.define()
            if let before {
                _ = try await cluster.kubectl("create", "-f", webhook.file(before)).checked()
            }
            let outcome: Result<Void, any Error>
            do {
                try await webhook.start()
                outcome = .success(try await act(webhook))
            } catch {
                outcome = .failure(error)
            }
            _ = try await cluster.kubectl(
                "delete", "validatingwebhookconfiguration", webhook.name, "--ignore-not-found"
            ).checked()
            try outcome.get()
        }
    }

    /// The document as a file of its own.
    func file(_ document: String) throws -> String {
        let path = cluster.scratch.path(cluster.scratch.fresh("document"))
        try document.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// What kubectl says when the webhook refuses, as soon as the server asks it at all. Whatever
    /// else goes wrong is no refusal.
    func refusal(of arguments: [String]) async throws -> String {
        try await eventually("the server to ask", seconds: 30) {
            let outcome = try await cluster.kubectl(arguments + ["--dry-run=server"])
            return outcome.errors.contains("is invalid: ") ? outcome.errors : nil
        }
    }

    private func start() async throws {
        try await certify()
        let program = try Program(
            [Tool.sluice, "webhook", "--port", "0", "--logformat", "json"], in: cluster.scratch,
            limitSeconds: 200)
        let address = try await eventually("the webhook to listen", seconds: 30) {
            if let status = program.status {
                throw Failure("it ended with \(status): \(program.errors)")
            }
            return try program.errors.split(separator: "\n").map { try JSON(parsing: String($0)) }
                .first { $0["msg"] == "listening" }?["at"]?.string
        }
        try await configure(port: try await startNginx(before: address))
    }

    private var directory: String { cluster.scratch.path("webhook") }

    /// An authority, and a certificate for this machine.
    private func certify() async throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
        let request = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-noenc", "-config", "/dev/null", "-days", "2",
        ]
        for rest in [
            [
                "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt", "-addext",
                "basicConstraints=critical,CA:TRUE",
            ],
            [
                "-subj", "/CN=webhook", "-keyout", "tls.key", "-out", "tls.crt", "-CA", "ca.crt",
                "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1",
            ],
        ] {
            _ = try await cluster.scratch.run(["env", "-C", directory] + request + rest).checked()
        }
    }

    /// The nginx of the manifests, with the places of this machine.
    ///
    /// - Returns: its port. Somebody else may take a free one first: then another one is tried.
    private func startNginx(before address: String) async throws -> Int {
        let manifest = Tool.repository.appending(path: "manifests/webhook/base/nginx.conf")
        let text = try String(contentsOf: manifest, encoding: .utf8)
            .replacing("/tmp/", with: "\(directory)/")
            .replacing("/etc/sluice/tls", with: directory)
            .replacing("http://127.0.0.1:8081", with: "http://\(address)")
        for _ in 0..<5 {
            let port = try freePort()
            for (text, file) in [
                (geteuid() == 0 ? "user root;\n\(text)" : text, "nginx.conf"),
                ("listen 127.0.0.1:\(port) ssl;\n", "listen.conf"),
            ] {
                try text.write(
                    toFile: "\(directory)/\(file)", atomically: true, encoding: .utf8)
            }
            let nginx = try Program(
                [
                    "nginx", "-p", directory, "-c", "nginx.conf", "-e", "/dev/stderr", "-g",
                    "daemon off;",
                ], in: cluster.scratch, limitSeconds: 200)
            let isUp = try await eventually("nginx", seconds: 30) { () -> Bool? in
                if nginx.status != nil { return false }
                let asked = try await cluster.scratch.run([
                    "curl", "-sf", "-m", "5", "--noproxy", "*", "--cacert", "\(directory)/ca.crt",
                    "https://127.0.0.1:\(port)/readyz",
                ])
                return asked.output == "ok\n" ? true : nil
            }
            if isUp { return port }
        }
        throw Failure("nginx found no port")
    }

    /// Makes the server ask, as the manifests do, but about this namespace alone, and without an
    /// answer nothing is stored: what is stored was asked about.
    private func configure(port: Int) async throws {
        let place = Tool.repository.appending(path: "manifests/webhook/base/configuration.yaml")
        let documents = try YAML.documents(
            in: [UInt8](Data(contentsOf: place)), file: "configuration.yaml")
        var json = try #require(documents.first).value
        var hook = try #require(json["webhooks"]?[0])
        let authority = try Data(contentsOf: URL(filePath: "\(directory)/ca.crt"))
        hook["clientConfig"] = [
            "url": .string("https://127.0.0.1:\(port)/validate"),
            "caBundle": .string(authority.base64EncodedString()),
        ]
        hook["failurePolicy"] = "Fail"
        // Both may be slow beside other tests.
        hook["timeoutSeconds"] = 10
        hook["namespaceSelector"]?["matchLabels"] = ["sluice-test": .string(name)]
        json["webhooks"] = [hook]
        json["metadata"] = ["name": .string(name)]
        let file = try file(YAML.text(of: json))
        _ = try await cluster.kubectl(
            "label", "namespace", cluster.namespace, "sluice-test=\(name)"
        ).checked()
        _ = try await cluster.kubectl("apply", "-f", file).checked()
    }
}
