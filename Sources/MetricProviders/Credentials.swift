import Analysis
import Documents

/// What lets us in and stands in the configuration as plain text: the login of an address, the
/// parameters of a URL and the fields that are called like a secret.
func credentials(of url: String, _ headers: [HeaderSpec] = []) -> [Secret] {
    let fields = headers.filter { namesSecret($0.name) }.map(\.value)
    return (fields + login(of: url) + parameters(of: url)).map(Secret.init)
}

private func login(of url: String) -> [String] {
    let afterScheme = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? ""
    let authority = afterScheme.prefix { !"/?#".contains($0) }
    guard let at = authority.lastIndex(of: "@") else { return [] }
    let login = authority[..<at]
    let password = login.firstIndex(of: ":").map { login[login.index(after: $0)...] } ?? login
    return [percentDecoded(String(login)), percentDecoded(String(password))]
}

private func parameters(of url: String) -> [String] {
    guard let mark = url.firstIndex(of: "?") else { return [] }
    let query = url[mark...].dropFirst().prefix { $0 != "#" }
    return query.split(separator: "&").compactMap { field in
        let name = field.prefix { $0 != "=" }
        guard namesSecret(String(name)) else { return nil }
        return percentDecoded(String(field.dropFirst(name.count + 1)))
    }
}
