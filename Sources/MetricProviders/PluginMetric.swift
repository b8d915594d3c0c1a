import Analysis
import Curl
import Documents
import Extensions

/// One question to an extension, a program of somebody else (docs/EXTENDING.md).
struct PluginMetric {
    private let spec: PluginSpec
    private let address: ExtensionAddress
    private let question: JSON
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ metric: Metric, _ edge: ProviderEdge, _ question: Question) throws(ProviderError) {
        spec = try checked(metric.provider, PluginSpec.init(reading:))
        guard let address = edge.plugins[spec.name] else {
            throw ProviderError("no extension is registered as \(spec.name)")
        }
        self.address = address
        self.question = question.json(for: spec, metric: metric.name)
        call = ProviderCall(
            "the extension \(spec.name)", edge,
            question.redactor.knowing(credentials(in: spec.configuration)),
            timeoutSeconds: timeoutSeconds)
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized { call throws(ProviderError) in
            try answer(in: try await call.json(address.request(question)), call.redactor)
        }
    }

    private func answer(
        in json: JSON, _ redactor: Redactor
    ) throws(ProviderError) -> Answer {
        let said = ["value", "error", "again"].filter { json[$0] != nil }
        switch said {
        case ["value"]:
            let value = MetricValue(json["value"] ?? .null)
            return Answer(value: value, text: value.json(indent: nil))
        case ["error"]:
            let why = redactor.redact(
                json["error"]?.string ?? "an error", upTo: longestErrorCharacters)
            throw ProviderError(
                "\(spec.name): \(String(why.unicodeScalars.prefix(longestErrorCharacters)))")
        case ["again"]:
            return try later(json, redactor)
        default:
            throw ProviderError(
                "\(spec.name): the answer needs one of value, error and again, found "
                    + (said.isEmpty ? "none" : said.joined(separator: " and ")))
        }
    }

    /// It is not known yet. What the extension wants to be told then stands in the status, so that
    /// another process can go on with it.
    private func later(_ json: JSON, _ redactor: Redactor) throws(ProviderError) -> Answer {
        guard let seconds = json["again"]?.int, (1...longestWaitSeconds).contains(seconds) else {
            throw ProviderError(
                "\(spec.name): again takes whole seconds from 1 to \(longestWaitSeconds)")
        }
        let state = redactor.redact(json["state"]?.string ?? "")
        guard state.utf8.count <= longestStateBytes else {
            throw ProviderError("\(spec.name): state has more than \(longestStateBytes) bytes")
        }
        var answer = Answer(
            value: .null, text: "", metadata: state.isEmpty ? [:] : [stateKey: state])
        answer.meaning = .begun(askAgainSeconds: seconds)
        return answer
    }
}

extension Question {
    fileprivate func json(for spec: PluginSpec, metric: String) -> JSON {
        let arguments = self.arguments.sorted { $0.key < $1.key }
            .map { ($0.key, JSON.string($0.value)) }
        var json: JSON = [
            "version": 1, "kind": "measure", "name": .string(spec.name),
            "metric": .string(metric), "arguments": .object(JSONObject(arguments)),
            "config": spec.configuration,
        ]
        if let state = begun[stateKey] { json["state"] = .string(state) }
        guard let occasion else { return json }
        json["run"] = [
            "namespace": .string(occasion.namespace), "name": .string(occasion.run),
            "uid": .string(occasion.uid), "startedAt": .string(occasion.startedAt.rfc3339),
        ]
        return json
    }
}

/// What stands in a configuration as plain text and is called like a secret.
private func credentials(in json: JSON) -> [Secret] {
    switch json {
    case .array(let values): values.flatMap(credentials)
    case .object(let object):
        object.members.flatMap { key, value -> [Secret] in
            guard let text = value.string, namesSecret(key) else { return credentials(in: value) }
            return [Secret(text)]
        }
    case .null, .bool, .int, .number, .string: []
    }
}

/// In the metadata of the measurement.
private let stateKey = "sluice/state"

/// What takes longer says `again`, and holds nobody up meanwhile.
private let timeoutSeconds = 10

/// Half of what a measurement may take in all (`Measurement.isOverdue`), so that it is asked for at
/// least once more.
private let longestWaitSeconds = 1_800

/// What went wrong is said in a line. All measurements of a run have to fit into an object of etcd.
private let longestErrorCharacters = 500

/// It is kept in the status of the run, which etcd bounds.
private let longestStateBytes = 1_024
