import Documents
import Rollouts
import Testing

@testable import Controller

struct `What an extension answers` {
    private func answer(_ text: String) throws -> PluginAnswer {
        PluginAnswer(try JSON(parsing: text))
    }

    @Test func `is a phase, with what belongs to it`() throws {
        #expect(
            try answer(#"{"phase":"Running","message":"7 of 9","again":7,"state":{"job":7}}"#)
                == PluginAnswer(.running, "7 of 9", againSeconds: 7, state: #"{"job":7}"#))
        #expect(try answer(#"{"phase":"Successful"}"#) == PluginAnswer(.successful))
        #expect(try answer(#"{"phase":"Failed","message":"no"}"#) == PluginAnswer(.failed, "no"))
    }

    @Test(arguments: ["{}", #"{"phase":"Done"}"#, #"{"phase":"successful"}"#, #"{"phase":true}"#])
    func `is an error where the phase is none`(_ text: String) throws {
        #expect(try answer(text).phase == .error)
    }

    @Test func `has bounds`() throws {
        let long = String(repeating: "m", count: 10_000)
        let cut = try answer(#"{"phase":"Running","message":"\#(long)"}"#).redacted(by: .none)
        #expect(cut.message.utf8.count == 500)
        #expect(try answer(#"{"phase":"Running","again":0}"#).againSeconds == 5)
        #expect(try answer(#"{"phase":"Running","again":100000}"#).againSeconds == 3_600)
        #expect(try answer(#"{"phase":"Successful","state":"\#(long)"}"#).phase == .error)
    }

    @Test func `says no secret`() throws {
        let redactor = Redactor([Secret("hush-hush")])
        let said = try answer(#"{"phase":"Failed","message":"hush-hush","state":"hush-hush"}"#)
            .redacted(by: redactor)
        #expect(said == PluginAnswer(.failed, "*****", state: #""*****""#))
    }
}

struct `A question to an extension` {
    private let key = RolloutKey(namespace: "web", name: "shop")

    private func call(_ execution: Int) -> PluginCall {
        PluginCall(
            index: 1, name: "acme/check", operation: .run, begun: Instant(milliseconds: 0),
            execution: execution)
    }

    @Test func `is asked once at a time, and again where nobody heard the answer`() async {
        let memory = Recollection()
        #expect(await memory.asks(call(1), of: key))
        #expect(await !memory.asks(call(1), of: key))
        #expect(await !memory.asks(call(2), of: key))
        await memory.heard(nil, to: call(1), of: key)
        #expect(await memory.asks(call(1), of: key))
        await memory.heard(PluginAnswer(.running), to: call(1), of: key)
        #expect(await memory[key].talk == PluginTalk(call(1), answer: PluginAnswer(.running)))
        #expect(await memory.asks(call(2), of: key))
        await memory.heard(PluginAnswer(.successful), to: call(1), of: key)
        #expect(await memory[key].talk == PluginTalk(call(2)))
    }
}
