import Documents

/// How a provider is shown who asks: by a token that is fetched first, with the credentials of a
/// client (RFC 6749, section 4.4).
package struct OAuth2Spec: Hashable, Sendable {
    package var tokenURL: String
    package var clientID: String
    package var clientSecret: String
    package var scopes: [String]
}

extension OAuth2Spec {
    /// Reads `authentication.oauth2`; nil where there is nothing in it.
    init?(reading reader: Reader) {
        reader.allowOnly(["tokenUrl", "clientId", "clientSecret", "scopes"])
        guard reader.value?.object?.isEmpty == false else { return nil }
        let mandatory = ["tokenUrl", "clientId", "clientSecret"]
        let missing = mandatory.filter { (reader[$0].string() ?? "").isEmpty }
        if !missing.isEmpty {
            reader.refuse(
                "missing mandatory parameter in metric for OAuth2 setup",
                remedy: "add \(missing.joined(separator: ", "))")
        }
        tokenURL = missing.contains("tokenUrl") ? "" : reader["tokenUrl"].requiredURL()
        clientID = reader["clientId"].value?.string ?? ""
        clientSecret = reader["clientSecret"].value?.string ?? ""
        scopes = reader["scopes"].elements().compactMap { $0.string() }
    }
}
