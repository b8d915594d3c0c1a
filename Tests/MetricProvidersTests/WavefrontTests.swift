import Analysis
import Curl
import Documents
import Testing

@testable import MetricProviders

struct `A metric of Wavefront` {
    private let keys = ["eu.wavefront.com": "the-wf-token"]
    private let provider: JSON = ["address": "eu.wavefront.com", "query": "ts({{args.token}})"]

    /// Holds: 5.13 wavefront.
    @Test func `is the last point of its series`() async throws {
        let server = Recorded((200, "{\"timeseries\":[{\"data\":[[1,0.5],[2,0.25]]}]}"))
        let question = try question("wavefront", provider, credentials: keys)
        #expect(try await ask(server, question) == Answer(value: .float(0.25)))
        let request = try #require(await server.requests.first)
        #expect(
            request.url == "https://eu.wavefront.com/api/v2/chart/api?q=ts%28s3cr3t%29"
                + "&s=1767319445&e=1767323045&g=s&i=false")
        #expect(request.headers == [Header("Authorization", "Bearer the-wf-token")])
    }

    @Test(
        arguments: [
            ("{\"timeseries\":[]}", .null), ("{}", .null),
            ("{\"timeseries\":[{\"data\":[]}]}", .null),
            (
                "{\"timeseries\":[{\"data\":[[1,1]]},{\"data\":[[1,2.5]]}]}",
                .list([.float(1), .float(2.5)])
            ),
        ] as [(String, MetricValue)])
    func `is null without a point, and a list for several series`(
        _ text: String, _ value: MetricValue
    ) async throws {
        let question = try question("wavefront", provider, credentials: keys)
        let answer = try await ask(Recorded((200, text)), question)
        #expect(answer.value == value)
        if value == .null {
            let taken = question.concluded(with: answer, startedAt: now, finishedAt: now)
            #expect(taken.measurement.phase != .successful)
        }
    }

    @Test(arguments: [
        (200, "{\"errorMessage\":\"bad the-wf-token\"}", "wavefront: bad *****"),
        (401, "no", "received non 2xx response code: 401"),
        (200, "{\"timeseries\":[{\"data\":[[1]]}]}", "with a number"),
    ])
    func `that is none is an error`(_ status: Int, _ text: String, _ message: String) async throws {
        let error = await #expect(throws: ProviderError.self) {
            try await ask(
                Recorded((status, text)), question("wavefront", provider, credentials: keys))
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test func `without a token for its address asks nothing`() async throws {
        let server = Recorded()
        await #expect(
            throws: ProviderError(
                "API token not found; keep one under eu.wavefront.com in the Secret "
                    + "wavefront-api-tokens")
        ) {
            try await ask(
                server, question("wavefront", provider, credentials: ["us.wavefront.com": "x"]))
        }
        #expect(await server.requests.isEmpty)
    }

}
