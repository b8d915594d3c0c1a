/// An amount as resources have them (`500m`, `1Gi`, `2e3`), exact down to a billionth. Equal
/// amounts are equal however they were written; `text` is the canonical form in which an API server
/// prints them.
package struct Quantity: Sendable {
    private enum Form {
        case decimal, binary, exponent
    }

    /// The amount in billionths. Kubernetes caps amounts at the largest 64-bit integer, and so do
    /// we.
    private let billionths: Int128
    private let form: Form

    private static let one: Int128 = 1_000_000_000
    private static let cap = Int128(Int64.max) * one
    /// Characters of an amount; the longest amount that makes sense has 30.
    private static let lengthLimit = 64

    /// Nil where the text is no amount. Amounts finer than a billionth are rounded away from zero.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.lengthLimit else { return nil }
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        let whole = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == "." {
            fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !(whole.isEmpty && fraction.isEmpty), let unit = Self.unit(rest) else { return nil }
        let digits = whole + fraction
        guard let amount = Self.scaled(digits, unit: unit, decimals: fraction.count) else {
            return nil
        }
        billionths = (isNegative ? -1 : 1) * min(amount, Self.cap)
        form = unit.form
    }

    private struct Unit {
        let form: Form
        /// The factor is 2^binary · 10^decimal.
        var binary = 0
        var decimal = 0
    }

    private static let decimalSuffixes: [Substring: Int] = [
        "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
    ]
    private static let binarySuffixes: [Substring: Int] = [
        "Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60,
    ]

    private static func unit(_ suffix: Substring) -> Unit? {
        if let decimal = decimalSuffixes[suffix] { return Unit(form: .decimal, decimal: decimal) }
        if let binary = binarySuffixes[suffix] { return Unit(form: .binary, binary: binary) }
        guard suffix.first == "e" || suffix.first == "E",
            let exponent = Int(suffix.dropFirst()),
            (-lengthLimit...lengthLimit).contains(exponent)
        else { return nil }
        return Unit(form: .exponent, decimal: exponent)
    }

    /// The digits, of which the last `decimals` stand after the point, times the unit, in
    /// billionths.
    private static func scaled(_ digits: Substring, unit: Unit, decimals: Int) -> Int128? {
        var value: Int128 = 0
        for digit in digits.utf8 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return cap }
            value = product + Int128(digit - UInt8(ascii: "0"))
        }
        let (shifted, overflow) = value.multipliedReportingOverflow(by: 1 << Int128(unit.binary))
        if overflow { return cap }
        value = shifted
        var power = unit.decimal + 9 - decimals
        while power > 0 && value != 0 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return cap }
            value = product
            power -= 1
        }
        var isInexact = false
        while power < 0 && value != 0 {
            isInexact = isInexact || value % 10 != 0
            value /= 10
            power += 1
        }
        return isInexact ? value + 1 : value
    }

    /// The amount as a floating point number, for ratios and pages.
    package var double: Double { Double(billionths) / Double(Self.one) }

    /// The amount rounded up to a whole number.
    package var roundedUp: Int {
        let (quotient, rest) = billionths.quotientAndRemainder(dividingBy: Self.one)
        return Int(quotient + (rest > 0 ? 1 : 0))
    }

    /// The canonical form: the largest suffix that leaves no fraction.
    package var text: String {
        let isWhole = billionths % Self.one == 0
        if form == .binary && isWhole && abs(billionths) >= 1024 * Self.one {
            return Self.text(
                billionths / Self.one, base: 1024,
                suffixes: ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])
        }
        if form == .exponent {
            return Self.text(
                billionths, base: 1000,
                suffixes: ["e-9", "e-6", "e-3", "", "e3", "e6", "e9", "e12", "e15", "e18"])
        }
        return Self.text(
            billionths, base: 1000, suffixes: ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"])
    }

    private static func text(_ value: Int128, base: Int128, suffixes: [String]) -> String {
        if value == 0 { return "0" }
        var value = value
        var step = 0
        while step + 1 < suffixes.count && value % base == 0 {
            value /= base
            step += 1
        }
        return "\(value)\(suffixes[step])"
    }
}

extension Quantity: Hashable, Comparable, CustomStringConvertible {
    package static func == (left: Self, right: Self) -> Bool { left.billionths == right.billionths }
    package static func < (left: Self, right: Self) -> Bool { left.billionths < right.billionths }
    package func hash(into hasher: inout Hasher) { hasher.combine(billionths) }
    package var description: String { text }
}
