import Documents

/// The route policies of a gateway: a JSON object with one policy for each model, as text, because
/// what belongs to other models must stay as it is, byte for byte.
package struct RoutePolicies: Hashable, Sendable {
    package let text: String
    /// By model, in the order of the text.
    package let entries: [Entry]

    /// One model's policy, as text and as what it means.
    package struct Entry: Hashable, Sendable {
        package let model: String
        package let json: JSON
        package let policy: RoutePolicy
    }

    /// What fits into a ConfigMap, and what one environment variable may hold on Linux, with room
    /// to spare.
    static let limits = Limits(bytes: 128 << 10, depth: 50, nodes: 20_000)

    package subscript(model: String) -> Entry? {
        entries.first { $0.model == model }
    }

    /// Reads the text by the gateway's own rules; an empty one has no policies.
    /// - Throws: `RouterError` for what would end the gateway's start.
    package init(parsing text: String) throws(RouterError) {
        self.text = text
        if trimmed(text[...]).isEmpty {
            entries = []
            return
        }
        let json: JSON
        do throws(DocumentError) {
            json = try JSON(parsing: text, file: "policies", limits: Self.limits)
        } catch {
            throw RouterError("are no JSON: \(error.description)")
        }
        guard let object = json.object else {
            throw RouterError("are \(json.kindName), not an object; write one entry for each model")
        }
        var entries: [Entry] = []
        for (model, json) in object.members {
            do throws(RouterError) {
                entries.append(Entry(model: model, json: json, policy: try RoutePolicy(json)))
            } catch {
                throw RouterError(
                    "are broken: the policy of model \(model) \(error); mend it first")
            }
        }
        self.entries = entries
    }

    /// These policies with `entry` for `model`; every other byte of the text stays.
    func setting(_ model: String, to entry: JSON) throws(RouterError) -> RoutePolicies {
        if self[model]?.json == entry { return self }
        return try RoutePolicies(parsing: spliced(model, entry.text))
    }

    private func spliced(_ model: String, _ value: String) -> String {
        let bytes = Array(text.utf8)
        guard let object = ObjectText(bytes) else { return "{\(JSON.string(model).text):\(value)}" }
        var result: [UInt8]
        if let index = entries.firstIndex(where: { $0.model == model }) {
            let span = object.values[index]
            result = bytes[..<span.lowerBound] + Array(value.utf8) + bytes[span.upperBound...]
        } else {
            let member = "\(JSON.string(model).text):\(value)"
            if let last = object.values.last {
                // The new member stands like the first one does: behind the same white space.
                result = bytes[..<last.upperBound] + [UInt8(ascii: ",")]
                result += bytes[object.leading] + Array(member.utf8) + bytes[last.upperBound...]
            } else {
                result = bytes[...object.open] + Array(member.utf8) + bytes[(object.open + 1)...]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// Where the values of a JSON object stand in its text. The text has been read as JSON before, so
/// only strings and brackets matter here.
private struct ObjectText {
    /// The offset of the opening brace.
    let open: Int
    /// The white space between the brace and the first key.
    let leading: Range<Int>
    /// The values in the order of the text.
    private(set) var values: [Range<Int>] = []

    /// Nil for text without an object.
    init?(_ bytes: [UInt8]) {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        self.open = open
        let first = bytes[(open + 1)...].firstIndex { !isSpace($0) } ?? bytes.endIndex
        leading = open + 1..<first
        var depth = 0
        var start: Int?
        var index = open
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""):
                index = endOfString(bytes, from: index)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: ":") where depth == 1:
                start = index + 1
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 1, let begin = start {
                    values.append(narrowed(bytes, begin..<index))
                    start = nil
                }
                if byte != UInt8(ascii: ",") { depth -= 1 }
            default: break
            }
            index += 1
        }
    }
}

private func isSpace(_ byte: UInt8) -> Bool {
    [0x20, 0x09, 0x0A, 0x0D].contains(byte)
}

/// The offset of the closing quote of the string that begins at `start`.
private func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return index
}

/// `range` without the white space at its ends.
private func narrowed(_ bytes: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var range = range
    while let first = range.first, isSpace(bytes[first]) { range.removeFirst() }
    while let last = range.last, isSpace(bytes[last]) { range.removeLast() }
    return range
}
