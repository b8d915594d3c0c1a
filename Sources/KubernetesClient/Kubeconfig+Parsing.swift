import Documents

extension Kubeconfig {
    /// Reads one file. Relative paths in it start at its own directory. Members nobody here knows
    /// are left alone, as other programs keep theirs in the same file.
    package init(_ bytes: [UInt8], file: String) throws(KubeconfigError) {
        let documents: [Document]
        do throws(DocumentError) {
            documents = try YAML.documents(in: bytes, file: file, limits: .manifest)
        } catch {
            throw KubeconfigError(error.message, at: error.place, in: file, remedy: error.remedy)
        }
        self.init()
        // An empty file says nothing, which is how kubectl writes a new one.
        guard let document = documents.first else { return }
        let findings = Reader.Findings()
        let reader = Reader(document.value, findings: findings)
        let directory = file.contains("/") ? String(file[...file.lastSlash]) : ""
        let name = reader["current-context"].string() ?? ""
        currentContext = name.isEmpty ? nil : name
        for entry in reader["clusters"].elements() {
            clusters.setFirst(
                Cluster(entry["cluster"], directory), for: entry["name"].requiredString())
        }
        for entry in reader["users"].elements() {
            users.setFirst(User(entry["user"], directory), for: entry["name"].requiredString())
        }
        for entry in reader["contexts"].elements() {
            let context = entry["context"]
            contexts.setFirst(
                Context(
                    cluster: context["cluster"].requiredString(),
                    user: context["user"].string() ?? "", namespace: context["namespace"].text()),
                for: entry["name"].requiredString())
        }
        if let finding = findings.all.first {
            let subject = finding.path.components.isEmpty ? "" : "\(finding.path): "
            throw KubeconfigError(
                subject + finding.message, at: document.place(of: finding.path), in: file,
                remedy: finding.remedy)
        }
    }
}

extension Kubeconfig.Cluster {
    fileprivate init(_ reader: Reader, _ directory: String) {
        server = reader["server"].requiredString()
        authority = reader.material("certificate-authority", directory)
        tlsServerName = reader["tls-server-name"].text()
        skipsVerification = reader["insecure-skip-tls-verify"].bool() ?? false
        proxy = reader["proxy-url"].text()
        let forPlugins = reader["extensions"].elements().first {
            $0["name"].string() == "client.authentication.k8s.io/exec"
        }
        pluginConfig = forPlugins?["extension"].value
    }
}

extension Kubeconfig.User {
    fileprivate init(_ reader: Reader, _ directory: String) {
        if let text = reader["token"].text() {
            token = BearerToken(text)
            if token == nil {
                reader["token"].refuse(
                    "is no token that a header could carry",
                    remedy: "write it without blanks inside")
            }
        }
        tokenFile = reader["tokenFile"].text().map { absolute($0, directory) }
        certificate = reader.material("client-certificate", directory)
        key = reader.material("client-key", directory)
        if let name = reader["username"].text() {
            password = Password(user: name, text: reader["password"].string() ?? "")
        }
        impersonation = Kubeconfig.Impersonation(reader)
        if reader["exec"].isPresent { readPlugin(reader["exec"], directory) }
        foreignLogin = reader["auth-provider"].isPresent ? "auth-provider" : nil
    }
}

extension Kubeconfig.User {
    fileprivate mutating func readPlugin(_ reader: Reader, _ directory: String) {
        let command = reader["command"].requiredString()
        // A name without a slash is looked for in PATH, all else beside the kubeconfig.
        var plugin = LoginPlugin(
            command: command.contains("/") ? absolute(command, directory) : command)
        let version = reader["apiVersion"].requiredString()
        if let known = LoginPlugin.Version(rawValue: version) {
            plugin.version = known
        } else {
            pluginProblem = "speaks \"\(version)\""
        }
        plugin.arguments = reader["args"].elements().map { $0.requiredString() }
        for variable in reader["env"].elements() {
            plugin.variables[variable["name"].requiredString()] = variable["value"].string() ?? ""
        }
        plugin.installHint = reader["installHint"].text()
        pluginWantsCluster = reader["provideClusterInfo"].bool() ?? false
        if reader["interactiveMode"].string() == "Always" { pluginProblem = "needs a terminal" }
        self.plugin = plugin
    }
}

extension Kubeconfig.Impersonation {
    fileprivate init?(_ reader: Reader) {
        user = reader["as"].text() ?? ""
        uid = reader["as-uid"].text()
        groups = reader["as-groups"].elements().map { $0.requiredString() }
        for (key, values) in reader["as-user-extra"].members() {
            extra[key] = values.elements().map { $0.requiredString() }
        }
        if user.isEmpty && uid == nil && groups.isEmpty && extra.isEmpty { return nil }
    }
}

extension KubeconfigError {
    fileprivate init(_ message: String, at place: Place?, in file: String, remedy: String) {
        self.init("\(place.map(\.description) ?? file): \(message)", remedy: remedy)
    }
}

extension Reader {
    /// A string that says something: kubectl writes empty ones where nothing is set.
    fileprivate func text() -> String? {
        string().flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What `KEY-data` holds, else the file that `KEY` names.
    fileprivate func material(_ key: String, _ directory: String) -> Kubeconfig.Material? {
        if let text = self["\(key)-data"].text() {
            if let bytes = decodedBase64(text) { return .embedded(bytes) }
            self["\(key)-data"].refuse("is no base64", remedy: "write the PEM encoded as base64")
            return nil
        }
        return self[key].text().map { .file(absolute($0, directory)) }
    }
}

extension String {
    /// Only for a text with a slash in it.
    fileprivate var lastSlash: Index { lastIndex(of: "/") ?? startIndex }
}

private func absolute(_ path: String, _ directory: String) -> String {
    path.hasPrefix("/") ? path : directory + path
}

extension Dictionary {
    fileprivate mutating func setFirst(_ value: Value, for key: Key) {
        if self[key] == nil { self[key] = value }
    }
}
