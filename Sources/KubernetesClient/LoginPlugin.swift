import Documents

/// A program that logs us in, as `exec` of a kubeconfig names it: it is asked in its environment,
/// and answers an `ExecCredential` on its standard output.
package struct LoginPlugin: Sendable {
    /// The versions of the question and answer that we speak.
    package enum Version: String, Sendable {
        case v1 = "client.authentication.k8s.io/v1"
        case v1beta1 = "client.authentication.k8s.io/v1beta1"
    }

    package var version = Version.v1
    /// The path of the program, or a name that is looked for in `PATH`.
    package var command: String
    package var arguments: [String] = []
    /// Added to the environment that the plugin inherits.
    package var variables: [String: String] = [:]
    /// What to tell those who do not have the program.
    package var installHint: String?
    /// What the plugin is told of the server, where it wants to know.
    package var cluster: JSON?
    /// What the plugin inherits.
    package var environment: [String: String] = [:]

    /// What a plugin answers.
    struct Answer: Sendable {
        var token: BearerToken?
        var certificate: [UInt8]?
        var key: [UInt8]?
        var expires: Timestamp?
    }

    /// A login over the network takes seconds; whoever takes longer waits for a person.
    static let maximumSeconds = 30
    /// A token and a chain of certificates are some 20 KiB.
    static let maximumOutputBytes = 1 << 20

    /// What of the program's complaints an error shows.
    private static let maximumComplaintCharacters = 2_000

    /// Runs the program and reads its answer.
    func ask() async throws(LoginError) -> Answer {
        var environment = environment
        environment.merge(variables) { $1 }
        environment["KUBERNETES_EXEC_INFO"] = question.text
        let program = LocalProgram(
            command: command, arguments: arguments,
            environment: environment.sorted { $0.key < $1.key }.map { "\($0)=\($1)" },
            maximumSeconds: Self.maximumSeconds, maximumOutputBytes: Self.maximumOutputBytes)
        let output: [UInt8]
        do throws(LocalProgramError) {
            output = try await program.output()
        } catch {
            let hint = error.isMissing ? installHint.map { "; \($0)" } ?? "" : ""
            let reason = redactor(environment, printed: error.printed)
                .redact(error.reason, upTo: Self.maximumComplaintCharacters)
            throw LoginError("the login by \"\(command)\" failed: \(reason)\(hint)")
        }
        return try read(output)
    }

    /// Knows what the program was given as a secret, and what it answered before it failed: many
    /// complain with their whole environment.
    private func redactor(_ environment: [String: String], printed: Secret) -> Redactor {
        var secrets = environment.filter { namesSecret($0.key) }.values.map(Secret.init)
        do throws(DocumentError) {
            let status = try JSON(parsing: printed.reveal())["status"]
            secrets += ["token", "clientKeyData"].compactMap { status?[$0]?.string }
                .map(Secret.init)
        } catch {
            secrets.append(printed)
        }
        return Redactor(secrets)
    }

    private var question: JSON {
        var spec: JSON = ["interactive": false]
        spec["cluster"] = cluster
        return [
            "kind": "ExecCredential", "apiVersion": .string(version.rawValue), "spec": spec,
        ]
    }

    private func read(_ output: [UInt8]) throws(LoginError) -> Answer {
        let json: JSON
        do throws(DocumentError) {
            json = try JSON(parsing: output, file: "the answer")
        } catch {
            // Without an excerpt: half an answer may hold a whole token.
            throw wrong("it answered no JSON")
        }
        guard json["kind"]?.string == "ExecCredential" else {
            throw wrong("it answered no ExecCredential")
        }
        guard json["apiVersion"]?.string == version.rawValue else {
            throw wrong(
                "it answered version \"\(json["apiVersion"]?.string ?? "")\" where the kubeconfig"
                    + " says \"\(version.rawValue)\"")
        }
        var answer = Answer()
        let status = json["status"]
        if let text = status?["token"]?.string, !text.isEmpty {
            answer.token = BearerToken(text)
            if answer.token == nil { throw wrong("its token fits into no header") }
        }
        answer.certificate = status?["clientCertificateData"]?.string.map { Array($0.utf8) }
        answer.key = status?["clientKeyData"]?.string.map { Array($0.utf8) }
        guard (answer.certificate == nil) == (answer.key == nil) else {
            throw wrong("it answered a certificate without key, or a key without certificate")
        }
        guard answer.token != nil || answer.certificate != nil else {
            throw wrong("it answered neither a token nor a certificate")
        }
        if let text = status?["expirationTimestamp"]?.string {
            answer.expires = Timestamp(rfc3339: text)
            if answer.expires == nil { throw wrong("\"\(text)\" is no time at which it expires") }
        }
        return answer
    }

    private func wrong(_ what: String) -> LoginError {
        LoginError("the login by \"\(command)\" failed: \(what)")
    }
}

// The environment of a plugin, and what it is told, may hold secrets.
extension LoginPlugin: CustomStringConvertible, CustomReflectable {
    package var description: String { "(login by \(command))" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
