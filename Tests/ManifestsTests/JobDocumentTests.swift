import Analysis
import Documents
import KubernetesObjects
import Testing

@testable import Manifests

struct `A Job that measures` {
    private static let uid = "00000000-0000-4000-8000-000000000007"
    private static let run = Object([
        "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
        "metadata": ["name": "shop-abc-2-1", "namespace": "web", "uid": .string(uid)],
    ])

    private func created(
        _ metric: String, number: Int = 3, in namespace: String? = nil, lifetime: Int64? = nil
    ) -> Object {
        let provider: JSON = [
            "metadata": ["labels": ["team": "blue"], "annotations": ["why": "smoke"]],
            "spec": ["backoffLimit": 0],
        ]
        var spec = JobSpec(reading: Reader(provider, findings: Reader.Findings()))
        if let lifetime { spec.spec["ttlSecondsAfterFinished"] = .int(lifetime) }
        return JobDocument.created(
            spec, metric: metric, number: number, for: Self.run, in: namespace)
    }

    /// Holds: 5.12 job, 5.12 metadata.
    @Test func `belongs to its run and says what it measures`() {
        let job = created("smoke")
        #expect(job.name == "\(Self.uid).smoke.3" && job.namespace == "web")
        #expect(job.labels == ["team": "blue", "analysisrun.argoproj.io/uid": Self.uid])
        #expect(
            job.annotations == [
                "why": "smoke", "analysisrun.argoproj.io/name": "shop-abc-2-1",
                "analysisrun.argoproj.io/namespace": "web",
                "analysisrun.argoproj.io/metric-name": "smoke",
            ])
        #expect(job.isControlled(by: Self.run) && job.spec == ["backoffLimit": 0])
    }

    /// Nobody owns an object in another namespace.
    /// Holds: 5.12 namespace.
    @Test func `goes a day after its end where its run cannot own it`() {
        let job = created("smoke", in: "jobs")
        #expect(job.namespace == "jobs" && job.name == "\(Self.uid).smoke.3")
        #expect(job.json["metadata"]?["ownerReferences"] == nil)
        #expect(job.annotations["analysisrun.argoproj.io/namespace"] == "web")
        #expect(job.spec == ["backoffLimit": 0, "ttlSecondsAfterFinished": 86_400])
        let own = created("smoke", in: "jobs", lifetime: 60)
        #expect(own.spec?["ttlSecondsAfterFinished"] == 60)
        #expect(created("smoke", in: "web") == created("smoke"))
    }

    /// Holds: 5.12 namespace.
    @Test(arguments: ["web", "jobs"])
    func `is known by its run, and by no other`(namespace: String) {
        let job = created("smoke", in: namespace)
        #expect(JobDocument.belongs(job, to: Self.run))
        var other = Self.run
        other["metadata", "uid"] = "another"
        #expect(!JobDocument.belongs(job, to: other))
    }

    @Test(arguments: ["A metric, with words that no name takes, and long", "x", "-"])
    func `has a name that fits`(metric: String) {
        let name = created(metric, number: 100).name
        #expect(name.count <= 63 && name.hasSuffix(".100"))
        #expect(Naming.subdomainProblem(name) == nil)
    }

    /// Holds: 5.12 job.
    @Test func `stands as its conditions say`() {
        var job = created("smoke")
        #expect(JobDocument.phase(of: job) == .running)
        job["status"] = ["conditions": [["type": "Complete", "status": "True"]]]
        #expect(JobDocument.phase(of: job) == .successful)
        job["status"] = [
            "conditions": [["type": "Failed", "status": "True", "message": "too often"]]
        ]
        #expect(JobDocument.phase(of: job) == .failed)
        #expect(JobDocument.message(of: job) == "too often")
    }
}
