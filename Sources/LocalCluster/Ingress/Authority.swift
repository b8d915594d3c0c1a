import Documents
import FoundationEssentials
import Glibc

/// Who clients of the box believe: a CA made at first start, a certificate for 127.0.0.1, and the
/// one token that opens the API. All of it stays in a directory that only we can read.
package struct Authority: Sendable {
    /// The CA's certificate as PEM.
    package let certificate: String
    /// The server's certificate and key.
    package let serverCertificatePath: String
    package let serverKeyPath: String
    /// 256 random bits in hexadecimal.
    package let token: String

    private static let years = 10
    private static let tokenBytes = 32
    private static let programSeconds = 30

    /// The authority kept in `directory`, made where there is none yet.
    /// - Throws: `SystemFailure` where the directory cannot be used, or `openssl` fails.
    package static func kept(
        in directory: String, openssl: String = "/usr/bin/openssl"
    ) async throws(SystemFailure) -> Authority {
        try Files.makeDirectory(directory, mode: 0o700)
        let maker = Maker(directory: directory, openssl: openssl)
        let server = "\(directory)/server"
        if try Files.read("\(server).crt") == nil {
            try await maker.makeAuthority()
            try await maker.makeServer()
        }
        guard let certificate = try Files.text("\(directory)/ca.crt") else {
            throw SystemFailure(
                "\(directory)/ca.crt is missing; remove the directory to begin anew", code: ENOENT)
        }
        return Authority(
            certificate: certificate, serverCertificatePath: "\(server).crt",
            serverKeyPath: "\(server).key", token: try keptToken("\(directory)/token"))
    }

    private static func keptToken(_ path: String) throws(SystemFailure) -> String {
        if let token = try Files.text(path), token.count >= tokenBytes * 2 { return token }
        // On Linux the system's generator is getrandom(2), which is made for keys.
        var generator = SystemRandomNumberGenerator()
        let token = (0..<tokenBytes).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        try Files.write(token, to: path)
        return token
    }

    /// Writes a kubeconfig for `kubectl`, readable by us alone.
    /// - Parameter port: of 127.0.0.1, where nginx ends TLS.
    package func writeKubeconfig(to path: String, port: Int) throws(SystemFailure) {
        let name: JSON = "sluice"
        let authority = Data(certificate.utf8).base64EncodedString()
        let config: JSON = [
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [
                [
                    "name": name,
                    "cluster": [
                        "server": .string("https://127.0.0.1:\(port)"),
                        "certificate-authority-data": .string(authority),
                    ],
                ]
            ],
            "users": [["name": name, "user": ["token": .string(token)]]],
            "contexts": [
                ["name": name, "context": ["cluster": name, "user": name, "namespace": "default"]]
            ],
        ]
        try Files.write(YAML.text(of: config), to: path)
    }

    /// Makes keys and certificates with the `openssl` program.
    private struct Maker {
        let directory: String
        let openssl: String

        func makeAuthority() async throws(SystemFailure) {
            try await request(
                "ca", subject: "/CN=sluice local cluster CA",
                extensions: [
                    "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign",
                ])
        }

        /// The certificate is written last, so that a server without one is a server not yet made.
        func makeServer() async throws(SystemFailure) {
            try await request(
                "server", subject: "/CN=sluice local cluster",
                extensions: [
                    "basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
                    "extendedKeyUsage=serverAuth",
                    "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc",
                ], signer: ["-CA", "ca.crt", "-CAkey", "ca.key"])
        }

        private func request(
            _ name: String, subject: String, extensions: [String], signer: [String] = []
        ) async throws(SystemFailure) {
            var command = [
                openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:prime256v1", "-noenc",
                "-days", String(years * 365), "-subj", subject, "-keyout", "\(name).key", "-out",
                "\(name).crt.new", "-config", "/dev/null",
            ]
            command += signer + extensions.flatMap { ["-addext", $0] }
            // The program may want a place to look for its own settings; ours are all above.
            let launch = Launch(
                command: command, environment: [("PATH", PodEnvironment.searchPath)],
                directory: directory,
                log: "\(directory)/openssl.log", mask: 0o077)
            let (exit, output) = try await launch.run(within: .seconds(programSeconds))
            guard exit == .code(0) else {
                throw SystemFailure("openssl makes no certificate: \(output)", code: EINVAL)
            }
            let path = "\(directory)/\(name).crt"
            if rename("\(path).new", path) != 0 { throw SystemFailure("cannot keep \(path)") }
        }
    }
}
