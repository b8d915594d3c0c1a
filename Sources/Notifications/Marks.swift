import Documents

/// What an object was told of, as its `notified` annotation says: marks, and when.
package struct Marks: Hashable, Sendable {
    private var times: [String: Int64]

    /// No annotation, or one that is no such list, is none.
    package init(_ annotation: String?) {
        times = [:]
        guard let annotation else { return }
        do throws(DocumentError) {
            let known = try JSON(
                parsing: Array(annotation.utf8), file: "annotation", limits: .manifest,
                duplicateKeys: .lastWins)
            for (key, value) in known.object?.members ?? [] {
                times[key] = value.int.map(Int64.init) ?? 0
            }
        } catch {
            return
        }
    }

    /// Whether it was told.
    package func contains(_ mark: String) -> Bool { times[mark] != nil }

    /// Takes note of one, and forgets the oldest where there are too many.
    package mutating func add(_ mark: String, at time: Timestamp) {
        times[mark] = time.seconds
        while times.count > Self.most,
            let oldest = times.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })
        {
            times[oldest.key] = nil
        }
    }

    /// Forgets one, so that it can be told again.
    package mutating func remove(_ mark: String) { times[mark] = nil }

    /// As it stands in the annotation; nil for none.
    package var text: String? {
        if times.isEmpty { return nil }
        let members = times.sorted { $0.key < $1.key }.map { ($0.key, JSON.int($0.value)) }
        return JSON.object(JSONObject(members)).text
    }

    /// As many as the field keeps. An annotation must stay small beside an object.
    private static let most = 100
}
