import Documents
import Simulation
import Testing

struct `A simulated release` {
    @Test func `that is good goes through all steps`() throws {
        let transcript = try play(
            """
            0s   metric error-rate 0.001
            0s   metric latency-p95-seconds 0.08
            10s  image model-api:v2
            """)
        print(transcript.text)
        #expect(transcript.weights == [0, 10, 30, 50, 100, 0])
        #expect(transcript.ends["default/model-api"]?.phase == "Healthy")
        #expect(transcript.broken == [])
    }
}
