import Testing

struct `A test` {
    @Test func `belongs to a suite that is its subject`() {
        let offences = Repository.tests.flatMap { file in
            file.lines.enumerated().filter { $0.element.hasPrefix("@Te" + "st") }
                .map { Offence(file.path, line: $0.offset + 1, "stands outside of a suite") }
        }
        expectNone(offences, because: "Suite and test read together as one sentence.")
    }

    @Test func `says in words what holds`() {
        let offences = Repository.tests.flatMap { file in
            file.tokens.indices.compactMap { index -> Offence? in
                guard file.tokens[index].text == "Test", index > 0,
                    file.tokens[index - 1].text == "@",
                    let function = file.tokens[index...].firstIndex(where: { $0.text == "func" }),
                    !file.tokens[function + 1].text.hasPrefix("`")
                else { return nil }
                let name = file.tokens[function + 1].text
                return Offence(file.path, line: file.tokens[index].line, "\(name) is no sentence")
            }
        }
        expectNone(offences, because: "``@Test func `does something` `` is read by people first.")
    }

    @Test func `runs always`() {
        let offences = Repository.tests.flatMap { file in
            [[".", "disabled"], ["withKnownIssue"], ["XCTest"]].flatMap { words in
                file.lines(with: words).map { Offence(file.path, line: $0, words.joined()) }
            }
        }
        expectNone(
            offences, because: "A test that is switched off says nothing, and looks as if it did.")
    }

    @Test func `stands in a file that has tests or what they share`() {
        let suites = Set(Repository.tests.map(\.room))
        let missing = Rooms.knows.keys.filter { room in
            Repository.exists("Sources/\(room)") && room != "sluice" && room != "embed-assets"
                && room != "Controller" && !suites.contains("\(room)Tests")
        }
        expectNone(
            missing.sorted().map { Offence("Tests/\($0)Tests", "is missing") },
            because: "Tests mirrors Sources: every room has its own.")
    }
}
