/// A length of time as Go's `time.Duration` reads and writes it: `1h2m3.5s`, `300ms`, `-1.5h`.
package struct GoDuration: Hashable, Sendable, Comparable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// So many milliseconds; what Go cannot hold (292 years) becomes the longest that it can.
    package init(milliseconds: Int64) {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        nanoseconds = overflow ? (milliseconds < 0 ? .min : .max) : product
    }

    /// Whole milliseconds, towards zero.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }

    /// Whole seconds, towards zero.
    package var seconds: Int64 { nanoseconds / 1_000_000_000 }

    package static func < (left: GoDuration, right: GoDuration) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The milliseconds of a duration in Go's form, towards zero; nil where it is none.
    package static func parse(_ text: String) -> Int64? {
        GoDuration(parsing: text)?.milliseconds
    }

    /// How Go writes so many milliseconds: 90,000 are `1m30s`.
    package static func text(milliseconds: Int64) -> String {
        GoDuration(milliseconds: milliseconds).text
    }
}

extension GoDuration {
    /// Reads what Go's `time.ParseDuration` accepts: an optional sign, then numbers, each with its
    /// unit (`ns`, `us`, `ms`, `s`, `m`, `h`), or a bare 0. Nil for everything else and for more
    /// than 292 years.
    package init?(parsing text: String) {
        var rest = text.utf8[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual("0".utf8) {
            self.init(nanoseconds: 0)
            return
        }
        guard !rest.isEmpty else { return nil }
        var total: UInt64 = 0
        while !rest.isEmpty {
            guard let part = Self.part(of: &rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow, sum <= UInt64(Int64.max) + 1 else { return nil }
            total = sum
        }
        guard isNegative || total <= UInt64(Int64.max) else { return nil }
        self.init(nanoseconds: Int64(truncatingIfNeeded: isNegative ? 0 &- total : total))
    }

    /// One number with its unit, in nanoseconds.
    private static func part(of rest: inout Substring.UTF8View) -> UInt64? {
        guard let whole = number(of: &rest) else { return nil }
        var fraction: (value: Double, scale: Double, count: Int) = (0, 1, 0)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            while let digit = digit(of: &rest) {
                fraction.count += 1
                // Digits behind the 15th are worth less than a nanosecond in every unit.
                guard fraction.count <= 15 else { continue }
                fraction.value = fraction.value * 10 + Double(digit)
                fraction.scale *= 10
            }
        }
        guard whole.count + fraction.count > 0, let unit = unit(of: &rest) else { return nil }
        let (product, overflow) = whole.value.multipliedReportingOverflow(by: unit)
        let (sum, carry) = product.addingReportingOverflow(
            UInt64(fraction.value * (Double(unit) / fraction.scale)))
        return overflow || carry ? nil : sum
    }

    private static func digit(of rest: inout Substring.UTF8View) -> UInt8? {
        guard let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
            return nil
        }
        rest.removeFirst()
        return byte - UInt8(ascii: "0")
    }

    private static func number(of rest: inout Substring.UTF8View) -> (value: UInt64, count: Int)? {
        var number: UInt64 = 0
        var count = 0
        while let digit = digit(of: &rest) {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            number = sum
            count += 1
        }
        return (number, count)
    }

    private static func unit(of rest: inout Substring.UTF8View) -> UInt64? {
        let letters = rest.prefix { $0 != UInt8(ascii: ".") && !(0x30...0x39).contains($0) }
        rest = rest[letters.endIndex...]
        return switch String(Substring(letters)) {
        case "ns": 1
        case "us", "\u{B5}s", "\u{3BC}s": 1000
        case "ms": 1_000_000
        case "s": 1_000_000_000
        case "m": 60_000_000_000
        case "h": 3_600_000_000_000
        default: nil
        }
    }
}

extension GoDuration: CustomStringConvertible {
    package var description: String { text }

    /// As Go writes it: the largest unit of hours, minutes and seconds first, below a second the
    /// unit that leaves a whole part, and `0s` for none.
    package var text: String {
        let sign = nanoseconds < 0 ? "-" : ""
        let total = nanoseconds.magnitude
        switch total {
        case 0: return "0s"
        case ..<1000: return "\(sign)\(total)ns"
        case ..<1_000_000: return "\(sign)\(Self.decimal(total, of: 1000))\u{B5}s"
        case ..<1_000_000_000: return "\(sign)\(Self.decimal(total, of: 1_000_000))ms"
        default: break
        }
        let minute: UInt64 = 60_000_000_000
        var text = "\(Self.decimal(total % minute, of: 1_000_000_000))s"
        if total >= minute { text = "\(total / minute % 60)m\(text)" }
        if total >= 60 * minute { text = "\(total / minute / 60)h\(text)" }
        return sign + text
    }

    /// `value` in units, with as many decimals as it needs.
    private static func decimal(_ value: UInt64, of unit: UInt64) -> String {
        guard value % unit > 0 else { return "\(value / unit)" }
        // The fraction behind a leading one keeps the zeros in front of its digits.
        var digits = Substring(String(unit + value % unit)).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(value / unit).\(digits)"
    }
}
