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
}
