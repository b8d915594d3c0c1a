import Testing

/// The rules are only as good as the eyes they read with.
struct `A source file, as the rules read it,` {
    @Test func `has no words in comments and literals`() {
        let file = SourceFile(
            path: "Sources/Room/File.swift",
            text: ##"""
                let a = "try! \(call(")")) public" // fatalError
                /* try! /* nested */ public */ let b = #"a " \(no) \#(yes)"#
                let c = """
                    public "quoted"
                    """ + d
                """##)
        #expect(
            file.tokens.map(\.text) == [
                "let", "a", "=", "call", "(", ")", "let", "b", "=", "yes", "let", "c", "=", "+",
                "d",
            ])
        #expect(file.tokens.last?.line == 5)
    }

    @Test func `shows its imports, types and functions`() {
        let file = SourceFile(
            path: "Sources/Room/File.swift",
            text: """
                import Alpha
                @preconcurrency import struct Beta.Thing
                package struct Outer: Hashable {
                    class func plain() -> Int {
                        0
                    }
                    package enum Inner { case a }
                    /// Said.
                    @inlinable
                    package func said() {}
                    package let value = Other.init(1)
                }
                protocol Asked {
                    func asked()
                    var other: Int { get }
                }
                """)
        #expect(file.imports.map(\.module) == ["Alpha", "Beta"])
        #expect(file.types.map(\.name) == ["Outer", "Inner", "Asked"])
        #expect(file.functions.map(\.name) == ["plain", "said"])
        #expect(file.functions.map(\.length) == [3, 1])
        #expect(file.undocumented.map(\.what) == ["struct Outer", "enum Inner"])
    }

    @Test func `has names that are made of words`() {
        #expect(words(of: "HTTPListener2") == ["HTTP", "Listener2"])
        #expect(words(of: "Base64Manager") == ["Base64", "Manager"])
        #expect(words(of: "baseURL") == ["base", "URL"])
    }

    @Test func `is excused only as long as it needs to be`() {
        let excuses = Excuses(["a.swift": "a reason", "b.swift": "an old one"])
        let offences = [Offence("a.swift", "one"), Offence("c.swift", line: 7, "two")]
        #expect(
            excuses.applied(to: offences).map(\.description) == [
                "c.swift:7: two", "b.swift:1: this excuse is not needed any more; remove it",
            ])
    }
}
