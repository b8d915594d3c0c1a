/// A moment as the Gregorian calendar and a clock in UTC show it.
package struct CalendarTime: Hashable, Sendable {
    package var year: Int64
    /// 1 to 12, as days are from 1.
    package var month: Int64
    package var day: Int64
    package var hour: Int64 = 0
    package var minute: Int64 = 0
    package var second: Int64 = 0
    package var millisecond: Int64 = 0

    package init(
        year: Int64, month: Int64, day: Int64, hour: Int64 = 0, minute: Int64 = 0,
        second: Int64 = 0, millisecond: Int64 = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    package init(_ time: Timestamp) {
        let days = time.seconds.flooredDivision(by: 86_400)
        let second = time.seconds - days * 86_400
        let date = CivilDate(daysSince1970: days)
        self.init(
            year: date.year, month: date.month, day: date.day, hour: second / 3600,
            minute: second / 60 % 60, second: second % 60,
            millisecond: time.milliseconds - time.seconds * 1000)
    }

    /// From 0 for Sunday.
    package var weekday: Int64 {
        // 1970 began on a Thursday.
        let days = (date?.daysSince1970 ?? 0) + 4
        return days - days.flooredDivision(by: 7) * 7
    }

    /// 365, or 366 in a leap year.
    package static func days(of year: Int64) -> Int64 {
        CivilDate(year: year, month: 2, day: 29) == nil ? 365 : 366
    }

    /// From 1 for the first of January.
    package var dayOfYear: Int64 {
        guard let date, let first = CivilDate(year: year, month: 1, day: 1) else { return 1 }
        return date.daysSince1970 - first.daysSince1970 + 1
    }

    fileprivate var date: CivilDate? { CivilDate(year: year, month: month, day: day) }
}

extension Timestamp {
    /// Nil for a day or a time of day that does not exist, and outside of the years 0000 to 9999.
    package init?(calendar: CalendarTime, minutesEast: Int64 = 0) {
        guard let date = calendar.date, (0..<24).contains(calendar.hour),
            (0..<60).contains(calendar.minute), (0..<60).contains(calendar.second)
        else { return nil }
        let hours = date.daysSince1970 * 24 + calendar.hour
        let seconds = (hours * 60 + calendar.minute - minutesEast) * 60 + calendar.second
        let milliseconds = seconds * 1000 + calendar.millisecond
        guard Self.range.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

/// A day of the Gregorian calendar; the arithmetic is Howard Hinnant's `days_from_civil`, where
/// years begin in March so that the leap day is the last of its year, and 400 years are always
/// 146,097 days.
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init?(year: Int64, month: Int64, day: Int64) {
        guard (1...12).contains(month), day >= 1 else { return nil }
        self.year = year
        self.month = month
        self.day = day
        // A day that the month does not have comes back as one of the next month.
        let real = CivilDate(daysSince1970: daysSince1970)
        guard real.month == month, real.day == day else { return nil }
    }

    init(daysSince1970: Int64) {
        let days = daysSince1970 + 719_468
        let era = days.flooredDivision(by: 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let yearFromMarch = month <= 2 ? year - 1 : year
        let era = yearFromMarch.flooredDivision(by: 400)
        let yearOfEra = yearFromMarch - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }
}
