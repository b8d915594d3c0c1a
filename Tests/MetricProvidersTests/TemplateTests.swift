import Analysis
import Documents
import Foundation
import Testing

/// A ready template of the directory `analysis`, with what a rollout must tell it and the series
/// that its query meets: those of the canary, and one that is none of its business.
struct ReadyTemplate: CustomTestStringConvertible {
    let name: String
    let given: [String: String]
    var good: [String] = []
    var bad: [String] = []
    var foreign = ""
    /// For latencies: the family, and how many of its units make a second.
    var histogram = ""
    var unitsPerSecond = 1

    var testDescription: String { name }

    static let errorRates = [
        ReadyTemplate(
            name: "ingress-nginx-error-rate", given: ["ingress": "web"],
            good: [nginx("default-web-canary-80", "200")],
            bad: [nginx("default-web-canary-80", "503")],
            foreign: nginx("", "500")),
        ReadyTemplate(
            name: "llm-gateway-error-rate", given: ["upstream": "canary"],
            good: ["gateway_upstream_requests_total{upstream=\"canary\",status=\"success\"}"],
            bad: [
                "gateway_upstream_requests_total{upstream=\"canary\",status=\"error\"}",
                "gateway_circuit_open_total{upstream=\"canary\"}",
            ],
            foreign: "gateway_circuit_open_total{upstream=\"primary\"}"),
        ReadyTemplate(
            name: "model-api-error-rate", given: ["version": "abc"],
            good: [model("abc", "200")], bad: [model("abc", "500")], foreign: model("old", "500")),
        ReadyTemplate(
            name: "envoy-error-rate", given: ["cluster": "canary"],
            good: [envoy("canary", "2")], bad: [envoy("canary", "5")], foreign: envoy("stable", "5")
        ),
        ReadyTemplate(
            name: "istio-error-rate", given: ["destination": "canary"],
            good: [istio("canary", "200")], bad: [istio("canary", "503")],
            foreign: istio("stable", "500")),
    ]

    static let latencies = [
        ReadyTemplate(
            name: "ingress-nginx-latency-p95", given: ["ingress": "web"],
            good: ["namespace=\"default\",ingress=\"web\",canary=\"default-web-canary-80\""],
            foreign: "namespace=\"default\",ingress=\"web\",canary=\"\"",
            histogram: "nginx_ingress_controller_request_duration_seconds"),
        ReadyTemplate(
            name: "llm-gateway-latency-p95", given: ["upstream": "canary"],
            good: ["upstream=\"canary\""],
            foreign: "upstream=\"primary\"", histogram: "gateway_upstream_latency_seconds"),
        ReadyTemplate(
            name: "model-api-latency-p95", given: ["version": "abc"],
            good: ["rollouts_pod_template_hash=\"abc\""],
            foreign: "rollouts_pod_template_hash=\"old\"", histogram: "inference_latency_seconds"),
        ReadyTemplate(
            name: "envoy-latency-p95", given: ["cluster": "canary"],
            good: ["envoy_cluster_name=\"canary\""], foreign: "envoy_cluster_name=\"stable\"",
            histogram: "envoy_cluster_upstream_rq_time", unitsPerSecond: 1000),
        ReadyTemplate(
            name: "istio-latency-p95", given: ["destination": "canary"],
            good: [istioLabels("canary")],
            foreign: istioLabels("stable"), histogram: "istio_request_duration_milliseconds",
            unitsPerSecond: 1000),
    ]

    static let all = errorRates + latencies

    private static func nginx(_ canary: String, _ status: String) -> String {
        "nginx_ingress_controller_requests{namespace=\"default\","
            + "ingress=\"web\",canary=\"\(canary)\","
            + "status=\"\(status)\"}"
    }

    private static func model(_ version: String, _ status: String) -> String {
        "inference_requests_total{rollouts_pod_template_hash=\"\(version)\",status=\"\(status)\"}"
    }

    private static func envoy(_ cluster: String, _ code: String) -> String {
        "envoy_cluster_upstream_rq_xx{envoy_cluster_name=\"\(cluster)\","
            + "envoy_response_code_class=\"\(code)\"}"
    }

