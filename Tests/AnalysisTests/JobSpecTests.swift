import Documents
import Testing

@testable import Analysis

struct `The Job of a metric` {
    private func findings(_ provider: JSON) -> [String] {
        let findings = Reader.Findings()
        _ = JobSpec(reading: Reader(provider, findings: findings))
        return findings.all.map { "\($0.path): \($0.message)" }
    }

    private func job(_ pod: JSON) -> JSON { ["spec": ["template": ["spec": pod]]] }
    private let containers: JSON = [["name": "c", "image": "i"]]

    @Test func `is read with its metadata`() {
        var provider = job(["containers": containers, "restartPolicy": "Never"])
        provider["metadata"] = ["labels": ["team": "blue"], "annotations": ["why": "smoke"]]
        let findings = Reader.Findings()
        let spec = JobSpec(reading: Reader(provider, findings: findings))
        #expect(findings.all.isEmpty)
        #expect(spec.labels == ["team": "blue"] && spec.annotations == ["why": "smoke"])
        #expect(spec.spec == provider["spec"])
    }

    @Test func `needs a container, and a policy that Jobs know`() {
        #expect(
            findings(job(["restartPolicy": "Always"])) == [
                "spec.template.spec.containers: is missing",
                "spec.template.spec.restartPolicy: unknown value \"Always\"",
            ])
        #expect(
            findings(job(["containers": containers]))
                == ["spec.template.spec.restartPolicy: is missing"])
    }
}
