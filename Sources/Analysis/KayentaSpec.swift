import Documents

/// What a metric has Kayenta judge; its texts may still hold `{{args.x}}`.
package struct KayentaSpec: Hashable, Sendable {
    package var address: String
    package var application: String
    /// The name of a canary configuration of the application, or its id.
    package var canaryConfigName: String
    package var metricsAccount: String
    package var configurationAccount: String
    package var storageAccount: String
    /// The score from which on the canary is good.
    package var pass: Int
    /// The score below which it is bad.
    package var marginal: Int
    /// By name, each with its `controlScope` and `experimentScope`.
    package var scopes: JSON
}

extension KayentaSpec {
    /// Reads `provider.kayenta`.
    package init(reading reader: Reader) {
        reader.allowOnly([
            "address", "application", "canaryConfigName", "metricsAccountName",
            "configurationAccountName", "storageAccountName", "threshold", "scopes",
        ])
        address = reader["address"].requiredURL()
        application = reader["application"].requiredString()
        canaryConfigName = reader["canaryConfigName"].requiredString()
        metricsAccount = reader["metricsAccountName"].requiredString()
        configurationAccount = reader["configurationAccountName"].requiredString()
        storageAccount = reader["storageAccountName"].requiredString()
        let threshold = reader["threshold"]
        threshold.allowOnly(["pass", "marginal"])
        pass = score(threshold["pass"])
        marginal = score(threshold["marginal"])
        scopes = [:]
        for scope in reader["scopes"].elements() { read(scope) }
        if reader["scopes"].elements().isEmpty {
            reader["scopes"].refuse("needs a scope", remedy: "add one with its name")
        }
    }

    private mutating func read(_ reader: Reader) {
        reader.allowOnly(["name", "controlScope", "experimentScope"])
        let name = reader["name"].requiredString()
        if scopes[name] != nil {
            reader["name"].refuse("\(quoted(name)) is there twice", remedy: "rename one of them")
        }
        scopes[name] = [
            "controlScope": place(reader["controlScope"]),
            "experimentScope": place(reader["experimentScope"]),
        ]
    }
}

/// Where and when the metrics of one side are looked at.
private func place(_ reader: Reader) -> JSON {
    reader.allowOnly(["scope", "region", "step", "start", "end"])
    if !reader["step"].isPresent {
        reader["step"].refuse("is missing", remedy: "add the seconds between two points")
    }
    return [
        "scope": .string(reader["scope"].requiredString()),
        "region": .string(reader["region"].requiredString()),
        "step": .int(Int64(reader["step"].int(in: 1...86_400) ?? 1)),
        "start": .string(reader["start"].requiredString()),
        "end": .string(reader["end"].requiredString()),
    ]
}

private func score(_ reader: Reader) -> Int {
    if !reader.isPresent { reader.refuse("is missing", remedy: "add a score from 0 to 100") }
    return reader.int(in: 0...100) ?? 100
}
