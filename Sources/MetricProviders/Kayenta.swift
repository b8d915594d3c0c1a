import Analysis
import Curl
import Documents

/// One judgement by Kayenta: begun in one look, and asked for in others until it is there.
struct Kayenta {
    private let spec: KayentaSpec
    /// What the first look said of the judgement.
    private let begun: [String: String]
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ question: Question) throws(ProviderError) {
        spec = try checked(provider, KayentaSpec.init(reading:))
        begun = question.begun
        call = ProviderCall(
            "kayenta", edge, question.redactor.knowing(credentials(of: spec.address)),
            timeoutSeconds: 15)
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized { call throws(ProviderError) in
            guard let execution = begun[executionKey] else {
                return later(try await begin(call))
            }
            let json = try await call.json(CurlRequest(url: url("canary/\(name(execution))")))
            guard let isComplete = json["complete"]?.bool else {
                throw ProviderError("kayenta: the answer does not say whether it is complete")
            }
            return isComplete ? try judged(json, execution) : later(execution)
        }
    }

    /// - Returns: by which name the judgement is asked for.
    private func begin(_ call: ProviderCall) async throws(ProviderError) -> String {
        let body: JSON = [
            "scopes": spec.scopes,
            "thresholds": ["pass": .int(Int64(spec.pass)), "marginal": .int(Int64(spec.marginal))],
        ]
        let form = encodedForm([
            ("application", spec.application), ("metricsAccountName", spec.metricsAccount),
            ("configurationAccountName", spec.configurationAccount),
            ("storageAccountName", spec.storageAccount),
        ])
        let json = try await call.json(
            CurlRequest(
                url: url("canary/\(name(try await configuration(call)))?\(form)"), method: "POST",
                headers: [Header("Content-Type", "application/json")], body: Array(body.text.utf8)))
        guard let execution = json["canaryExecutionId"]?.string, !execution.isEmpty else {
            throw ProviderError("kayenta: the answer has no canaryExecutionId")
        }
        return execution
    }

    /// The id of the configuration that the metric names.
    private func configuration(_ call: ProviderCall) async throws(ProviderError) -> String {
        let form = encodedForm([
            ("application", spec.application),
            ("configurationAccountName", spec.configurationAccount),
        ])
        let known = try await call.json(CurlRequest(url: url("canaryConfig?\(form)"))).array ?? []
        let wanted = JSON.string(spec.canaryConfigName)
        let found = known.first { $0["name"] == wanted } ?? known.first { $0["id"] == wanted }
        guard let id = found?["id"]?.string, !id.isEmpty else {
            throw ProviderError(
                "kayenta: no canary configuration of \(spec.application) is called "
                    + "\(spec.canaryConfigName)")
        }
        return id
    }

    private func later(_ execution: String) -> Answer {
        var answer = Answer(value: .null, text: "", metadata: [executionKey: execution])
        answer.meaning = .begun(askAgainSeconds: askAgainSeconds)
        return answer
    }

    /// Kayenta's score is cut to a whole number, and the thresholds say what it means. What was
    /// called off, or is no percentage, is no judgement.
    private func judged(_ json: JSON, _ execution: String) throws(ProviderError) -> Answer {
        let status = json["status"]?.string ?? "in an unknown way"
        guard status == "succeeded",
            let exact = json["result"]?["judgeResult"]?["score"]?["score"]?.double,
            (0...100).contains(exact), let score = Int(exactly: exact.rounded(.down))
        else {
            throw ProviderError(
                "kayenta: the judgement ended \(status), without a score from 0 to 100")
        }
        var answer = Answer(
            value: .float(exact), text: "\(score)", metadata: [executionKey: execution])
        answer.meaning = .judged(
            score >= spec.pass ? .successful : score >= spec.marginal ? .inconclusive : .failed)
        return answer
    }

    private func url(_ path: String) -> String { "\(withoutSlash(spec.address))/\(path)" }

    private func name(_ text: String) -> String { percentEncoded(text) }
}

/// In the metadata of the measurement, as the field has it.
private let executionKey = "canaryExecutionId"
