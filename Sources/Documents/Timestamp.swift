/// A moment of the wall clock in milliseconds since 1970 UTC, as Kubernetes writes it (RFC 3339).
///
/// Invariant: within the years 0000 to 9999, so that every timestamp can be written.
package struct Timestamp: Hashable, Sendable, Comparable {
    package let milliseconds: Int64

    static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// The moment so many milliseconds after 1970; what lies outside of the years 0000 to 9999
    /// becomes their first or last moment.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// The moment so many seconds after 1970, limited like `init(milliseconds:)`.
    package init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        self.init(milliseconds: overflow ? (seconds < 0 ? .min : .max) : product)
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 { milliseconds.flooredDivision(by: 1000) }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The moment `seconds` later, or earlier where negative; limited like `init(milliseconds:)`.
    package func advanced(bySeconds seconds: Int) -> Timestamp {
        let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1000)
        return advanced(byMilliseconds: overflow ? (seconds < 0 ? .min : .max) : product)
    }

    /// The moment `milliseconds` later, or earlier where negative; limited like
    /// `init(milliseconds:)`.
    package func advanced(byMilliseconds milliseconds: Int64) -> Timestamp {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return Timestamp(milliseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }

    /// The milliseconds from `earlier` to this moment; negative where `earlier` is later.
    package func milliseconds(since earlier: Timestamp) -> Int64 {
        milliseconds - earlier.milliseconds
    }
}

extension Timestamp: CustomStringConvertible {
    package var description: String { rfc3339 }

    /// With seconds, as `metav1.Time` is written: `2026-01-02T03:04:05Z`.
    package var rfc3339: String { "\(dateAndTime)Z" }

    /// With microseconds, as `metav1.MicroTime` is written: `2026-01-02T03:04:05.678000Z`.
    package var rfc3339Micro: String {
        "\(dateAndTime).\((milliseconds - seconds * 1000).padded(3))000Z"
    }

    private var dateAndTime: String {
        let calendar = CalendarTime(self)
        let time = [calendar.hour, calendar.minute, calendar.second].map { $0.padded(2) }
        return "\(calendar.year.padded(4))-\(calendar.month.padded(2))-\(calendar.day.padded(2))"
            + "T\(time.joined(separator: ":"))"
    }
}

extension Timestamp {
    /// Reads RFC 3339 with `Z` or an offset and any fraction of seconds, of which the milliseconds
    /// are kept. Nil for everything else, also for days that no calendar has and, as in Go, for
    /// leap seconds.
    package init?(rfc3339 text: String) {
        var scanner = DateScanner(text)
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2), scanner.skip("T") || scanner.skip("t"),
            let hour = scanner.number(digits: 2), scanner.skip(":"), hour < 24,
            let minute = scanner.number(digits: 2), scanner.skip(":"), minute < 60,
            let second = scanner.number(digits: 2), second < 60,
            let fraction = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
        else { return nil }
        self.init(
            calendar: CalendarTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second,
                millisecond: fraction), minutesEast: offset)
    }
}

private struct DateScanner {
    private let bytes: [UInt8]
    private var next = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { next == bytes.count }

    func isAt(_ character: Unicode.Scalar) -> Bool {
        next < bytes.count && bytes[next] == UInt8(ascii: character)
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        next += 1
        return true
    }

    mutating func digit() -> Int64? {
        guard next < bytes.count else { return nil }
        let (digit, isBelow) = bytes[next].subtractingReportingOverflow(UInt8(ascii: "0"))
        guard !isBelow, digit < 10 else { return nil }
        next += 1
        return Int64(digit)
    }

    mutating func number(digits: Int) -> Int64? {
        var number: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    /// Milliseconds; 0 where there is no fraction, nil for a point without digits.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        guard var milliseconds = digit().map({ $0 * 100 }) else { return nil }
        var unit: Int64 = 10
        while let digit = digit() {
            milliseconds += digit * unit
            unit /= 10
        }
        return milliseconds
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let isWest = isAt("-")
        guard skip("+") || skip("-"), let hours = number(digits: 2), hours < 24, skip(":"),
            let minutes = number(digits: 2), minutes < 60
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
}

extension Int64 {
    func flooredDivision(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self + 1) / divisor - 1
    }

    func padded(_ width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