    private static func istio(_ service: String, _ code: String) -> String {
        "istio_requests_total{\(istioLabels(service)),response_code=\"\(code)\"}"
    }

    private static func istioLabels(_ service: String) -> String {
        "reporter=\"source\",destination_service_namespace=\"default\","
            + "destination_service_name=\"\(service)\""
    }
}

extension ReadyTemplate {
    /// The directory of the templates, beside the sources of this test.
    static var directory: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../analysis")
            .standardizedFileURL
    }

    func template() throws -> (TemplateSpec, [Finding]) {
        let bytes = [UInt8](try Data(contentsOf: Self.directory.appending(path: "\(name).yaml")))
        let documents = try YAML.documents(in: bytes, file: "\(name).yaml")
        let document = try #require(documents.first)
        #expect(documents.count == 1)
        #expect(document.value["apiVersion"] == "argoproj.io/v1alpha1")
        #expect(document.value["kind"] == "AnalysisTemplate")
        #expect(document.value["metadata"]?["name"]?.string == name)
        let findings = Reader.Findings()
        let spec = TemplateSpec(
            reading: Reader(document.value["spec"], at: Path([.key("spec")]), findings: findings))
        return (spec, findings.all)
    }

    func run(_ more: [String: String] = [:]) throws -> RunSpec {
        let arguments = given.merging(more) { $1 }.map { Argument(name: $0.key, value: $0.value) }
        return try RunSpec(merging: [try template().0], given: arguments)
    }

    /// The phase of a measurement with these samples.
    func phase(_ samples: [Double]) throws -> RunPhase {
        let question = try Question(metric: name, of: try run())
        let answer = Answer(value: MetricValue(samples: samples))
        return question.concluded(with: answer, startedAt: now, finishedAt: now).measurement.phase
    }
}

struct `A ready template` {
    @Test func `is tested, each one`() throws {
        let files = try FileManager.default.contentsOfDirectory(
            atPath: ReadyTemplate.directory.path)
        let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
        #expect(names.sorted() == ReadyTemplate.all.map(\.name).sorted())
    }

    @Test(arguments: ReadyTemplate.all)
    func `is whole and needs no more than it says`(_ template: ReadyTemplate) throws {
        let (spec, findings) = try template.template()
        #expect(findings.isEmpty)
        let unset = spec.arguments.filter { $0.value == nil }.map(\.name)
        #expect(unset == Array(template.given.keys))
        let metric = try #require(try template.run().prepared().metrics.first)
        #expect(metric.effectiveCount == nil && metric.intervalMilliseconds == 30_000)
        #expect(metric.initialDelayMilliseconds == 60_000)
        let step = try template.run(["count": "3", "window": "5s"]).prepared()
        #expect(step.metrics.first?.effectiveCount == 3)
        let query = try #require(metric.provider["query"]?.string)
        #expect(query.contains("{{") == false)
    }

    @Test(arguments: ReadyTemplate.all)
    func `takes no data for neither good nor bad`(_ template: ReadyTemplate) throws {
        #expect(try template.phase([]) == .inconclusive)
        #expect(try template.phase([.nan]) == .inconclusive)
    }

    @Test(arguments: ReadyTemplate.all)
    func `tells good from bad`(_ template: ReadyTemplate) throws {
        let isRate = template.histogram.isEmpty
        let limit = isRate ? 0.05 : 0.5 * Double(template.unitsPerSecond)
        #expect(try template.phase([0]) == .successful)
        #expect(try template.phase([limit]) == .successful)
        #expect(try template.phase([limit * 1.01]) == .failed)
        #expect(try template.phase([.infinity]) == .failed)
    }

    @Test func `goes together with all others`() throws {
        let given = ReadyTemplate.all.reduce(into: [:]) { $0.merge($1.given) { $1 } }
        let run = try RunSpec(
            merging: try ReadyTemplate.all.map { try $0.template().0 },
            given: given.map { Argument(name: $0.key, value: $0.value) })
        #expect(try run.prepared().metrics.count == ReadyTemplate.all.count)
    }
}
