import Documents

/// How a metric asks a service that answers in JSON (rollout semantics, section 5.11), as it stands
/// in the document; its texts may still hold `{{args.x}}`.
package struct WebSpec: Hashable, Sendable {
    /// What is sent.
    package enum Body: Hashable, Sendable {
        case none
        case text(String)
        case json(JSON)
    }

    package var method: String
    package var url: String
    package var headers: [HeaderSpec]
    package var body: Body
    /// Which part of the answer is the result, as a template of one path in braces.
    package var jsonPath: String
    /// Nil where absent.
    package var timeoutSeconds: Int?
    package var isInsecure: Bool
    package var oauth2: OAuth2Spec?
}

extension WebSpec {
    /// Reads `provider.web`.
    package init(reading reader: Reader) {
        reader.allowOnly([
            "method", "url", "headers", "body", "jsonBody", "jsonPath", "timeoutSeconds",
            "insecure", "authentication",
        ])
        method = reader["method"].choice(of: ["GET", "POST", "PUT"])
        url = reader["url"].requiredURL()
        headers = reader["headers"].headers()
        body = Body(reading: reader, method: method)
        jsonPath = path(reader["jsonPath"])
        timeoutSeconds = reader["timeoutSeconds"].timeoutSeconds()
        isInsecure = reader["insecure"].bool() ?? false
        let authentication = reader["authentication"]
        authentication.allowOnly(["oauth2", "sigv4"])
        oauth2 = OAuth2Spec(reading: authentication["oauth2"])
        if authentication["sigv4"].value?.object?.isEmpty == false {
            authentication["sigv4"].advise(
                "a web metric cannot be signed by sigv4", remedy: "use oauth2 or headers")
        }
    }
}

extension WebSpec.Body {
    fileprivate init(reading reader: Reader, method: String) {
        let text = reader["body"].string().flatMap { $0.isEmpty ? nil : $0 }
        let json = reader["jsonBody"].value
        if text != nil, json != nil {
            reader["jsonBody"].refuse(
                "use either Body or JSONBody; both cannot exists for WebMetric payload",
                remedy: "keep one of the two")
        }
        if method == "GET", text != nil || json != nil {
            reader[text == nil ? "jsonBody" : "body"].refuse(
                "Body/JSONBody can only be used with POST or PUT WebMetric Method types",
                remedy: "add method: POST")
        }
        self = json.map(Self.json) ?? text.map(Self.text) ?? .none
    }
}

private func path(_ reader: Reader) -> String {
    guard let text = reader.string(), !text.isEmpty else { return "{$}" }
    // With a placeholder inside it is not yet the path that will be followed.
    guard !hasTag(text) else { return text }
    do {
        _ = try JSONPath(parsing: text)
    } catch {
        reader.refuse("\(error)", remedy: "write one path in braces, for example {$.data.ok}")
    }
    return text
}
