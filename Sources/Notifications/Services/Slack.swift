import Curl
import Documents

extension CarrierKind {
    /// Slack's `chat.postMessage`. The recipient is a channel.
    static let slack = CarrierKind(
        "slack",
        fields: [
            "attachments", "blocks", "username", "icon", "notifyBroadcast", "deliveryPolicy",
            "groupingKey",
        ],
        check: { reader in
            // A thread is known by its first message, which no restart would remember.
            if reader["groupingKey"].isPresent {
                reader["groupingKey"].advise(
                    "threads are not supported: every message stands alone", remedy: "remove it")
            }
            if let policy = reader["deliveryPolicy"].string(), policy != "Post" {
                reader["deliveryPolicy"].advise(
                    "\"\(policy)\" is not supported: every message is posted", remedy: "remove it")
            }
        },
        open: { reader, _ in
            reader.allowOnly([
                "token", "username", "icon", "apiURL", "insecureSkipVerify", "disableUnfurl",
                "signingSecret",
            ])
            let token = reader["token"].requiredString()
            let api = reader["apiURL"].string() ?? "https://slack.com/api"
            let (username, icon) = (reader["username"].string(), reader["icon"].string())
            let isInsecure = reader["insecureSkipVerify"].bool() ?? false
            let unfurls = !(reader["disableUnfurl"].bool() ?? false)
            return { letter throws(DeliveryFault) in
                var message: JSON = [
                    "channel": .string(letter.destination.recipient), "text": .string(letter.text),
                ]
                message["attachments"] = try document(letter.part, "attachments")
                message["blocks"] = try document(letter.part, "blocks")
                message["username"] = (said(letter.part, "username") ?? username).map(JSON.string)
                if let icon = said(letter.part, "icon") ?? icon {
                    message[icon.contains("://") ? "icon_url" : "icon_emoji"] = .string(icon)
                }
                if letter.part["notifyBroadcast"]?.bool == true {
                    message["reply_broadcast"] = true
                }
                if !unfurls {
                    message["unfurl_links"] = false
                    message["unfurl_media"] = false
                }
                let base = api.hasSuffix("/") ? String(api.dropLast()) : api
                return Parcel(
                    requests: [
                        jsonRequest(
                            "\(base)/chat.postMessage", message,
                            headers: [Header("Authorization", "Bearer \(token)")],
                            isInsecure: isInsecure)
                    ], verdict: slackVerdict)
            }
        })
}

/// Slack says in the answer what went wrong, mostly with a status of 200.
@Sendable private func slackVerdict(_ response: Response) -> Verdict {
    guard response.head.isSuccess else { return Verdict(of: response) }
    let answer: JSON
    do throws(DocumentError) {
        answer = try JSON(parsing: response.body, file: "answer", duplicateKeys: .lastWins)
    } catch {
        return .later("answered no JSON\(beginning(of: response))", seconds: nil)
    }
    if answer["ok"]?.bool == true { return .delivered }
    let error = answer["error"]?.string ?? "unknown"
    let isFinal = [
        "invalid_blocks", "invalid_blocks_format", "invalid_attachments", "msg_too_long",
        "msg_blocks_too_long", "no_text", "too_many_attachments", "invalid_arguments",
    ].contains(error)
    let text = "answered \"\(error.prefix(80))\""
    return isFinal ? .refused(text) : .later(text, seconds: nil)
}
