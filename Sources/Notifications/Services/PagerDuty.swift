import Curl
import Documents

extension CarrierKind {
    /// PagerDuty's Events API v2. The recipient is a key of `serviceKeys`. An event that is sent
    /// twice is one incident there, by its key.
    static let pagerDuty = CarrierKind(
        "pagerdutyv2",
        fields: [
            "summary", "severity", "source", "component", "group", "class", "url", "dedupKey",
        ]
    ) { reader, _ in
        reader.allowOnly(["serviceKeys"])
        let keys = reader["serviceKeys"].strings()
        if keys.isEmpty {
            reader["serviceKeys"].refuse(
                "names no service", remedy: "give each recipient its integration key")
        }
        return { letter throws(DeliveryFault) in
            guard let key = keys[letter.destination.recipient] else {
                throw DeliveryFault("serviceKeys has no \"\(letter.destination.recipient)\"")
            }
            let happened = letter.occurrence
            let severity =
                said(letter.part, "severity") ?? (happened.isWarning ? "error" : "info")
            guard ["critical", "error", "warning", "info"].contains(severity) else {
                throw DeliveryFault(
                    "severity is none of critical, error, warning, info")
            }
            let summary = said(letter.part, "summary") ?? letter.text
            var payload: JSON = [
                "summary": .string(String(summary.prefix(longestSummary))),
                "severity": .string(severity),
                "source": .string(
                    said(letter.part, "source") ?? "\(happened.namespace)/\(happened.name)"),
                "timestamp": .string(happened.at.rfc3339),
            ]
            for field in ["component", "group", "class"] {
                payload[field] = said(letter.part, field).map(JSON.string)
            }
            var event: JSON = [
                "routing_key": .string(key), "event_action": "trigger",
                "dedup_key": .string(said(letter.part, "dedupKey") ?? letter.key),
                "payload": payload,
            ]
            if let url = said(letter.part, "url") {
                event["client"] = "sluice"
                event["client_url"] = .string(url)
            }
            return Parcel(requests: [
                jsonRequest("https://events.pagerduty.com/v2/enqueue", event)
            ])
        }
    }
}

/// What the API takes at most.
private let longestSummary = 1_024
