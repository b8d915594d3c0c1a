import Documents
import Glibc

/// The counters of the requests that nginx has logged, every line counted exactly once, also across
/// a kill: what has been counted is kept together with the place up to which it was, and the log is
/// given back to the disk only before that place.
package actor RequestMetrics {
    private struct Source {
        let log: String
        let record: String
    }

    private var counters = RequestCounters()
    private var source: Source?
    private var offset: off_t = 0
    private var savedOffset: off_t = 0
    private var rest: [UInt8] = []

    private static let partBytes = 1 << 20
    /// How much of the log is kept for a person who looks, and how far it grows beyond before it is
    /// cut.
    private static let keptBytes: off_t = 4 << 20
    private static let slackBytes: off_t = 4 << 20
    /// A record is written after so much log: what a killed run must count again.
    private static let recordBytes: off_t = 1 << 20

    package init() {}

    /// The counters in Prometheus' text format, everything that is in the log by now included.
    package func text() -> String {
        catchUp()
        return counters.text()
    }

    /// Who served the requests of an Ingress since this process began, all that is in the log by
    /// now included.
    package func sides(namespace: String, ingress: String) -> ServedSides {
        catchUp()
        return counters.sides["\(namespace)/\(ingress)"] ?? ServedSides()
    }

    /// Goes on where an earlier run stopped. Without a record of one, a log that is whole is
    /// counted from its beginning.
    func follow(log: String, record: String) {
        source = Source(log: log, record: record)
        var kept: JSON = [:]
        if let text = Files.glance(record) {
            do throws(DocumentError) { kept = try JSON(parsing: text) } catch { kept = [:] }
        }
        guard let file = LogFile(log) else { return }
        let place = kept["offset"]?.int.map { off_t($0) } ?? 0
        if place <= file.size, place >= file.firstKept {
            counters.restore(kept["counters"] ?? [:])
            offset = place
        } else {
            // Another log than the one that was counted, or one whose beginning is gone.
            offset = file.size
        }
        savedOffset = offset
    }

    /// Counts every whole line that has been written.
    func catchUp() {
        guard let source else { return }
        while let file = LogFile(source.log), file.size > offset {
            let part: [UInt8]
            do throws(SystemFailure) {
                part = try file.read(from: offset, atMost: Self.partBytes)
            } catch {
                return
            }
            if part.isEmpty { return }
            offset += off_t(part.count)
            take(part)
            if offset - savedOffset > Self.recordBytes { save() }
        }
    }

    /// Counts the whole lines; what is left of the last one waits for more.
    private func take(_ part: [UInt8]) {
        let lines = (rest + part).split(separator: 10, omittingEmptySubsequences: false)
        rest = lines.last.map(Array.init) ?? []
        // A line that does not end is no line of ours.
        if rest.count > Self.partBytes { rest = [] }
        for line in lines.dropLast() {
            if let request = ServedRequest(Array(line)) { counters.add(request) }
        }
    }

    /// Keeps the counters with their place, and gives back what of the log nobody needs any more.
    func save() {
        let place = offset - off_t(rest.count)
        guard let source, place != savedOffset else { return }
        let json: JSON = ["offset": .int(Int64(place)), "counters": counters.kept]
        do throws(SystemFailure) {
            try Files.write(json.text, to: source.record)
        } catch {
            // The log stays longer, and a later record takes the place of this one.
            return
        }
        savedOffset = place
        guard let file = LogFile(source.log) else { return }
        let last = min(place, file.size - Self.keptBytes)
        if last - file.firstKept > Self.slackBytes { LogFile.free(source.log, before: last) }
    }
}
