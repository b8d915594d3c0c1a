import Documents

/// What an object was told of, as its `notified` annotation says: marks, and when.
package struct Marks: Hashable, Sendable {
    /// In seconds; below zero while it is still to be told, since then.
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
    package func contains(_ mark: String) -> Bool { times[mark].map { $0 >= 0 } ?? false }

    /// Since when it is to be told, in seconds; nil where it is not.
    package func pending(_ mark: String) -> Int64? {
        times[mark].flatMap { $0 < 0 ? -$0 : nil }
    }

    /// Takes note of one, and forgets the oldest where there are too many.
    package mutating func add(_ mark: String, at time: Timestamp) { set(mark, time.seconds) }

    /// Takes note that one is to be told since `seconds`.
    package mutating func expect(_ mark: String, since seconds: Int64) { set(mark, -seconds) }

    private mutating func set(_ mark: String, _ value: Int64) {
        times[mark] = value
        while times.count > Self.most || times.reduce(0, { $0 + $1.key.utf8.count }) > Self.bytes,
            let oldest = times.filter({ $0.key != mark }).min(by: {
                ($0.value.magnitude, $0.key) < ($1.value.magnitude, $1.key)
            })
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
    /// Of all the marks together.
    private static let bytes = 16 << 10
}
