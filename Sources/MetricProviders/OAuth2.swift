import Analysis
import Curl
import Documents

extension ProviderCall {
    /// Fetches a token with the credentials of a client (RFC 6749, section 4.4), anew for each
    /// measurement, so that none is ever stale. The credentials go in the head of the request, and
    /// where a server does not take that, in its body.
    func token(for spec: OAuth2Spec) async throws(ProviderError) -> Secret {
        let login = "\(percentEncoded(spec.clientID)):\(percentEncoded(spec.clientSecret))"
        var form = [("grant_type", "client_credentials")]
        if !spec.scopes.isEmpty { form.append(("scope", spec.scopes.joined(separator: " "))) }
        var request = CurlRequest(url: spec.tokenURL, method: "POST")
        request.headers = [
            Header("Content-Type", "application/x-www-form-urlencoded"),
            Header("Accept", "application/json"),
        ]
        request.body = Array(encodedForm(form).utf8)
        var first = request
        first.headers.append(Header("Authorization", "Basic \(base64Text(Array(login.utf8)))"))
        var response = try await send(first)
        if response.head.status == 400 || response.head.status == 401 {
            form += [("client_id", spec.clientID), ("client_secret", spec.clientSecret)]
            request.body = Array(encodedForm(form).utf8)
            response = try await send(request)
        }
        return try token(in: response)
    }

    private func token(in response: Response) throws(ProviderError) -> Secret {
        guard response.head.isSuccess else {
            throw ProviderError(
                "oauth2: the token URL answered \(response.head.status): "
                    + "\"\(beginning(of: response.body, redactor))\"")
        }
        let json: JSON
        do {
            json = try JSON(parsing: response.body, file: "token", duplicateKeys: .lastWins)
        } catch {
            // What it says instead may be a token in another form, and is not shown.
            throw ProviderError("oauth2: the answer of the token URL is no JSON")
        }
        guard let token = json["access_token"]?.string, !token.isEmpty else {
            throw ProviderError("oauth2: the answer of the token URL has no access_token")
        }
        let type = json["token_type"]?.string ?? ""
        guard type.isEmpty || type.lowercased() == "bearer" else {
            throw ProviderError("oauth2: only bearer tokens are supported, this is another kind")
        }
        return Secret(token)
    }
}
