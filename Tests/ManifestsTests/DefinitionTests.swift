import Documents
import Foundation
import KubernetesObjects
import Testing

@testable import Manifests

struct `A custom resource definition` {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "manifests/crds")

    @Test func `stands in its file as it is printed`() throws {
        for (name, text) in CustomResourceDefinitions.files {
            let file = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
            #expect(file == text, "\(name) differs: print it again by `sluice crds`")
        }
    }

    /// Holds: 1.0 kinds.
    @Test func `is there for each of the five kinds`() {
        #expect(
            CustomResourceDefinitions.all.map { Object($0).name } == [
                "rollouts.argoproj.io", "analysisruns.argoproj.io", "analysistemplates.argoproj.io",
                "clusteranalysistemplates.argoproj.io", "experiments.argoproj.io",
            ])
    }

    @Test func `is small enough to be applied with its last version in an annotation`() {
        for definition in CustomResourceDefinitions.all {
            #expect(definition.bytes.count < 200_000)
        }
    }

    @Test func `reads back from YAML as it is`() throws {
        let bytes = Array(CustomResourceDefinitions.yaml.utf8)
        let documents = try YAML.documents(in: bytes, file: "crds.yaml")
        #expect(documents.map(\.value) == CustomResourceDefinitions.all)
    }

    /// Holds: 1.0 status, 1.0 scale, 1.0 columns.
    @Test func `lets autoscalers and clients do what the API promises`() {
        let versions = CustomResourceDefinitions.all.map { $0["spec"]?["versions"]?[0] }
        #expect(
            versions[0]?["subresources"] == [
                "status": [:],
                "scale": [
                    "specReplicasPath": ".spec.replicas",
                    "statusReplicasPath": ".status.HPAReplicas",
                    "labelSelectorPath": ".status.selector",
                ],
            ])
        // Runs, templates and experiments have no status subresource: clients patch the object.
        #expect(versions.dropFirst().allSatisfy { $0?["subresources"] == [:] })
        #expect(
            versions[0]?["additionalPrinterColumns"]?.array?.map { $0["name"] } == [
                "Desired", "Current", "Up-to-date", "Available", "Age",
            ])
    }

    @Test(arguments: CustomResourceDefinitions.all)
    func `is structural`(definition: JSON) {
        let schema = definition["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"]
        #expect(Self.faults(schema ?? .null, at: .root) == [])
    }

    /// Where the schema breaks a rule of structural schemas: every value has a type, or says why it
    /// has none.
    static func faults(_ schema: JSON, at path: Path) -> [String] {
        let isFree =
            schema["x-kubernetes-int-or-string"] == true
            || schema["x-kubernetes-preserve-unknown-fields"] == true
        var faults = schema["type"] == nil && !isFree ? ["\(path) has no type"] : []
        if schema["type"] == "array" && schema["items"] == nil {
            faults.append("\(path) has no items")
        }
        for name in schema["required"]?.array?.compactMap(\.string) ?? []
        where schema["properties"]?[name] == nil {
            faults.append("\(path) requires the unknown \(name)")
        }
        for (name, value) in schema["properties"]?.object?.members ?? [] {
            faults += Self.faults(value, at: path.appending(name))
        }
        for key in ["items", "additionalProperties"] {
            if let inner = schema[key] { faults += Self.faults(inner, at: path.appending(key)) }
        }
        return faults
    }

    /// Holds: 9.1 schema.
    @Test func `names every field that the parser knows, so that no server prunes it`() {
        let root = CustomResourceDefinitions.all[0]["spec"]?["versions"]?[0]?["schema"]?[
            "openAPIV3Schema"]
        #expect(
            Self.unnamed(in: rollout().json["spec"] ?? .null, by: root?["properties"]?["spec"])
                == [])
        let status = StatusDocument.json(StatusDocument.parse(StatusDocumentSample.json))
        #expect(Self.unnamed(in: status, by: root?["properties"]?["status"]) == [])
    }

    /// Holds: 9.1 schema.
    @Test func `takes a number or a text where the API does`() {
        let root = CustomResourceDefinitions.all[0]["spec"]?["versions"]?[0]?["schema"]?[
            "openAPIV3Schema"]
        #expect(
            Set(Self.numbersOrTexts(in: root)) == [
                "spec.strategy.blueGreen.maxUnavailable", "spec.strategy.canary.maxSurge",
                "spec.strategy.canary.maxUnavailable", "spec.strategy.canary.steps.pause.duration",
            ])
    }

    /// Those of lists without a number.
    private static func numbersOrTexts(in schema: JSON?, at path: Path = .root) -> [String] {
        if schema?["x-kubernetes-int-or-string"] == true { return ["\(path)"] }
        if let items = schema?["items"] { return numbersOrTexts(in: items, at: path) }
        return (schema?["properties"]?.object?.members ?? []).flatMap {
            numbersOrTexts(in: $0.value, at: path.appending($0.key))
        }
    }

    /// Holds: 5.13 cloudWatch, 5.13 datadog, 5.13 newRelic, 5.13 kayenta.
    @Test(arguments: ["analysistemplates", "clusteranalysistemplates", "analysisruns"])
    func `names every field of a provider`(plural: String) throws {
        let definition = try #require(
            CustomResourceDefinitions.all.first { Object($0).name.hasPrefix("\(plural).") })
        let schema = definition["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"]
        let provider = schema?["properties"]?["spec"]?["properties"]?["metrics"]?["items"]?[
            "properties"]?["provider"]
        #expect(Self.unnamed(in: Self.providers, by: provider) == [])
        let free = (provider?["properties"]?.object?.members ?? []).filter {
            $0.value["x-kubernetes-preserve-unknown-fields"] == true
        }
        #expect(free.map(\.key) == ["plugin"])
    }

    /// Every field that a vendor's provider has.
    private static let providers: JSON = [
        "cloudWatch": [
            "interval": "1m",
            "metricDataQueries": [
                [
                    "id": "a", "expression": "b", "label": "c", "period": 60, "returnData": true,
                    "metricStat": [
                        "metric": [
                            "dimensions": [["name": "a", "value": "b"]], "metricName": "a",
                            "namespace": "b",
                        ], "period": "60", "stat": "Sum", "unit": "Count",
                    ],
                ]
            ],
        ],
        "datadog": [
            "apiVersion": "v2", "interval": "1m", "query": "a", "queries": ["a": "b"],
            "formula": "a", "aggregator": "sum", "requestTimeout": "1s",
            "secretRef": ["name": "a", "namespaced": true],
        ],
        "graphite": ["address": "a", "query": "b"],
        "influxdb": ["profile": "a", "query": "b"],
        "kayenta": [
            "address": "a", "application": "b", "canaryConfigName": "c", "metricsAccountName": "d",
            "configurationAccountName": "e", "storageAccountName": "f",
            "threshold": ["pass": 1, "marginal": 0],
            "scopes": [
                [
                    "name": "a",
                    "controlScope": [
                        "scope": "a", "region": "b", "step": 1, "start": "c", "end": "d",
                    ], "experimentScope": ["scope": "a"],
                ]
            ],
        ],
        "newRelic": ["profile": "a", "query": "b", "timeout": 1],
        "skywalking": ["address": "a", "query": "b", "interval": "c"],
        "wavefront": ["address": "a", "query": "b"],
    ]

    /// The members of a value that a schema does not name.
    static func unnamed(in value: JSON, by schema: JSON?, at path: Path = .root) -> [String] {
        if schema?["x-kubernetes-preserve-unknown-fields"] == true { return [] }
        if let array = value.array {
            return array.enumerated().flatMap {
                unnamed(in: $0.element, by: schema?["items"], at: path.appending($0.offset))
            }
        }
        return (value.object?.members ?? []).flatMap { member in
            let inner = path.appending(member.key)
            let named = schema?["properties"]?[member.key] ?? schema?["additionalProperties"]
            return named == nil ? ["\(inner)"] : unnamed(in: member.value, by: named, at: inner)
        }
    }
}
