import Curl
import Foundation
import Testing

@testable import Serving

struct `A listener on a socket file` {
    @Test func `keeps the file to its owner and removes it at its end`() async throws {
        let directory = try temporaryDirectory(mode: 0o700)
        defer { remove(directory) }
        let path = "\(directory)/api.sock"
        let listener = TestListener(at: .unix(path: path)) { _ in .text("here") }
        try await listener.run { _ in
            var request = CurlRequest(url: "http://localhost/")
            request.unixSocketPath = path
            #expect(try await CurlClient().execute(request).text == "here")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `refuses a directory that others may enter`() async throws {
        let directory = try temporaryDirectory(mode: 0o755)
        defer { remove(directory) }
        let listener = Listener(at: .unix(path: "\(directory)/api.sock"), logger: quiet) { _ in
            .text("")
        }
        await #expect(throws: ListenerError.directoryOpenToOthers(path: directory)) {
            try await listener.run()
        }
    }
}

private func temporaryDirectory(mode: Int) throws -> String {
    let directory = FileManager.default.temporaryDirectory.path + "/serving-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: mode]
    )
    return directory
}

private func remove(_ directory: String) {
    do {
        try FileManager.default.removeItem(atPath: directory)
    } catch {
        Issue.record("the test's directory \(directory) stays behind: \(error)")
    }
}
