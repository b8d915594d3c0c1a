import Assets
import Documents
import Testing

@testable import Controller

/// The queries of the alerts and of the dashboard.
private let queries: [String] = {
    let folder = "manifests/components/monitoring"
    guard let alerts = Asset.named("\(folder)/alerts.yaml"),
        let dashboard = Asset.named("\(folder)/dashboard.json")
    else { return [] }
    do {
        let documents = try Document.readAll(Array(alerts.text.utf8), file: alerts.path)
        return documents.flatMap { texts(in: $0.value, under: ["expr"]) }
            + texts(in: try JSON(parsing: dashboard.text), under: ["expr", "query"])
            .filter { $0 != "prometheus" }
    } catch {
        return []
    }
}()

private func texts(in json: JSON, under keys: Set<String>) -> [String] {
    if let array = json.array { return array.flatMap { texts(in: $0, under: keys) } }
    return (json.object?.members ?? []).flatMap { key, value in
        if keys.contains(key), let text = value.string { return [text] }
        return texts(in: value, under: keys)
    }
}

/// What the controller exposes: for each name of a series its labels.
private let exposed: [Substring: Set<Substring>] = {
    var exposed: [Substring: Set<Substring>] = [:]
    for line in busyExposition.text.split(separator: "\n") where !line.hasPrefix("#") {
        guard let match = line.prefixMatch(of: /([a-z0-9_]+)(\{[^}]*\})?/) else { continue }
        let labels = (match.2 ?? "").matches(of: /([a-z_]+)="/).map(\.1)
        exposed[match.1, default: []].formUnion(labels)
    }
    return exposed
}()

struct `A query of the monitoring component` {
    @Test func `is one of many`() { #expect(queries.count > 12) }

    @Test(arguments: queries)
    func `uses only names and labels that the controller exposes`(query: String) {
        let selectors = query.matches(of: /\b([a-z]+(?:_[a-z0-9]+)+)(?:\{([^}]*)\})?/)
            // Functions of the query language are no series.
            .filter { !query[$0.range.upperBound...].hasPrefix("(") }
            .filter { !$0.1.hasPrefix("process_") }
        #expect(!selectors.isEmpty || query.contains("process_"))
        for selector in selectors {
            let labels = exposed[selector.1]
            #expect(labels != nil, "\(selector.1) is not exposed")
            for label in (selector.2 ?? "").matches(of: /([a-z_]+)=/).map(\.1) {
                #expect(labels?.contains(label) == true, "\(selector.1) has no \(label)")
            }
        }
    }

    /// Replicas that do not lead expose what they see of the cluster as well.
    @Test(arguments: queries)
    func `counts an object once, however many replicas tell of it`(query: String) {
        let seen = /(rollout|analysis_run|experiment|analysis_template)_info[a-z_]*/
        for series in query.matches(of: seen) where !query.hasPrefix("label_values(") {
            let before = query[..<series.range.lowerBound]
            #expect(before.firstMatch(of: /max by \([a-z, ]*\bname\b[a-z, ]*\) \($/) != nil)
        }
    }

    /// A cluster has many operators, of which each exposes whether it leads.
    @Test func `asks for our own lease, in each namespace of a controller`() {
        let ours =
            "max by (namespace) (leader_election_master_status"
            + "{name=\"argo-rollouts-controller-lock\"}) < 1"
        #expect(queries.filter { $0.contains("leader_election_master_status") } == [ours])
    }
}

struct `The monitor of the monitoring component` {
    /// Else the label `namespace` would say where the controller is, and ours be renamed.
    @Test func `leaves the labels of series as they are`() throws {
        let path = "manifests/components/monitoring/service-monitor.yaml"
        let asset = try #require(Asset.named(path))
        let documents = try Document.readAll(Array(asset.text.utf8), file: path)
        let endpoints = documents.flatMap { $0.value["spec"]?["endpoints"]?.array ?? [] }
        #expect(endpoints.map { $0["honorLabels"] } == [true])
    }
}
