import Curl
import Foundation

@testable import KubernetesClient

/// A real TLS server (nginx) on a socket of its own, with an authority, a certificate for
/// `api.test`, one for the user `anna`, one for `bert`, whom it refuses, and one for `stranger`,
/// who has it from nobody. Each answer tells in its name what the server has seen:
/// `CONNECTION|PROTOCOL|CLIENT`.
struct TLSServer {
    let directory: String
    private let processes = Lock<[Process]>([])

    /// Leads to the server that was started last.
    var socket: String { "\(directory)/socket" }

    static func with<Result>(
        _ body: (TLSServer) async throws -> Result
    ) async throws -> Result {
        try await withDirectory([:]) { directory in
            try makeCertificates(in: directory)
            let server = TLSServer(directory: directory)
            defer { server.stop() }
            try await server.start()
            return try await body(server)
        }
    }

    /// Takes all connections from now on; those of an earlier one stay with that.
    func start() async throws {
        let number = processes.withLock { $0.count }
        let name = "nginx-\(number)"
        try Data(configuration(name).utf8)
            .write(to: URL(filePath: "\(directory)/\(name).conf"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/sbin/nginx")
        process.arguments = ["-p", directory, "-c", "\(name).conf", "-e", "\(name).log"]
        try process.run()
        processes.withLock { $0.append(process) }
        // Written once it listens; the socket's file is there before that.
        while !FileManager.default.fileExists(atPath: "\(directory)/\(name).pid") {
            guard process.isRunning else { throw Failure(what: "nginx has ended") }
            await Task.yield()
        }
        try lead(to: "\(name).socket")
    }

    /// Takes all connections from now on, and refuses by an alert whoever shows no certificate of
    /// its authority. What it answers are the files of `directory`, over HTTP/1.1.
    ///
    /// - Parameter options: those of `openssl s_server`, such as the only version of TLS.
    func startStrict(_ options: String...) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.currentDirectoryURL = URL(filePath: directory)
        process.arguments =
            "s_server -unix strict.socket -cert api.pem -key api.key -CAfile ca.pem -Verify 1"
            .split(separator: " ").map(String.init) + ["-verify_return_error", "-HTTP"] + options
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        processes.withLock { $0.append(process) }
        var said = ""
        // Its last word before it waits for connections.
        while !said.contains("ACCEPT") {
            let bytes = output.fileHandleForReading.availableData
            guard !bytes.isEmpty else { throw Failure(what: "openssl s_server: \(said)") }
            said += String(decoding: bytes, as: UTF8.self)
        }
        try lead(to: "strict.socket")
    }

    private func lead(to name: String) throws {
        let link = "\(directory)/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: name)
        guard rename(link, socket) == 0 else { throw Failure(what: "no link to \(name)") }
    }

    /// Its connections stay open, and nobody answers there any more.
    func freeze() {
        for process in processes.withLock({ $0 }) { kill(process.processIdentifier, SIGSTOP) }
    }

    private func stop() {
        for process in processes.withLock({ $0 }) {
            // Started from a thread that blocks the gentler signals, it would not see them.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    func file(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
    }

    func base64(_ name: String) throws -> String {
        try Data(contentsOf: URL(filePath: "\(directory)/\(name)")).base64EncodedString()
    }

    /// Puts what `file` holds into `other`.
    func copy(_ file: String, to other: String) throws {
        try Data(try self.file(file)).write(to: URL(filePath: "\(directory)/\(other)"))
    }

    /// Puts what `startStrict` answers at a path into its file.
    func answer(_ text: String, at path: String) throws {
        let file = URL(filePath: directory + path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    struct Failure: Error {
        let what: String
    }

    private func configuration(_ name: String) -> String {
        """
        daemon off;
        master_process off;
        pid \(name).pid;
        events { worker_connections 256; }
        http {
            access_log off;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            server {
                listen unix:\(directory)/\(name).socket ssl http2;
                ssl_certificate \(directory)/api.pem;
                ssl_certificate_key \(directory)/api.key;
                ssl_client_certificate \(directory)/ca.pem;
                ssl_verify_client optional;
                default_type application/json;
                if ($ssl_client_s_dn = CN=bert) { return 401; }
                location / {
                    return 200
                        '{"metadata":{"name":"$connection|$server_protocol|$ssl_client_s_dn"}}';
                }
            }
        }
        """
    }

    /// As a cluster's administrator would make them.
    private static func makeCertificates(in directory: String) throws {
        try openssl("req -x509 -subj /CN=authority -keyout ca.key -out ca.pem", in: directory)
        try openssl(
            "req -x509 -subj /CN=api -addext subjectAltName=DNS:api.test -CA ca.pem -CAkey ca.key"
                + " -keyout api.key -out api.pem", in: directory)
        try openssl(
            "req -x509 -subj /CN=stranger -keyout stranger.key -out stranger.pem", in: directory)
        for user in ["anna", "bert"] {
            try openssl(
                "req -x509 -subj /CN=\(user) -CA ca.pem -CAkey ca.key -keyout \(user).key"
                    + " -out \(user).pem", in: directory)
        }
    }

    private static func openssl(_ arguments: String, in directory: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.currentDirectoryURL = URL(filePath: directory)
        process.arguments =
            arguments.split(separator: " ").map(String.init)
            + "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
            .split(separator: " ").map(String.init)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(what: "openssl \(arguments): exit code \(process.terminationStatus)")
        }
    }
}
