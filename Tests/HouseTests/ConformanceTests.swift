import Foundation
import Testing

struct `A row of conformance` {
    private let conformance = Conformance.here

    @Test func `has an id of its own`() {
        let offences = Dictionary(grouping: conformance.rows, by: \.id).values
            .filter { $0.count > 1 }
            .flatMap { rows in
                rows.dropFirst().map { Offence(Conformance.rowsPath, line: $0.line, $0.id) }
            }
        #expect(conformance.rows.count > 500)
        expectNone(offences, because: "Tests name rows by their ids, which have one meaning.")
    }

    @Test func `is there where a test names it, above that test`() {
        let known = Set(conformance.rows.map(\.id))
        let offences = conformance.claims.compactMap { claim -> Offence? in
            if claim.test.function.isEmpty {
                return Offence(claim.path, line: claim.line, "\(claim.id) stands above no test")
            }
            return known.contains(claim.id)
                ? nil : Offence(claim.path, line: claim.line, "there is no row \(claim.id)")
        }
        expectNone(offences, because: "What a test holds is found by it; correct the id.")
    }

    @Test func `is read from the words above a test`() {
        let text = """
            struct `A suite` {
                @Test func `says nothing`() {}

                //! Why.
                //! Holds: 1.1 replicas, 4.9 spec.paused.
                //! Refuses: 6.7 alb.
                @Test(
                    arguments: [1]) func `says something`(_ number: Int) {}
            }
            """.replacing("//!", with: "///")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let test = Conformance.TestName(suite: "A suite", function: "says something")
        #expect(
            Conformance.claims(in: lines, of: "a.swift") == [
                .init(verb: .holds, id: "1.1 replicas", path: "a.swift", line: 5, test: test),
                .init(verb: .holds, id: "4.9 spec.paused", path: "a.swift", line: 5, test: test),
                .init(verb: .refuses, id: "6.7 alb", path: "a.swift", line: 6, test: test),
            ])
        let run = """
            <testsuite><testcase classname="HouseTests.`A suite`" name="`says something`(_:)">
            <failure message="&quot;1&quot;" /></testcase></testsuite>
            """
        #expect(Conformance.endings(of: run) == [test: .failed])
    }

    @Test func `keeps the result of a run before until its line changes`() {
        let row = Conformance.Entry.row(.init(id: "1.1 replicas", text: "are many", line: 1))
        let test = Conformance.TestName(suite: "A suite", function: "says it")
        let claim = Conformance.Claim(
            verb: .holds, id: "1.1 replicas", path: "a.swift", line: 1, test: test)
        let conformance = Conformance(entries: [row], claims: [claim])
        let page = conformance.page([test: .passed])
        #expect(page.hasSuffix("| replicas | are many | [A suite says it](../a.swift) | held |\n"))
        #expect(conformance.page([:], after: page) == page)
        #expect(conformance.page([:]).hasSuffix(" | not run |\n"))
        #expect(Conformance(entries: [row], claims: []).page([:]).hasSuffix(" | missing |  |\n"))
    }
}

/// `Scripts/conformance` writes the page, from a run of all tests.
struct `The page of conformance` {
    @Test func `says what the rows and the tests say`() throws {
        let environment = ProcessInfo.processInfo.environment
        let conformance = Conformance.here
        let file = Repository.url(Conformance.pagePath)
        if let results = environment["RECORD_CONFORMANCE"] {
            let endings = try Conformance.endings(in: URL(filePath: results))
            try conformance.page(endings, after: Repository.text(Conformance.pagePath))
                .write(to: file, atomically: true, encoding: .utf8)
        }
        let found = Conformance.withoutResults(Repository.text(Conformance.pagePath))
        let expected = Conformance.withoutResults(conformance.page([:]))
        let offences = expected.enumerated().filter { offset, line in
            offset >= found.count || found[offset] != line
        }.map { Offence(Conformance.pagePath, line: $0.offset + 1, "should be: \($0.element)") }
        expectNone(
            Array(offences.prefix(5)),
            because: "`Scripts/conformance page` writes it anew with the results of the last run.")
        #expect(found.count == expected.count)
    }
}
