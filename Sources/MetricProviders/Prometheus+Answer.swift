import Analysis
import Documents

/// More samples than this are no metric to judge a release by.
private let maximumSamples = 100_000

/// What a measurement shows of warnings.
private let maximumWarningCharacters = 2_000

/// Reads what a Prometheus server answered. Pure: everything that can come over the wire ends as an
/// answer or as an error that says what came instead. What is cut is redacted first.
func prometheusAnswer(
    status: Int, body: [UInt8], redactor: Redactor = .none
) throws(ProviderError) -> Answer {
    let json: JSON
    do {
        json = try JSON(parsing: body, file: "answer", duplicateKeys: .lastWins)
    } catch {
        let begins = beginning(of: body, redactor)
        guard (200...299).contains(status) else { throw refused(status, begins) }
        throw ProviderError(
            "bad_response: \(error.message); the answer begins \"\(begins)\". "
                + "Is this the address of a Prometheus?")
    }
    if json["status"]?.string == "error" {
        let kind = json["errorType"]?.string ?? "error"
        throw ProviderError("\(kind): \(json["error"]?.string ?? "without a message")")
    }
    guard (200...299).contains(status) else { throw refused(status, beginning(of: body, redactor)) }
    guard json["status"]?.string == "success", let data = json["data"], let result = data["result"],
        let type = data["resultType"]?.string
    else {
        throw ProviderError(
            "bad_response: the answer has no status, resultType and result: "
                + "\"\(beginning(of: body, redactor))\"")
    }
    var answer = Answer(value: try value(of: result, type: type, redactor))
    let warnings = json["warnings"]?.array?.compactMap(\.string) ?? []
    if !warnings.isEmpty {
        let text = warnings.map { "\"\($0)\"" }.joined(separator: ", ")
        answer.metadata["warnings"] = redactor.redact(text, upTo: maximumWarningCharacters)
    }
    return answer
}

private func refused(_ status: Int, _ begins: String) -> ProviderError {
    let text = begins.isEmpty ? "" : ": \"\(begins)\""
    switch status {
    case 300...399:
        return ProviderError("bad_response: redirected (\(status)); use the final address")
    case 400...499: return ProviderError("client_error: client error: \(status)\(text)")
    case 500...599: return ProviderError("server_error: server error: \(status)\(text)")
    default: return ProviderError("bad_response: bad response code \(status)\(text)")
    }
}

private func value(
    of result: JSON, type: String, _ redactor: Redactor
) throws(ProviderError) -> MetricValue {
    switch type {
    case "scalar": return .float(try sample(result, redactor))
    case "vector":
        var samples: [Double] = []
        for series in try list(result) { samples.append(try sample(series["value"], redactor)) }
        return MetricValue(samples: samples)
    case "matrix":
        var samples: [Double] = []
        for series in try list(result) {
            for point in try list(series["values"]) { samples.append(try sample(point, redactor)) }
            if samples.count > maximumSamples { throw tooMany() }
        }
        return MetricValue(samples: samples)
    default: throw ProviderError("Prometheus metric type not supported")
    }
}

private func list(_ json: JSON?) throws(ProviderError) -> [JSON] {
    // Native histograms carry "histogram" in place of "value": there is no single number in them.
    guard let json else { throw ProviderError("Prometheus metric type not supported") }
    guard let array = json.array else {
        throw ProviderError("bad_response: expected a list of samples, found \(json.kindName)")
    }
    guard array.count <= maximumSamples else { throw tooMany() }
    return array
}

private func tooMany() -> ProviderError {
    ProviderError(
        "the query gives more than \(maximumSamples) samples; aggregate it, for example with sum()")
}

/// The number of `[time, "value"]`.
private func sample(_ json: JSON?, _ redactor: Redactor) throws(ProviderError) -> Double {
    guard let json else { throw ProviderError("Prometheus metric type not supported") }
    guard json.array?.count == 2, let text = json[1]?.string else {
        throw ProviderError("bad_response: expected [time, \"value\"], found \(json.kindName)")
    }
    switch text {
    case "NaN": return .nan
    case "+Inf", "Inf": return .infinity
    case "-Inf": return -.infinity
    default:
        guard let number = Double(text) else {
            throw ProviderError(
                "bad_response: \"\(redactor.redact(text, upTo: 40))\" is no number")
        }
        return number
    }
}
