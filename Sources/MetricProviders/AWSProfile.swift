import Documents

/// What the files of AWS' own tools say of a profile, `~/.aws/credentials` and `~/.aws/config`. In
/// a pod they come from a Secret that somebody mounts.
struct AWSProfile: Sendable {
    private let name: String
    private let values: [String: String]

    /// - Throws: where neither file has it.
    init(_ name: String, _ edge: ProviderEdge) throws(ProviderError) {
        self.name = name
        let folder = "\(edge.environment["HOME"] ?? "")/.aws"
        let files = [
            ("AWS_CONFIG_FILE", "config", name == "default" ? name : "profile \(name)"),
            ("AWS_SHARED_CREDENTIALS_FILE", "credentials", name),
        ]
        var values: [String: String] = [:]
        for (variable, file, title) in files {
            let path = edge.environment[variable] ?? "\(folder)/\(file)"
            let said = section(title, of: edge.file(path) ?? "")
            // What lets in belongs together.
            if said["aws_access_key_id"] != nil { values["aws_session_token"] = nil }
            values.merge(said) { $1 }
        }
        guard !values.isEmpty else {
            throw ProviderError(
                "sigv4: the controller knows no profile \(name) of AWS; mount a file that has it, "
                    + "and name that with AWS_SHARED_CREDENTIALS_FILE or AWS_CONFIG_FILE")
        }
        self.values = values
    }

    var region: String? { values["region"] }

    /// Where its credentials come from.
    enum Source: Sendable {
        case keys(SignatureV4.Credentials)
        /// A role that these keys may act in.
        case role(String, SignatureV4.Credentials)
        /// A role that the controller itself may act in.
        case environment(role: String)
        case webIdentity(role: String, tokenFile: String)
    }

    /// - Throws: where it says nothing that could be followed without running a program.
    func source(_ edge: ProviderEdge) throws(ProviderError) -> Source {
        guard let role = values["role_arn"] else {
            guard let keys else { throw unusable }
            return .keys(keys)
        }
        if let path = values["web_identity_token_file"] {
            return .webIdentity(role: role, tokenFile: path)
        }
        if values["credential_source"] == "Environment" { return .environment(role: role) }
        guard let source = values["source_profile"],
            let keys = try AWSProfile(source, edge).keys
        else { throw unusable }
        return .role(role, keys)
    }

    private var keys: SignatureV4.Credentials? {
        guard let keyID = values["aws_access_key_id"], let secret = values["aws_secret_access_key"]
        else { return nil }
        return SignatureV4.Credentials(
            keyID: keyID, secret: Secret(secret),
            sessionToken: values["aws_session_token"].map(Secret.init))
    }

    private var unusable: ProviderError {
        ProviderError(
            "sigv4: the profile \(name) of AWS has neither keys nor a role with source_profile, "
                + "web_identity_token_file or credential_source = Environment; a source_profile "
                + "needs keys of its own")
    }
}

/// The settings of a section, the last of each. What stands further in belongs to another setting.
private func section(_ wanted: String, of text: String) -> [String: String] {
    var values: [String: String] = [:]
    var isWanted = false
    for line in text.split(whereSeparator: \.isNewline) {
        if line.hasPrefix("[") {
            let title = line.dropFirst().prefix { $0 != "]" }
            isWanted = trimmed(title).split(separator: " ").joined(separator: " ") == wanted
        } else if isWanted, line.first?.isWhitespace == false, !"#;".contains(line.prefix(1)),
            let separator = line.firstIndex(of: "=")
        {
            let value = trimmed(line[line.index(after: separator)...])
            if !value.isEmpty { values[trimmed(line[..<separator])] = value }
        }
    }
    return values
}

private func trimmed(_ text: Substring) -> String {
    let start = text.drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
}
