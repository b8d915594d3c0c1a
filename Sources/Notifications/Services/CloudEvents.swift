import Curl
import Documents

extension CarrierKind {
    /// CloudEvents 1.0 over HTTP. An event that is sent twice has the same `id`.
    static let cloudEvents = CarrierKind("cloudevents", fields: ["type", "subject", "data"]) {
        reader, _ in
        reader.allowOnly(["url", "mode", "headers", "basicAuth", "insecureSkipVerify"])
        let url = reader["url"].requiredString()
        let mode = reader["mode"].string() ?? "structured"
        if !["structured", "binary"].contains(mode) {
            reader["mode"].refuse(
                "\"\(mode)\" is no mode", remedy: "write structured or binary")
        }
        let isInsecure = reader["insecureSkipVerify"].bool() ?? false
        let headers = configuredHeaders(reader["headers"]) + basicLogin(reader["basicAuth"])
        return { letter throws(DeliveryFault) in
            let attributes = try attributes(of: letter)
            let data = try document(letter.part, "data") ?? facts(of: letter)
            let request: CurlRequest
            if mode == "binary" {
                let named = attributes.map { Header("ce-\($0.0)", percentEncodedHeader($0.1)) }
                let type = [Header("Content-Type", "application/json")]
                request = serviceRequest(
                    url, headers: type + named + headers, body: data.bytes, isInsecure: isInsecure)
            } else {
                var event = JSON.object(JSONObject(attributes.map { ($0.0, .string($0.1)) }))
                event["datacontenttype"] = "application/json"
                event["data"] = data
                let type = [Header("Content-Type", "application/cloudevents+json")]
                request = serviceRequest(
                    url, headers: type + headers, body: event.bytes, isInsecure: isInsecure)
            }
            return Parcel(requests: [request])
        }
    }
}

private func attributes(of letter: Letter) throws(DeliveryFault) -> [(String, String)] {
    let happened = letter.occurrence
    let version = happened.subject["apiVersion"]?.string ?? ""
    let kind = happened.subject["kind"]?.string?.lowercased() ?? "rollout"
    let name = happened.trigger.hasPrefix("on-") ? happened.trigger.dropFirst(3) : "event"
    return [
        ("specversion", "1.0"), ("id", letter.keyOfRecipient),
        ("source", "/apis/\(version)/namespaces/\(happened.namespace)/\(kind)s/\(happened.name)"),
        ("type", said(letter.part, "type") ?? "io.argoproj.rollouts.\(name)"),
        ("subject", said(letter.part, "subject") ?? "\(happened.namespace)/\(happened.name)"),
        ("time", happened.at.rfc3339),
    ]
}

/// What is told where the template says nothing.
private func facts(of letter: Letter) -> JSON {
    let happened = letter.occurrence
    return [
        "namespace": .string(happened.namespace), "name": .string(happened.name),
        "reason": .string(happened.reason), "message": .string(happened.message),
        "text": .string(letter.text),
        "phase": happened.subject["status"]?["phase"] ?? .null,
    ]
}

/// As the binding to HTTP wants it: what a header cannot carry is escaped.
private func percentEncodedHeader(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
        if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%"), byte != UInt8(ascii: "\"") {
            result.unicodeScalars.append(Unicode.Scalar(byte))
        } else {
            let digits = String(byte, radix: 16, uppercase: true)
            result += "%" + (digits.count < 2 ? "0" : "") + digits
        }
    }
}
