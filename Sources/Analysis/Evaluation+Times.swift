import Documents

/// What is asked of moments and spans (expr 1.15: `date`, and the methods of Go's `time.Time` and
/// `time.Duration`). Times are in UTC, also one that is written with an offset, which keeps it
/// there; months and weekdays are numbers.
extension Evaluation {
    /// Of a text alone, in one of the usual forms; with a second text, in the form of that example.
    /// A third names a time zone: only UTC is known.
    func date(_ values: [MetricValue], at: Int) throws(ConditionError) -> Timestamp {
        var texts: [String] = []
        for value in values { texts.append(try text(value, for: "date", at: at)) }
        if texts.count > 2, !["", "UTC"].contains(texts[2]) {
            throw ConditionError(
                "unknown time zone \(quoted(texts[2])): write the time in UTC, or with an offset",
                at: at)
        }
        if texts.count > 1 { try checkForm(texts[1], at: at) }
        let layouts = texts.count > 1 ? [GoLayout(texts[1])] : GoLayout.usual
        for layout in layouts {
            if let time = layout.time(of: texts[0]) { return time }
        }
        let form = texts.count > 1 ? " in the form \(quoted(texts[1]))" : ""
        throw ConditionError("invalid date \(quoted(texts[0]))\(form)", at: at)
    }

    private func checkForm(_ form: String, at: Int) throws(ConditionError) {
        if form.utf8.count > GoLayout.longest {
            throw ConditionError(
                "a form of a time has at most \(GoLayout.longest) bytes", at: at)
        }
    }

    /// A method, whose name begins with a dot.
    mutating func method(
        _ name: String, _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> MetricValue {
        switch values[0] {
        case .time(let time): try asked(name, of: time, values, at: at)
        case .duration(let span): try asked(name, of: span, values[0], at: at)
        default: throw refused(name, values[0], at: at)
        }
    }

    private mutating func asked(
        _ name: String, of time: Timestamp, _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> MetricValue {
        let calendar = CalendarTime(time)
        switch name {
        case ".Year": return .int(Int(calendar.year))
        case ".Month": return .int(Int(calendar.month))
        case ".Day": return .int(Int(calendar.day))
        case ".Hour": return .int(Int(calendar.hour))
        case ".Minute": return .int(Int(calendar.minute))
        case ".Second": return .int(Int(calendar.second))
        case ".Weekday": return .int(Int(calendar.weekday))
        case ".YearDay": return .int(Int(calendar.dayOfYear))
        case ".Unix": return .int(Int(time.seconds))
        case ".UnixMilli": return .int(Int(time.milliseconds))
        case ".UTC": return values[0]
        case ".String":
            return .string(GoLayout("2006-01-02 15:04:05.999 -0700 MST").text(of: time))
        case ".Format":
            let layout = try text(values[1], for: name, at: at)
            try checkForm(layout, at: at)
            return .string(GoLayout(layout).text(of: time))
        default: throw refused(name, values[0], at: at)
        }
    }

    private func asked(
        _ name: String, of span: GoDuration, _ value: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        switch name {
        case ".Hours": return .float(Double(span.nanoseconds) / 3.6e12)
        case ".Minutes": return .float(Double(span.nanoseconds) / 6e10)
        case ".Seconds": return .float(Double(span.nanoseconds) / 1e9)
        case ".Milliseconds": return .int(Int(span.nanoseconds / 1_000_000))
        case ".Nanoseconds": return .int(Int(span.nanoseconds))
        case ".Abs":
            let size = Int64(clamping: span.nanoseconds.magnitude)
            return .duration(GoDuration(nanoseconds: size))
        case ".String": return .string(span.text)
        default: throw refused(name, value, at: at)
        }
    }
}
