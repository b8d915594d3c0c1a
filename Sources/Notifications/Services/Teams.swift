import Curl
import Documents

private let teamsFields: Set<String> = [
    "title", "summary", "text", "themeColor", "facts", "sections", "potentialAction", "template",
]

extension CarrierKind {
    /// The older webhooks of Microsoft Teams, which take a card of connectors. The recipient is a
    /// key of `recipientUrls`.
    static let teams = CarrierKind("teams", fields: teamsFields) { reader, _ in
        let (urls, isInsecure) = recipientAddresses(reader)
        return { letter throws(DeliveryFault) in
            Parcel(
                requests: [
                    jsonRequest(
                        try address(letter, in: urls), try connectorCard(letter),
                        isInsecure: isInsecure)
                ],
                verdict: { response in
                    guard response.head.isSuccess else { return Verdict(of: response) }
                    // A connector that fails behind the webhook says so with a status of 200.
                    let isTaken = ["1", ""].contains(trimmed(response.text))
                    return isTaken
                        ? .delivered : .later("answered\(beginning(of: response))", seconds: nil)
                })
        }
    }

    /// Workflows of Microsoft Teams, which take an adaptive card.
    static let teamsWorkflows = CarrierKind(
        "teams-workflows", fields: teamsFields.union(["adaptiveCard"])
    ) { reader, _ in
        let (urls, isInsecure) = recipientAddresses(reader)
        return { letter throws(DeliveryFault) in
            let whole = try document(letter.part, "template")
            let given = try document(letter.part, "adaptiveCard")
            let card = if let given { given } else { try adaptiveCard(letter) }
            let message: JSON = [
                "type": "message",
                "attachments": [
                    [
                        "contentType": "application/vnd.microsoft.card.adaptive",
                        "contentUrl": .null, "content": card,
                    ]
                ],
            ]
            return Parcel(requests: [
                jsonRequest(
                    try address(letter, in: urls), whole ?? message, isInsecure: isInsecure)
            ])
        }
    }
}

private func recipientAddresses(_ reader: Reader) -> ([String: String], Bool) {
    reader.allowOnly(["recipientUrls", "insecureSkipVerify"])
    let urls = reader["recipientUrls"].strings()
    if urls.isEmpty {
        reader["recipientUrls"].refuse(
            "names no recipient", remedy: "give each recipient the address of its webhook")
    }
    return (urls, reader["insecureSkipVerify"].bool() ?? false)
}

private func address(
    _ letter: Letter, in urls: [String: String]
) throws(DeliveryFault) -> String {
    guard let url = urls[letter.destination.recipient] else {
        throw DeliveryFault("recipientUrls has no \"\(letter.destination.recipient)\"")
    }
    return url
}

private func connectorCard(_ letter: Letter) throws(DeliveryFault) -> JSON {
    let part = letter.part
    if let whole = try document(part, "template") { return whole }
    let text = said(part, "text") ?? letter.text
    var card: JSON = [
        "@type": "MessageCard", "@context": "https://schema.org/extensions",
    ]
    for key in ["themeColor", "title"] { card[key] = said(part, key).map(JSON.string) }
    // A card without either of the two is not shown.
    let summary = said(part, "summary") ?? said(part, "title") ?? text
    card["summary"] = .string(summary)
    if !text.isEmpty { card["text"] = .string(text) }
    let facts = try document(part, "facts").map { [JSON.object(JSONObject([("facts", $0)]))] }
    let sections = (facts ?? []) + (try document(part, "sections")?.array ?? [])
    if !sections.isEmpty { card["sections"] = .array(sections) }
    card["potentialAction"] = try document(part, "potentialAction")
    return card
}

/// The same in the newer form: texts, facts, and links as actions.
private func adaptiveCard(_ letter: Letter) throws(DeliveryFault) -> JSON {
    let part = letter.part
    var body: [JSON] = []
    if let title = said(part, "title") {
        body.append([
            "type": "TextBlock", "text": .string(title), "weight": "Bolder", "size": "Large",
            "wrap": true,
        ])
    }
    let text = said(part, "text") ?? letter.text
    if !text.isEmpty { body.append(textBlock(text)) }
    if let facts = try document(part, "facts")?.array { body.append(factSet(facts)) }
    for section in try document(part, "sections")?.array ?? [] {
        for key in ["activityTitle", "activitySubtitle", "text"] {
            if let text = section[key]?.string { body.append(textBlock(text)) }
        }
        if let facts = section["facts"]?.array { body.append(factSet(facts)) }
    }
    var card: JSON = [
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard",
        "version": "1.4", "body": .array(body),
    ]
    let actions = (try document(part, "potentialAction")?.array ?? []).compactMap { action in
        action["targets"]?[0]?["uri"].map { uri -> JSON in
            ["type": "Action.OpenUrl", "title": action["name"] ?? "Open", "url": uri]
        }
    }
    if !actions.isEmpty { card["actions"] = .array(actions) }
    return card
}

private func textBlock(_ text: String) -> JSON {
    ["type": "TextBlock", "text": .string(text), "wrap": true]
}

private func factSet(_ facts: [JSON]) -> JSON {
    [
        "type": "FactSet",
        "facts": .array(
            facts.map { ["title": $0["name"] ?? "", "value": $0["value"] ?? ""] }),
    ]
}
