import KubernetesObjects
import Testing

struct `A quantity` {
    @Test(arguments: [
        ("1000m", "1"), ("1024Mi", "1Gi"), ("0.5", "500m"), ("0", "0"), ("1.5Gi", "1536Mi"),
        ("1000Mi", "1000Mi"), ("1000", "1k"), ("1500", "1500"), ("100000", "100k"), ("1e3", "1e3"),
        ("12e6", "12e6"), ("1E2", "100"), ("0.5Ki", "512"), ("1.25Ki", "1280"), ("2048", "2048"),
        ("-0.5", "-500m"), ("+3", "3"), ("0.1n", "1n"), (".5", "500m"), ("5.", "5"), ("1E", "1E"),
        ("100u", "100u"), ("0.0001Ki", "102400u"), ("0Mi", "0"), ("2Ki", "2Ki"),
        ("99999999999999999999", "9223372036854775807"),
    ])
    func `prints as an API server does`(_ text: String, _ canonical: String) throws {
        #expect(try #require(Quantity(text)).text == canonical)
    }

    @Test(arguments: [
        "", "m", "1.2.3", "1 Gi", "1gi", "1KI", "--1", "e3", "1e", "1e1.5",
        "1e-9223372036854775808", "0x10", "١",
    ])
    func `that is no amount is nil`(_ text: String) {
        #expect(Quantity(text) == nil)
    }

    @Test func `compares by amount, not by spelling`() throws {
        #expect(Quantity("1Gi") == Quantity("1024Mi"))
        #expect(try #require(Quantity("1G")) < #require(Quantity("1Gi")))
        #expect(try #require(Quantity("-1")) < #require(Quantity("1m")))
        #expect(Set([Quantity("1"), Quantity("1000m"), Quantity("1e0")]).count == 1)
    }

    @Test func `rounds up to whole numbers`() throws {
        #expect(try #require(Quantity("1500m")).roundedUp == 2)
        #expect(try #require(Quantity("-1500m")).roundedUp == -1)
        #expect(try #require(Quantity("250m")).double == 0.25)
    }
}
