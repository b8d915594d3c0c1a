import Documents
import Foundation
import Testing

/// The program of the webhook as its pod has it.
struct `A webhook in its pod` {
    /// API servers ask on until they know, and what is not answered is stored unseen.
    @Test(.timeLimit(.minutes(2)))
    func `that is asked to end answers on for a while`() async throws {
        try await Scratch.with { scratch in
            let webhook = try Program(
                [Tool.sluice, "webhook", "--port=0", "--linger=1h", "--logformat=json"],
                in: scratch, limitSeconds: 90)
            let address = try await line("listening", of: webhook)["at"]?.string ?? ""
            webhook.signal(SIGTERM)
            _ = try await line("ending soon", of: webhook)
            let answer = try await scratch.run([
                "curl", "-s", "-m", "20", "--noproxy", "*", "http://\(address)/readyz",
            ]).checked()
            #expect(answer == "ok\n")
            webhook.signal(SIGKILL)
        }
    }

    /// As the kubelet asks it, from inside of its pod.
    @Test(.timeLimit(.minutes(2))) func `says whether it lives`() async throws {
        try await Scratch.with { scratch in
            let webhook = try Program(
                [Tool.sluice, "webhook", "--port=0", "--logformat=json"], in: scratch,
                limitSeconds: 90)
            let address = try await line("listening", of: webhook)["at"]?.string ?? ""
            let port = address.split(separator: ":").last ?? ""
            let probe = [Tool.sluice, "webhook", "--port=\(port)", "--probe"]
            #expect(try await scratch.run(probe).status == 0)
            webhook.signal(SIGKILL)
            _ = try await webhook.ended(within: 40)
            let answer = try await scratch.run(probe)
            #expect(answer.status == 1)
            #expect(answer.errors.contains("the webhook does not answer"), "\(answer.errors)")
        }
    }

    /// As its container starts it, on a kernel with IPv6 and on one without.
    @Test(.timeLimit(.minutes(2)), arguments: [true, false])
    func `has nginx at every address that there is`(knowsIPv6: Bool) async throws {
        try await Scratch.with { scratch in
            let place = scratch.path("nginx")
            try FileManager.default.createDirectory(
                atPath: place, withIntermediateDirectories: false)
            _ = try await scratch.run([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-noenc", "-config", "/dev/null", "-days", "2", "-subj",
                "/CN=webhook", "-keyout", "\(place)/tls.key", "-out", "\(place)/tls.crt",
            ]).checked()
            let port = try await startNginx(at: place, knowsIPv6: knowsIPv6, in: scratch)
            let hasBoth = knowsIPv6 && FileManager.default.fileExists(atPath: "/proc/net/if_inet6")
            for host in ["127.0.0.1"] + (hasBoth ? ["[::1]"] : []) {
                let answer = try await scratch.run([
                    "curl", "-sk", "-m", "20", "--noproxy", "*", "-o", "/dev/null", "-w",
                    "%{http_code}", "https://\(host):\(port)/readyz",
                ])
                // There is no webhook behind it.
                #expect(answer.output == "502", "\(host): \(answer)")
            }
        }
    }

    /// The nginx of the manifests with its own command, and the places of this machine.
    ///
    /// - Returns: its port. Somebody else may take a free one first: then another one is tried.
    private func startNginx(
        at place: String, knowsIPv6: Bool, in scratch: Scratch
    ) async throws -> Int {
        let manifests = Tool.repository.appending(path: "manifests/webhook/base")
        let file = manifests.appending(path: "deployment.yaml")
        let pod = try YAML.documents(in: [UInt8](Data(contentsOf: file)), file: file.path).first?
            .value["spec"]?["template"]?["spec"]
        let container = pod?["containers"]?.array?.first { $0["name"] == "nginx" }
        let command = (container?["command"]?.array ?? []).compactMap(\.string)
        let text = try String(contentsOf: manifests.appending(path: "nginx.conf"), encoding: .utf8)
        func here(_ text: String) -> String {
            text.replacing("/tmp/", with: "\(place)/")
                .replacing("/etc/sluice/tls", with: place).replacing("/etc/sluice", with: place)
                .replacing("/proc/net/if_inet6", with: knowsIPv6 ? "/proc/net/if_inet6" : "/none")
        }
        // A user of its own could not read what is in here.
        try ((geteuid() == 0 ? "user root;\n" : "") + here(text))
            .write(toFile: "\(place)/nginx.conf", atomically: true, encoding: .utf8)
        for _ in 0..<5 {
            let port = try freePort()
            let nginx = try Program(
                command.map { here($0).replacing("8443", with: "\(port)") }, in: scratch,
                limitSeconds: 90)
            let isUp = try await eventually("nginx", seconds: 30) { () -> Bool? in
                if nginx.status != nil { return false }
                let isThere = FileManager.default.fileExists(atPath: "\(place)/nginx.pid")
                return isThere ? true : nil
            }
            if isUp { return port }
        }
        throw Failure("nginx found no port")
    }

    private func line(_ message: String, of program: Program) async throws -> JSON {
        try await eventually(message, seconds: 40) {
            if let status = program.status {
                throw Failure("it ended with \(status): \(program.errors)")
            }
            // The last one may not be whole yet.
            let lines = program.errors.split(separator: "\n", omittingEmptySubsequences: false)
            return try lines.dropLast().map { try JSON(parsing: String($0)) }
                .first { $0["msg"]?.string == message }
        }
    }
}
