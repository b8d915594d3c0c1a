import Documents
import Testing

@testable import Analysis

struct `A time in a form of Go's` {
    private static let forms = [
        "2006-01-02T15:04:05.000Z07:00", "Monday, 2 January 2006 03:04:05.000PM -0700",
        "02 Jan 2006 15:04:05,000 MST", "2006 002 15h4m5s.999", "Mon _2.1.2006 3:4:5.000000 pm Z07",
        "20060102150405.000", "__2/2006 15:04:05.000 -07",
    ]

    /// Holds: 5.7 language.
    @Test(arguments: forms) func `is read as it was written`(form: String) {
        var state: UInt64 = 42
        for _ in 0..<2_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let milliseconds = Int64(state >> 8) % 250_000_000_000_000 - 2_000_000_000_000
            let time = Timestamp(milliseconds: milliseconds)
            let text = GoLayout(form).text(of: time)
            #expect(GoLayout(form).time(of: text) == time, "\(text)")
        }
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        ("2006-01-02", "2023-8-14"), ("2006-01-02", "2023-02-29"), ("2006-01-02", "2023-08-14 "),
        ("15:04", "24:00"), ("15:04", "10:60"), ("3:04PM", "13:04PM"), ("3:04PM", "3:04"),
        ("2006 002", "2023 366"), ("2006 002", "2023 000"), ("Jan 2", "Foo 2"),
        ("15:04:05.000", "10:00:00.12"), ("15:04 MST", "10:00 X"), ("15:04 -0700", "10:00 0200"),
        ("15:04 -07:00", "10:00 +0200"), ("15:04 Z07:00", "10:00 +24:00"), ("2006", "２０２３"),
        ("", "x"), ("x", ""), ("15:04:05", "10:00:00."), ("2006-01-02 15:04", "2023-08-1410:00"),
        ("15:04:05.999", "10:00:00."), ("Month", "August"), ("2006", ""),
    ])
    func `is refused in another`(form: String, text: String) {
        #expect(GoLayout(form).time(of: text) == nil)
    }

    @Test func `may have a fraction where the form has none, and more spaces`() throws {
        let time = try #require(Timestamp(rfc3339: "2023-08-14T10:00:00.250Z"))
        #expect(GoLayout("2006-01-02 15:04:05").time(of: "2023-08-14   10:00:00.25") == time)
        let listed = GoLayout("15:04:05, Mon").time(of: "10:00:05, Tue")
        #expect(listed == Timestamp(rfc3339: "0000-01-01T10:00:05Z"))
    }
}
