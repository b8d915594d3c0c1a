import Documents

extension TemplateFunction {
    /// What writes a value so that something else can read it.
    static let encodings: [String: TemplateFunction] = [
        "toJson": .init(1...1) { values, _ in .string(values[0].withSortedKeys.goText) },
        "toRawJson": .init(1...1) { values, _ in .string(values[0].withSortedKeys.text) },
        "toPrettyJson": .init(1...1) { values, _ in
            .string(trimmedEnd(values[0].withSortedKeys.indented))
        },
        "fromJson": .init(1...1) { values, _ throws(FunctionFault) in
            do throws(DocumentError) {
                return try JSON(
                    parsing: Array(text(of: values[0]).utf8), file: "text",
                    limits: Limits(bytes: GoTemplate.Limit.textBytes, depth: 50, nodes: 50_000),
                    duplicateKeys: .lastWins)
            } catch {
                throw FunctionFault("no JSON: \(error.message)")
            }
        },
        "b64enc": .init(1...1) { values, _ throws(FunctionFault) in
            .string(base64Text(Array(try values[0].asText().utf8)))
        },
        "b64dec": .init(1...1) { values, _ throws(FunctionFault) in
            guard let bytes = decodedBase64(try values[0].asText()) else {
                throw FunctionFault("no Base64")
            }
            return .string(String(decoding: bytes, as: UTF8.self))
        },
        "html": .init(1...many) { values, _ in .string(escapedHTML(joined(values))) },
        "js": .init(1...many) { values, _ in .string(escapedScript(joined(values))) },
        "urlquery": .init(1...many) { values, _ in
            .string(percentEncoded(joined(values)).replacing("%20", with: "+"))
        },
    ]
}

private func text(of value: JSON) -> String { value.string ?? value.goPrinted }

private func joined(_ values: [JSON]) -> String { values.map(\.goPrinted).joined() }

private func trimmedEnd(_ text: String) -> String {
    text.hasSuffix("\n") ? String(text.dropLast()) : text
}

private func escapedHTML(_ text: String) -> String {
    text.reduce(into: "") { result, character in
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&#34;"
        case "'": result += "&#39;"
        default: result.append(character)
        }
    }
}

private func escapedScript(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
        switch scalar {
        case "\\": result += "\\\\"
        case "'": result += "\\'"
        case "\"": result += "\\\""
        case "<", ">", "&", "=":
            result += "\\u00" + hexadecimal(scalar.value)
        case _ where scalar.value < 0x20: result += "\\u00" + hexadecimal(scalar.value)
        default: result.unicodeScalars.append(scalar)
        }
    }
}

/// Two digits.
private func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
}
