import Testing

@testable import Controller

struct `Complaints about annotations` {
    @Test func `leave room for warnings about services`() async {
        let attempts = Attempts()
        for number in 0..<1_100 {
            #expect(await attempts.complains(of: "fault", of: "uid-\(number)"))
        }
        #expect(await !attempts.complains(of: "fault", of: "uid-7"))
        #expect(await attempts.warns(of: "web/slack:releases"))
    }
}
