import Documents
import Testing

struct `A timestamp` {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-01-02T03:04:05Z", 1_767_323_045_000),
            ("2000-02-29T23:59:59.999Z", 951_868_799_999), ("1969-12-31T23:59:59.5Z", -500),
            ("2026-01-02T03:04:05.678901234Z", 1_767_323_045_678),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("2026-01-02T05:34:05+02:30", 1_767_323_045_000),
            ("2026-01-01T22:04:05-05:00", 1_767_323_045_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("2026-01-02t03:04:05z", 1_767_323_045_000),
        ] as [(String, Int64)])
    func `is read`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-01-02", "2026-01-02T03:04:05", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-01-02T24:00:00Z",
        "2026-01-02T03:60:00Z", "2026-01-02T03:04:60Z", "2026-01-02T03:04:05.Z",
        "2026-01-02 03:04:05Z",
        "2026-01-02T03:04:05Zx", "2026-01-02T03:04:05+0200", "2026-01-02T03:04:05+24:00",
        "26-01-02T03:04:05Z",
        "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00",
    ])
    func `that is none is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `is written with seconds or microseconds`() {
        let time = Timestamp(milliseconds: 1_767_323_045_078)
        #expect(time.rfc3339 == "2026-01-02T03:04:05Z")
        #expect(time.rfc3339Micro == "2026-01-02T03:04:05.078000Z")
        #expect(Timestamp(milliseconds: -1).rfc3339Micro == "1969-12-31T23:59:59.999000Z")
    }

    @Test func `of days all over 4000 years comes back`() {
        // 31 meets every day of the year in the 400 years after which the calendar repeats.
        let wrong = stride(from: -719_000, to: 740_000, by: 31).filter { day in
            let time = Timestamp(seconds: Int64(day) * 86_400)
            return Timestamp(rfc3339: time.rfc3339) != time
        }
        #expect(wrong.isEmpty)
    }

    @Test func `moves and compares, and stops at the ends of the calendar`() {
        let time = Timestamp(seconds: 100)
        #expect(time.advanced(bySeconds: -90) == Timestamp(seconds: 10))
        #expect(time.advanced(byMilliseconds: 5).milliseconds(since: time) == 5)
        #expect(time < time.advanced(bySeconds: 1))
        #expect(time.advanced(bySeconds: .max).rfc3339 == "9999-12-31T23:59:59Z")
        #expect(time.advanced(bySeconds: .min).rfc3339 == "0000-01-01T00:00:00Z")
    }
}

struct `A duration of Go` {
    @Test(
        arguments: [
            ("0", 0), ("0s", 0), ("-0", 0), ("1m30s", 90_000), ("1h2m3.5s", 3_723_500),
            ("300ms", 300),
            ("-1.5h", -5_400_000), ("+5s", 5000), (".5s", 500), ("1.s", 1000), ("1500us", 1),
            ("1500\u{B5}s", 1),
            ("1500\u{3BC}s", 1), ("999999ns", 0), ("1s1s", 2000), ("0.1s", 100),
            ("2562047h", 9_223_369_200_000),
        ] as [(String, Int64)])
    func `is read`(text: String, milliseconds: Int64) {
        #expect(GoDuration.parse(text) == milliseconds)
    }

    @Test(arguments: [
        "", "-", "1", "s", ".", ".s", "1d", "1 s", "1s ", "5 minutes", "1sm", "--1s", "2562048h",
        "99999999999999999999s", "1e3s", "0.0",
    ])
    func `that is none is refused`(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }

    @Test(
        arguments: [
            (0, "0s"), (1, "1ns"), (1500, "1.5\u{B5}s"), (300_000_000, "300ms"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"), (3_723_500_000_000, "1h2m3.5s"),
            (-5_400_000_000_000, "-1h30m0s"),
            (1_001_000_000, "1.001s"), (.min, "-2562047h47m16.854775808s"),
        ] as [(Int64, String)])
    func `is written as Go writes it`(nanoseconds: Int64, text: String) {
        #expect(GoDuration(nanoseconds: nanoseconds).text == text)
        #expect(GoDuration(parsing: text)?.nanoseconds == nanoseconds)
    }
}
