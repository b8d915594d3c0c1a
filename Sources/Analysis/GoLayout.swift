import Documents

/// How a time is written, by the example that Go's `time.Parse` and `Time.Format` take: the moment
/// `Mon Jan 2 15:04:05 MST 2006` in the wanted form (https://pkg.go.dev/time#pkg-constants).
///
/// Times here are in UTC: an offset in a text is taken off, and a form with an offset shows none.
package struct GoLayout {
    /// A piece of the example.
    private enum Part {
        case literal(String)
        case year, shortYear
        case monthName, shortMonthName, month(Digits)
        case weekdayName, shortWeekdayName
        case day(Digits), dayOfYear(Digits)
        case hour, hourOfTwelve(Digits), minute(Digits), second(Digits)
        case halfOfDay(isUpper: Bool)
        case zoneName, offset(Offset)
        /// `.000` or `.999`; the second is left out where it would be nothing.
        case fraction(digits: Int, mark: Character, isShort: Bool)
    }

    /// How a number is filled up.
    private enum Digits {
        case plain, zeros, spaces
    }

    private struct Offset {
        var hasMinutes = true
        var hasColon = false
        /// `Z` for UTC.
        var isLetter = false
    }

    private var parts: [Part] = []

    /// Those that `date` tries, one after the other.
    static let usual = [
        "2006-01-02", "15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z07:00",
        "02 Jan 06 15:04 MST", "Monday, 02-Jan-06 15:04:05 MST", "Mon, 02 Jan 2006 15:04:05 MST",
    ].map { GoLayout($0) }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// The longest come before those that they begin with.
    private static let known: [(String, Part)] = [
        ("January", .monthName), ("Jan", .shortMonthName), ("Monday", .weekdayName),
        ("Mon", .shortWeekdayName), ("MST", .zoneName), ("2006", .year),
        ("002", .dayOfYear(.zeros)), ("__2", .dayOfYear(.spaces)), ("01", .month(.zeros)),
        ("02", .day(.zeros)), ("03", .hourOfTwelve(.zeros)), ("04", .minute(.zeros)),
        ("05", .second(.zeros)), ("06", .shortYear), ("15", .hour), ("_2", .day(.spaces)),
        ("PM", .halfOfDay(isUpper: true)), ("pm", .halfOfDay(isUpper: false)),
        ("Z07:00", .offset(Offset(hasColon: true, isLetter: true))),
        ("Z0700", .offset(Offset(isLetter: true))),
        ("Z07", .offset(Offset(hasMinutes: false, isLetter: true))),
        ("-07:00", .offset(Offset(hasColon: true))), ("-0700", .offset(Offset())),
        ("-07", .offset(Offset(hasMinutes: false))), ("1", .month(.plain)), ("2", .day(.plain)),
        ("3", .hourOfTwelve(.plain)), ("4", .minute(.plain)), ("5", .second(.plain)),
    ]

    package init(_ example: String) {
        var rest = Substring(example), literal = ""
        while let first = rest.first {
            let part: Part
            if let (digits, isShort) = Self.fraction(at: rest) {
                part = .fraction(digits: digits, mark: first, isShort: isShort)
                rest = rest.dropFirst(digits + 1)
            } else if let (name, found) = Self.known.first(where: { rest.begins(with: $0.0) }) {
                part = found
                rest = rest.dropFirst(name.count)
            } else {
                literal.append(first)
                rest = rest.dropFirst()
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
            parts.append(part)
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
    }

    /// In bytes. A longer one is no example.
    package static let longest = 200

    /// `.000`, `,999` and their like, with no other digit after them.
    private static func fraction(at rest: Substring) -> (digits: Int, isShort: Bool)? {
        guard rest.first == "." || rest.first == ",",
            let digit = rest.dropFirst().first, digit == "0" || digit == "9"
        else { return nil }
        let run = rest.dropFirst().prefix { $0 == digit }
        let next = rest.dropFirst(1 + run.count).first
        guard next.map({ !("0"..."9").contains($0) }) ?? true else { return nil }
        return (run.count, digit == "9")
    }
}

extension GoLayout {
    /// The moment as the example has it, in UTC.
    package func text(of time: Timestamp) -> String {
        let calendar = CalendarTime(time)
        return parts.map { text(of: $0, calendar) }.joined()
    }

    private func text(of part: Part, _ time: CalendarTime) -> String {
        switch part {
        case .literal(let text): text
        case .year: number(time.year, 4, .zeros)
        case .shortYear: number(time.year % 100, 2, .zeros)
        case .monthName: Self.months[Int(time.month) - 1]
        case .shortMonthName: String(Self.months[Int(time.month) - 1].prefix(3))
        case .month(let digits): number(time.month, 2, digits)
        case .weekdayName: Self.weekdays[Int(time.weekday)]
        case .shortWeekdayName: String(Self.weekdays[Int(time.weekday)].prefix(3))
        case .day(let digits): number(time.day, 2, digits)
        case .dayOfYear(let digits): number(time.dayOfYear, 3, digits)
        case .hour: number(time.hour, 2, .zeros)
        case .hourOfTwelve(let digits): number((time.hour + 11) % 12 + 1, 2, digits)
        case .minute(let digits): number(time.minute, 2, digits)
        case .second(let digits): number(time.second, 2, digits)
        case .halfOfDay(let isUpper):
            isUpper ? (time.hour < 12 ? "AM" : "PM") : (time.hour < 12 ? "am" : "pm")
        case .zoneName: "UTC"
        case .offset(let offset):
            offset.isLetter
                ? "Z" : "+00" + (offset.hasMinutes ? (offset.hasColon ? ":00" : "00") : "")
        case .fraction(let digits, let mark, let isShort):
            fraction(time.millisecond, digits, mark, isShort)
        }
    }

    private func number(_ value: Int64, _ width: Int, _ digits: Digits) -> String {
        let text = String(value)
        let missing = max(0, width - text.count)
        switch digits {
        case .plain: return text
        case .zeros: return String(repeating: "0", count: missing) + text
        case .spaces: return String(repeating: " ", count: missing) + text
        }
    }

    private func fraction(
        _ milliseconds: Int64, _ digits: Int, _ mark: Character, _ isShort: Bool
    ) -> String {
        let known = number(milliseconds, 3, .zeros).prefix(digits)
        let text = known + String(repeating: "0", count: max(0, digits - 3))
        if !isShort { return "\(mark)\(text)" }
        let short = String(text.reversed().drop { $0 == "0" }.reversed())
        return short.isEmpty ? "" : "\(mark)\(short)"
    }
}

extension GoLayout {
    /// What was read so far.
    private struct Reading {
        var rest: Substring
        var time = CalendarTime(year: 0, month: 1, day: 1)
        var dayOfYear: Int64?
        var isAfternoon: Bool?
        var minutesEast: Int64 = 0

        /// As many digits as there are, within these; nil where they are fewer.
        mutating func number(_ digits: ClosedRange<Int>) -> Int64? {
            let run = rest.utf8.prefix(digits.upperBound)
                .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard run.count >= digits.lowerBound, let number = Int64(String(Substring(run))) else {
                return nil
            }
            rest = rest.dropFirst(run.count)
            return number
        }

        mutating func number(_ digits: Digits, width: Int = 2) -> Int64? {
            switch digits {
            case .plain: return number(1...width)
            case .zeros: return number(width...width)
            case .spaces:
                rest = rest.drop { $0 == " " }
                return number(1...width)
            }
        }

        mutating func skip(_ text: some StringProtocol) -> Bool {
            guard rest.hasPrefix(text) else { return false }
            rest = rest.dropFirst(text.count)
            return true
        }

        /// The place of the name that is next, in whatever case.
        mutating func name(of names: [String]) -> Int64? {
            guard
                let index = names.firstIndex(where: {
                    rest.prefix($0.count).lowercased() == $0.lowercased()
                })
            else { return nil }
            rest = rest.dropFirst(names[index].count)
            return Int64(index)
        }

        mutating func set(
            _ field: WritableKeyPath<CalendarTime, Int64>, _ value: Int64?
        ) -> Bool {
            guard let value else { return false }
            time[keyPath: field] = value
            return true
        }

        /// A space of the example stands for one or more, and at the end for none, too.
        mutating func pass(_ literal: String) -> Bool {
            for character in literal {
                if character == " " {
                    guard rest.isEmpty || rest.first == " " else { return false }
                    rest = rest.drop { $0 == " " }
                } else if !skip(String(character)) {
                    return false
                }
            }
            return true
        }

        /// `UTC`, or any other name, which tells no offset.
        mutating func passZone() -> Bool {
            let name = rest.prefix { ("A"..."Z").contains($0) }
            rest = rest.dropFirst(name.count)
            return (3...4).contains(name.count)
        }

        mutating func pass(_ offset: Offset) -> Bool {
            if offset.isLetter, skip("Z") { return true }
            let isWest = rest.first == "-"
            guard skip("+") || skip("-"), let hours = number(2...2), hours < 24 else {
                return false
            }
            minutesEast = hours * 60
            if offset.hasMinutes {
                guard !offset.hasColon || skip(":"), let minutes = number(2...2), minutes < 60
                else { return false }
                minutesEast += minutes
            }
            if isWest { minutesEast = -minutesEast }
            return true
        }

        var result: Timestamp? {
            var time = time
            if let isAfternoon { time.hour = time.hour % 12 + (isAfternoon ? 12 : 0) }
            guard let dayOfYear else { return Timestamp(calendar: time, minutesEast: minutesEast) }
            (time.month, time.day) = (1, 1)
            let first = Timestamp(calendar: time, minutesEast: minutesEast)
            let isOfYear = (1...CalendarTime.days(of: time.year)).contains(dayOfYear)
            return isOfYear ? first?.advanced(bySeconds: Int(dayOfYear - 1) * 86_400) : nil
        }

        /// Milliseconds of a fraction that is next; finer digits are passed over.
        mutating func fraction(_ digits: ClosedRange<Int>) -> Int64? {
            guard rest.first == "." || rest.first == "," else { return nil }
            let run = rest.dropFirst().prefix(digits.upperBound)
                .prefix { ("0"..."9").contains($0) }
            guard run.count >= digits.lowerBound else { return nil }
            rest = rest.dropFirst(1 + run.count)
            return Int64((run + "00").prefix(3))
        }
    }

    /// The moment that `text` writes in this form; nil for any other text, and for a day that does
    /// not exist.
    func time(of text: String) -> Timestamp? {
        var reading = Reading(rest: Substring(text))
        for (place, part) in parts.enumerated() {
            let next = parts.dropFirst(place + 1).first
            guard read(part, &reading, before: next) else { return nil }
        }
        guard reading.rest.isEmpty else { return nil }
        return reading.result
    }

    private func read(_ part: Part, _ reading: inout Reading, before next: Part?) -> Bool {
        switch part {
        case .literal(let text): return reading.pass(text)
        case .year: return reading.set(\.year, reading.number(4...4))
        case .shortYear:
            // 69 to 99 are of the last century, as in Go.
            let year = reading.number(2...2)
            return reading.set(\.year, year.map { $0 + ($0 >= 69 ? 1900 : 2000) })
        case .monthName: return reading.set(\.month, reading.name(of: Self.months).map { $0 + 1 })
        case .shortMonthName:
            let months = Self.months.map { String($0.prefix(3)) }
            return reading.set(\.month, reading.name(of: months).map { $0 + 1 })
        case .month(let digits): return reading.set(\.month, reading.number(digits))
        case .weekdayName: return reading.name(of: Self.weekdays) != nil
        case .shortWeekdayName:
            return reading.name(of: Self.weekdays.map { String($0.prefix(3)) }) != nil
        case .day(let digits): return reading.set(\.day, reading.number(digits))
        case .dayOfYear(let digits):
            reading.dayOfYear = reading.number(digits, width: 3)
            return reading.dayOfYear != nil
        case .hour: return reading.set(\.hour, reading.number(1...2))
        case .hourOfTwelve(let digits):
            let hour = reading.number(digits)
            return (hour.map { $0 <= 12 } ?? false) && reading.set(\.hour, hour)
        case .minute(let digits): return reading.set(\.minute, reading.number(digits))
        case .second(let digits):
            guard reading.set(\.second, reading.number(digits)) else { return false }
            if case .fraction = next { return true }
            // A fraction may follow where the example has none.
            if let fraction = reading.fraction(1...18) { reading.time.millisecond = fraction }
            return true
        case .halfOfDay:
            reading.isAfternoon = reading.name(of: ["AM", "PM"]).map { $0 == 1 }
            return reading.isAfternoon != nil
        case .zoneName: return reading.passZone()
        case .offset(let offset): return reading.pass(offset)
        case .fraction(let digits, _, let isShort):
            let found = reading.fraction(isShort ? 1...18 : digits...digits)
            return isShort && found == nil || reading.set(\.millisecond, found)
        }
    }
}

extension Substring {
    /// As Go looks for it: `Month` does not begin with `Mon`, nor `_2006` with `_2`.
    fileprivate func begins(with name: String) -> Bool {
        guard hasPrefix(name) else { return false }
        let next = dropFirst(name.count).first
        switch name {
        case "Mon", "Jan": return !(next.map { ("a"..."z").contains($0) } ?? false)
        case "_2": return !hasPrefix("_2006")
        default: return true
        }
    }
}
