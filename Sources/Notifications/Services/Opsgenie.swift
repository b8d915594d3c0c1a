import Curl
import Documents

extension CarrierKind {
    /// Opsgenie's alerts. The recipient is a team, and a key of `apiKeys`. An alert that is sent
    /// twice is one there, by its alias.
    static let opsgenie = CarrierKind(
        "opsgenie",
        fields: [
            "description", "priority", "alias", "note", "actions", "tags", "visibleTo", "details",
            "entity", "user",
        ]
    ) { reader, _ in
        reader.allowOnly(["apiUrl", "apiKeys", "insecureSkipVerify"])
        let keys = reader["apiKeys"].strings()
        if keys.isEmpty {
            reader["apiKeys"].refuse("names no team", remedy: "give each team its API key")
        }
        let host = reader["apiUrl"].string() ?? "api.opsgenie.com"
        let isInsecure = reader["insecureSkipVerify"].bool() ?? false
        let base = host.contains("://") ? host : "https://\(host)"
        return { letter throws(DeliveryFault) in
            let team = letter.destination.recipient
            guard let key = keys[team] else { throw DeliveryFault("apiKeys has no \"\(team)\"") }
            var alert: JSON = [
                "message": .string(String(letter.text.prefix(longestMessage))),
                "alias": .string(said(letter.part, "alias") ?? letter.key),
                "responders": [
                    ["type": "team", isIdentifier(team) ? "id" : "name": .string(team)]
                ],
                "source": "sluice",
            ]
            if let priority = said(letter.part, "priority") {
                guard ["P1", "P2", "P3", "P4", "P5"].contains(priority) else {
                    throw DeliveryFault("priority is none of P1 to P5")
                }
                alert["priority"] = .string(priority)
            }
            for field in ["description", "note", "entity", "user"] {
                alert[field] = said(letter.part, field).map(JSON.string)
            }
            for field in ["actions", "tags", "visibleTo", "details"] {
                alert[field] = try document(letter.part, field)
            }
            return Parcel(requests: [
                jsonRequest(
                    "\(base)/v2/alerts", alert,
                    headers: [Header("Authorization", "GenieKey \(key)")], isInsecure: isInsecure)
            ])
        }
    }
}

/// What the API takes at most.
private let longestMessage = 130

/// Whether a team is named by its UUID.
private func isIdentifier(_ team: String) -> Bool {
    team.utf8.count == 36 && team.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12]
        && team.allSatisfy { $0.isHexDigit || $0 == "-" }
}
