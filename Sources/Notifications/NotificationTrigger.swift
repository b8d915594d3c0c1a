import Analysis
import CLibCrypto
import Documents

/// One condition of a trigger: when to tell, how often, and by which templates.
package struct NotificationCondition: Sendable {
    /// Nil where the event alone is enough.
    package let when: Condition?
    package let send: [String]
    /// What must change before the same is told again.
    package let oncePer: Condition?

    /// The names that conditions know.
    static let names: Set<String> = ["rollout", "analysisRuns", "time"]

    init(reading reader: Reader) {
        reader.allowOnly(["when", "send", "oncePer", "description"])
        when = Self.condition(reader["when"])
        oncePer = Self.condition(reader["oncePer"])
        send = reader["send"].elements().compactMap { $0.string() }
        if send.isEmpty {
            reader["send"].refuse("names no template", remedy: "list the templates to send")
        }
    }

    private static func condition(_ reader: Reader) -> Condition? {
        guard let text = reader.string(), !text.isEmpty else { return nil }
        do throws(ConditionError) {
            return try Condition(parsing: text, members: names)
        } catch {
            reader.refuse("\(error)", remedy: "correct the expression")
            return nil
        }
    }

    /// Whether it holds for what `values` hold. Nothing, as of a field that is not there, does not.
    package func holds(_ values: JSON, now: Timestamp) throws(ConditionError) -> Bool {
        guard let when else { return true }
        return try when.value(result: MetricValue(values), now: now) == .bool(true)
    }

    /// The value that must change; empty where there is none.
    package func occasion(_ values: JSON, now: Timestamp) throws(ConditionError) -> String {
        guard let oncePer else { return "" }
        return try oncePer.value(result: MetricValue(values), now: now).text
    }
}

extension NotificationCondition {
    /// What stands in the `notified` annotation for having told `destination` by this condition:
    /// the form of the field, so that whoever takes a cluster over tells nothing again.
    package func mark(
        _ trigger: String, _ number: Int, _ destination: Destination, occasion: String
    ) -> String {
        let hash = base64Text(sha1(Array((when?.text ?? "").utf8)))
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let key =
            "\(trigger):[\(number)].\(hash):\(destination.service):\(destination.recipient)"
        // What is longer names nothing that a person would read.
        let short =
            occasion.utf8.count > 256 ? base64Text(sha1(Array(occasion.utf8))) : occasion
        return short.isEmpty ? key : "\(short):\(key)"
    }
}

/// The SHA-1 digest, which the marks of the field are made with; nothing is kept safe by it.
private func sha1(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
    // The one-shot form writes exactly 20 bytes and has no way to fail.
    _ = SHA1(bytes, bytes.count, &digest)
    return digest
}
