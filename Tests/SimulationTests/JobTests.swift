import Documents
import KubernetesObjects
import Testing

/// Jobs that measure, on a server that keeps them and runs none (rollout-semantics §5.12).
struct `A Job of a run` {
    /// A run after its first turn, with one Job for each metric.
    private func begun(_ metrics: String..., in namespace: String? = nil) async throws -> Site {
        let pod = "{restartPolicy: Never, containers: [{name: a, image: a}]}"
        let list = metrics.map {
            "{name: \($0), provider: {job: {spec: {template: {spec: \(pod)}}}}}"
        }
        let text = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: jobs}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisRun
            metadata: {name: judge, namespace: default, uid: r-1}
            spec: {metrics: [\(list.joined(separator: ", "))]}
            """
        let documents = try YAML.documents(in: [UInt8](text.utf8), file: "judge.yaml")
        let site = try Site(
            documents.map(\.value), now: Timestamp(seconds: 1_767_323_045),
            jobNamespace: namespace)
        await site.takeRuns()
        return site
    }

    private func end(
        _ job: String, _ type: String, at site: Site, in namespace: String = "default"
    ) async throws {
        let body = #"{"status":{"conditions":[{"type":"\#(type)","status":"True"}]}}"#
        try await site.send(
            Sent(.mergePatch, status: true, body), to: .jobs, job, in: namespace)
        await site.takeRuns()
    }

    private func phase(at site: Site) async -> String? {
        await site.get(.analysisRuns, "judge")?.status?["phase"]?.string
    }

    /// Holds: 5.12 end.
    @Test func `goes when the run is told to end`() async throws {
        let site = try await begun("smoke")
        #expect(await site.names(.jobs) == ["r-1.smoke.1"])
        try await site.send(
            Sent(.mergePatch, #"{"spec":{"terminate":true}}"#), to: .analysisRuns, "judge")
        for _ in 0..<2 { await site.takeRuns() }
        #expect(await site.names(.jobs) == [])
        #expect(await phase(at: site) == "Successful")
        let results = await site.get(.analysisRuns, "judge")?.status?["metricResults"]
        #expect(results?[0]?["measurements"]?[0]?["message"] == "Metric Terminated")
    }

    /// Holds: 5.12 end.
    @Test func `goes when another one fails`() async throws {
        let site = try await begun("load", "smoke")
        try await end("r-1.smoke.1", "Failed", at: site)
        #expect(await phase(at: site) == "Failed")
        await site.takeRuns()
        #expect(await site.names(.jobs) == ["r-1.smoke.1"])
    }

    /// Holds: 5.12 namespace, 7.4 job namespace.
    @Test func `measures in the namespace that the controller names`() async throws {
        let site = try await begun("load", "smoke", in: "jobs")
        let job = await site.get(.jobs, "r-1.smoke.1", in: "jobs")
        #expect(job?.labels["analysisrun.argoproj.io/uid"] == "r-1")
        let results = await site.get(.analysisRuns, "judge")?.status?["metricResults"]
        #expect(results?[1]?["measurements"]?[0]?["metadata"]?["job-namespace"] == "jobs")
        try await end("r-1.smoke.1", "Failed", at: site, in: "jobs")
        #expect(await phase(at: site) == "Failed")
        await site.takeRuns()
        #expect(await site.names(.jobs) == ["r-1.smoke.1"])
    }

    /// No garbage collector knows whose it is.
    @Test func `in another namespace goes with its run`() async throws {
        let site = try await begun("load", in: "jobs")
        let run = try #require(await site.get(.analysisRuns, "judge"))
        await site.delete(.analysisRuns, "judge")
        #expect(await site.names(.jobs) == ["r-1.load.1"])
        await site.clean(after: run)
        #expect(await site.names(.jobs) == [])
    }

    /// Whoever makes runs writes their status.
    @Test func `is none that another run, or nobody, has made`() async throws {
        let site = try await begun("smoke")
        let backup: JSON = [
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": ["name": "backup", "namespace": "default"],
        ]
        try await site.create(backup, .jobs)
        let named = #"{"job-name":"backup","job-namespace":"default"}"#
        let measurement = #"{"phase":"Running","metadata":\#(named)}"#
        let results = #"[{"name":"smoke","phase":"Running","measurements":[\#(measurement)]}]"#
        try await site.send(
            Sent(.mergePatch, #"{"status":{"metricResults":\#(results)}}"#),
            to: .analysisRuns, "judge")
        try await site.send(
            Sent(.mergePatch, #"{"spec":{"terminate":true}}"#), to: .analysisRuns, "judge")
        for _ in 0..<2 { await site.takeRuns() }
        #expect(await site.names(.jobs) == ["backup", "r-1.smoke.1"])
        #expect(await phase(at: site) == "Successful")
    }

    /// Holds: 5.8 events.
    /// Holds: 7.5 Metric.
    @Test(arguments: [("Complete", "Successful"), ("Failed", "Failed")])
    func `is told of by events, and its run with it`(type: String, phase: String) async throws {
        let site = try await begun("smoke")
        #expect(await site.toldOfRuns == [])
        try await end("r-1.smoke.1", type, at: site)
        #expect(
            await site.toldOfRuns == [
                "Metric\(phase): Metric 'smoke' Completed. Result: \(phase)",
                "AnalysisRun\(phase): Analysis Completed. Result: \(phase)",
            ])
    }
}
