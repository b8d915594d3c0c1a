import Foundation
import Simulation
import Testing

/// Stories and their transcripts. `RECORD_SCENARIOS=1 swift test` writes the transcripts anew: read
/// every line of the difference before you believe it.
struct `A scenario` {
    @Test(arguments: try Scenario.names) func `is told as recorded`(name: String) throws {
        let transcript = try Scenario(name).player.play()
        let file = Scenario.folder.appending(path: "\(name).txt")
        if ProcessInfo.processInfo.environment["RECORD_SCENARIOS"] != nil {
            try transcript.text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(transcript.text == (try String(contentsOf: file, encoding: .utf8)))
        #expect(transcript.broken == [])
    }
}
