import Documents
import Foundation
import Testing

@testable import sluice

struct `A report on manifests` {
    private func report(_ files: [String: String]) throws -> LintReport {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lint-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        for (name, text) in files {
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        return LintReport(try ManifestFiles([folder.path]))
    }

    /// Holds: 8.0 lint, 8.0 all errors.
    @Test func `names every error of every file with its place`() throws {
        let report = try report([
            "a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: Not_A_Name}\n",
            "b.yaml": "a: [1\n", "notes.txt": "a: [1\n", ".hidden.yaml": "a: [1\n",
            "kustomization.yaml": "kind: Kustomization\nresources: [a.yaml]\n",
        ])
        #expect(report.findings.count == 2)
        #expect(report.lines[0].contains("/b.yaml:2:1: "))
        #expect(report.lines[1].contains("/a.yaml:3:18: metadata.name: "))
        #expect(report.summary == "1 document in 3 files: 2 errors")
        #expect(report.json[1]?["path"] == "metadata.name")
        #expect(report.json[1]?["line"] == 3)
    }

    @Test func `is short where nothing is wrong`() throws {
        let report = try report([
            "a.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\n"
        ])
        #expect(report.lines == [])
        #expect(report.summary == "1 document in 1 file: nothing is wrong")
    }

    @Test func `knows the rules of notifications`() throws {
        let report = try report([
            "a.yaml": """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: argo-rollouts-notification-configmap}
            data:
              service.slack: "token: $token"
              template.told: "message: '{{.rollout | shout}}'"
            """
        ])
        #expect(report.lines.count == 1)
        #expect(report.lines[0].contains("/a.yaml:6:18: data.template.told.message: "))
        #expect(report.lines[0].contains("the function \"shout\" is not supported"))
    }

    @Test func `looks into the list that kubectl prints of several objects`() throws {
        let report = try report([
            "a.yaml": """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Service
              metadata: {name: shop}
            - apiVersion: v1
              kind: Service
              metadata: {name: Not_A_Name}
            """
        ])
        #expect(report.findings.count == 1)
        #expect(report.lines.first?.contains("/a.yaml:9:20: metadata.name: ") == true)
        #expect(report.summary == "2 documents in 1 file: 1 error")
    }

    @Test func `is none without files`() {
        #expect(throws: CommandFailure.self) { try report([:]) }
        #expect(throws: CommandFailure.self) { try ManifestFiles(["/nowhere/at/all"]) }
    }
}
