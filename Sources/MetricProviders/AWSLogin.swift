import Analysis
import Curl
import Documents

extension ProviderCall {
    /// Signs what is sent from now on for a service of AWS: with the keys of the controller's
    /// environment or of a profile, or as the role of its service account, and from there as the
    /// role that the document names.
    mutating func sign(
        for service: String, as spec: SigV4Spec
    ) async throws(ProviderError) {
        let profile = try spec.profile.map { name throws(ProviderError) in
            try AWSProfile(name, edge)
        }
        let region = try awsRegion(spec.region ?? profile?.region, edge)
        var credentials: SignatureV4.Credentials
        if let profile {
            credentials = try await self.credentials(of: profile, region)
        } else {
            credentials = try await ownCredentials(region)
        }
        if let role = spec.roleARN { credentials = try await act(as: role, credentials, region) }
        signature = SignatureV4(
            credentials: credentials, region: region, service: service, time: edge.now())
    }

    private mutating func act(
        as role: String, _ credentials: SignatureV4.Credentials, _ region: String
    ) async throws(ProviderError) -> SignatureV4.Credentials {
        signature = SignatureV4(
            credentials: credentials, region: region, service: "sts", time: edge.now())
        defer { signature = nil }
        return try await assume("AssumeRole", [("RoleArn", role)], region)
    }

    /// Its own keys, or those of the role that it takes from where it says.
    private mutating func credentials(
        of profile: AWSProfile, _ region: String
    ) async throws(ProviderError) -> SignatureV4.Credentials {
        switch try profile.source(edge) {
        case .keys(let keys): return known(keys)
        case .role(let role, let keys):
            let keys = known(keys)
            return try await act(as: role, keys, region)
        case .environment(let role):
            let own = try await ownCredentials(region)
            return try await act(as: role, own, region)
        case .webIdentity(let role, let path):
            return try await act(as: role, withTokenIn: path, "the profile", region)
        }
    }

    private mutating func ownCredentials(
        _ region: String
    ) async throws(ProviderError) -> SignatureV4.Credentials {
        let environment = edge.environment
        if let keyID = environment["AWS_ACCESS_KEY_ID"],
            let secret = environment["AWS_SECRET_ACCESS_KEY"], !keyID.isEmpty, !secret.isEmpty
        {
            let token = environment["AWS_SESSION_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
            return known(
                SignatureV4.Credentials(
                    keyID: keyID, secret: Secret(secret), sessionToken: token.map(Secret.init)))
        }
        guard let role = environment["AWS_ROLE_ARN"],
            let path = environment["AWS_WEB_IDENTITY_TOKEN_FILE"]
        else {
            throw ProviderError(
                "sigv4: the controller has no credentials of AWS; give its service account a role, "
                    + "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
        }
        return try await act(as: role, withTokenIn: path, "AWS_WEB_IDENTITY_TOKEN_FILE", region)
    }

    private mutating func act(
        as role: String, withTokenIn path: String, _ namedBy: String, _ region: String
    ) async throws(ProviderError) -> SignatureV4.Credentials {
        guard let token = edge.file(path), !token.isEmpty else {
            throw ProviderError("sigv4: the token of \(namedBy) cannot be read")
        }
        learn([Secret(token)])
        return try await assume(
            "AssumeRoleWithWebIdentity", [("RoleArn", role), ("WebIdentityToken", token)], region)
    }

    /// Asks the token service, anew for each measurement, so that no token is ever stale.
    private mutating func assume(
        _ action: String, _ parameters: [(String, String)], _ region: String
    ) async throws(ProviderError) -> SignatureV4.Credentials {
        var request = CurlRequest(
            url: awsAddress(of: "sts", in: region), method: "POST",
            headers: [Header("Content-Type", "application/x-www-form-urlencoded")])
        let form =
            [("Action", action), ("Version", "2011-06-15"), ("RoleSessionName", "sluice")]
            + parameters
        request.body = Array(encodedForm(form).utf8)
        let response: Response
        do {
            response = try await success(request, isTrusted: true)
        } catch {
            throw ProviderError("sigv4: \(action): \(error)", isCancelled: error.isCancelled)
        }
        guard let keyID = element("AccessKeyId", of: response.text),
            let secret = element("SecretAccessKey", of: response.text),
            let token = element("SessionToken", of: response.text)
        else { throw ProviderError("sigv4: \(action): the answer has no credentials") }
        return known(
            SignatureV4.Credentials(
                keyID: keyID, secret: Secret(secret), sessionToken: Secret(token)))
    }

    private mutating func known(
        _ credentials: SignatureV4.Credentials
    ) -> SignatureV4.Credentials {
        learn([credentials.secret] + [credentials.sessionToken].compactMap { $0 })
        return credentials
    }
}

/// The text of the only element of that name. What is read so is Base64, which XML never escapes.
private func element(_ name: String, of xml: String) -> String? {
    guard let start = xml.firstRange(of: "<\(name)>"),
        let end = xml[start.upperBound...].firstRange(of: "</\(name)>")
    else { return nil }
    return String(xml[start.upperBound..<end.lowerBound])
}

/// The region that is wanted, or that of the controller.
func awsRegion(_ wanted: String?, _ edge: ProviderEdge) throws(ProviderError) -> String {
    let variables = edge.environment
    let region = wanted ?? variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"]
    guard let region, !region.isEmpty else {
        throw ProviderError("the region of AWS is not known; name it, or set AWS_REGION")
    }
    return region
}

func awsAddress(of service: String, in region: String) -> String {
    let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    return "https://\(service).\(region).\(domain)/"
}
