import Curl
import Documents
import Testing

@testable import Extensions

struct `The address of an extension` {
    @Test(arguments: [
        "http://127.0.0.1:9000", "http://localhost:9000/measure", "http://[::1]:9000",
        "https://127.8.9.1",
    ])
    func `is one of this machine`(_ text: String) throws {
        let request = try ExtensionAddress(text).request(["kind": "measure"])
        #expect(request.url == text)
        #expect(request.method == "POST" && !request.followsRedirects)
        #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == #"{"kind":"measure"}"#)
    }

    @Test(arguments: ["unix:/run/a.sock", "unix:///run/a.sock"])
    func `may be a socket`(_ text: String) throws {
        let request = try ExtensionAddress(text).request([:])
        #expect(request.unixSocketPath == "/run/a.sock")
    }

    @Test(arguments: [
        ("http://10.0.0.7:9000", ExtensionAddressFault.isElsewhere),
        ("http://127.0.0.1.example.com", .isElsewhere),
        ("http://localhost.example.com", .isElsewhere),
        ("http://me:secret@127.0.0.1", .hasPassword),
        ("http://", .isElsewhere),
        ("unix:a.sock", .relativeSocket),
        ("unix:/" + String(repeating: "a", count: 107), .longSocket),
        ("file:///plugins/metric", .isProgram),
        ("", .isProgram),
    ])
    func `is refused elsewhere`(_ text: String, _ fault: ExtensionAddressFault) {
        #expect(throws: fault) { try ExtensionAddress(text) }
    }

    @Test func `is taken elsewhere where somebody said so`() throws {
        let address = try ExtensionAddress("https://metrics.example.com", anywhere: true)
        #expect(address.request([:]).url == "https://metrics.example.com")
        #expect(throws: ExtensionAddressFault.hasPassword) {
            try ExtensionAddress("http://me:secret@metrics.example.com", anywhere: true)
        }
    }
}
