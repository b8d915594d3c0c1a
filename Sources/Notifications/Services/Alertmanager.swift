import Curl
import Documents

extension CarrierKind {
    /// Alertmanager. An alert with the same labels that is sent twice is one there; of several
    /// members one must take it, and they tell each other.
    static let alertmanager = CarrierKind(
        "alertmanager", fields: ["labels", "annotations", "generatorURL"]
    ) { reader, _ in
        reader.allowOnly([
            "targets", "scheme", "apiPath", "insecureSkipVerify", "basicAuth", "bearerToken",
            "timeout",
        ])
        let targets = reader["targets"].elements().compactMap { $0.string() }
        if !(1...mostTargets).contains(targets.count) {
            reader["targets"].refuse(
                "has \(targets.count) members", remedy: "list 1 to \(mostTargets), as host:port")
        }
        let scheme = reader["scheme"].string() ?? "http"
        let path = reader["apiPath"].string() ?? "/api/v2/alerts"
        let isInsecure = reader["insecureSkipVerify"].bool() ?? false
        let seconds = reader["timeout"].int(in: 1...30)
        let bearer = reader["bearerToken"].string().map { Header("Authorization", "Bearer \($0)") }
        let login = bearer.map { [$0] } ?? basicLogin(reader["basicAuth"])
        return { letter throws(DeliveryFault) in
            let happened = letter.occurrence
            var labels = try document(letter.part, "labels") ?? [:]
            let usual = [
                ("alertname", happened.reason), ("namespace", happened.namespace),
                ("rollout", happened.name),
            ]
            for (name, value) in usual where labels[name] == nil { labels[name] = .string(value) }
            var alert: JSON = ["labels": labels, "startsAt": .string(happened.at.rfc3339)]
            alert["annotations"] =
                try document(letter.part, "annotations") ?? ["message": .string(letter.text)]
            alert["generatorURL"] = said(letter.part, "generatorURL").map(JSON.string)
            return Parcel(
                requests: targets.map { target in
                    let slash = path.hasPrefix("/") ? "" : "/"
                    var request = jsonRequest(
                        "\(scheme)://\(target)\(slash)\(path)", [alert], headers: login,
                        isInsecure: isInsecure)
                    if let seconds { request.timeoutMilliseconds = seconds * 1_000 }
                    return request
                })
        }
    }
}

/// Clusters of Alertmanager have three members.
private let mostTargets = 10
