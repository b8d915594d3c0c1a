import Curl
import Documents

extension CarrierKind {
    /// Any HTTP endpoint. Templates speak to it by the name of the service.
    static let webhook = CarrierKind(
        "webhook", fields: nil,
        check: { reader in
            for (_, part) in reader.members() { part.allowOnly(["method", "path", "body"]) }
        },
        open: { reader, name in
            reader.allowOnly([
                "url", "headers", "basicAuth", "insecureSkipVerify", "retryMax", "retryWaitMin",
                "retryWaitMax",
            ])
            let url = reader["url"].requiredString()
            let headers = configuredHeaders(reader["headers"]) + basicLogin(reader["basicAuth"])
            let isInsecure = reader["insecureSkipVerify"].bool() ?? false
            return { letter throws(DeliveryFault) in
                let part = letter.part[name] ?? [:]
                let method = said(part, "method")?.uppercased() ?? "GET"
                guard ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(method) else {
                    throw DeliveryFault("method is none of GET, POST, PUT, PATCH, DELETE")
                }
                let body = part.object?["body"] == nil ? letter.text : said(part, "body") ?? ""
                return Parcel(requests: [
                    serviceRequest(
                        address(url, said(part, "path")), method: method,
                        headers: headers + [Header("Idempotency-Key", letter.keyOfRecipient)],
                        body: body.isEmpty ? nil : Array(body.utf8), isInsecure: isInsecure)
                ])
            }
        })
}

/// Headers of a configuration, in their order.
func configuredHeaders(_ reader: Reader) -> [Header] {
    reader.elements().map { header in
        header.allowOnly(["name", "value"])
        return Header(header["name"].requiredString(), header["value"].string() ?? "")
    }
}

private func address(_ url: String, _ path: String?) -> String {
    guard let path else { return url }
    let base = url.hasSuffix("/") ? String(url.dropLast()) : url
    return "\(base)/\(path.hasPrefix("/") ? String(path.dropFirst()) : path)"
}

extension Letter {
    /// Differs for each recipient of one address.
    var keyOfRecipient: String {
        if destination.recipient.isEmpty { return key }
        let tag = destination.recipient.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        return "\(key)-\(String(tag, radix: 36))"
    }
}
