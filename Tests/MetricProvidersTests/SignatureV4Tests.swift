import Analysis
import Curl
import Documents
import Testing

@testable import MetricProviders

/// Of the test suite that AWS publishes.
struct `A signature of version 4` {
    let signature = SignatureV4(
        credentials: SignatureV4.Credentials(
            keyID: "AKIDEXAMPLE", secret: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            sessionToken: nil),
        region: "us-east-1", service: "service", time: Timestamp(seconds: 1_440_938_160))

    func authorization(_ request: CurlRequest) -> String? {
        signature.signed(request).headers.first { $0.name == "Authorization" }?.value
    }

    static let scope =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"

    @Test(arguments: [
        ("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        ("GET", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "GET", "/?Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
        ),
    ])
    func `is that of the published examples`(_ method: String, _ path: String, _ expected: String) {
        let request = CurlRequest(url: "https://example.amazonaws.com\(path)", method: method)
        #expect(
            authorization(request)
                == "\(Self.scope), SignedHeaders=host;x-amz-date, Signature=\(expected)")
    }

    @Test func `holds for a form`() {
        let request = CurlRequest(
            url: "https://example.amazonaws.com:443/", method: "POST",
            headers: [
                Header("Content-Type", "application/x-www-form-urlencoded"),
                Header("Authorization", "another"), Header("X-Scope", "unsigned"),
            ], body: Array("Param1=value1".utf8))
        #expect(
            authorization(request)
                == "\(Self.scope), SignedHeaders=content-type;host;x-amz-date, "
                + "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")
    }
}

struct `A query to the Prometheus of AWS` {
    let keys = [
        "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "the-secret-key",
        "AWS_SESSION_TOKEN": "the-session", "AWS_REGION": "eu-west-1",
    ]
    let role = [
        "AWS_ROLE_ARN": "arn:aws:iam::1:role/own", "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
        "AWS_DEFAULT_REGION": "eu-west-1",
    ]

    func provider(_ sigv4: JSON = ["region": "us-east-1"], host: String = "aps-workspaces") -> JSON
    {
        [
            "address": .string("https://\(host).us-east-1.amazonaws.com/workspaces/ws-1"),
            "query": "up", "authentication": ["sigv4": sigv4],
        ]
    }

    func ask(
        _ server: Recorded, _ provider: JSON, _ environment: [String: String]
    ) async throws -> Answer {
        var edge = ProviderEdge(now: { now }) { await server.take($0) }
        edge.environment = environment
        edge.file = { files[$0] }
        return try await MetricSource.live(edge).ask(question(provider))
    }

    func session(_ action: String, _ name: String) -> (Int, String) {
        (
            200,
            """
            <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
            <\(action)Result><Credentials><SessionToken>\(name)-session</SessionToken>
            <SecretAccessKey>\(name)-secret</SecretAccessKey>
            <Expiration>2026-01-02T04:04:05Z</Expiration><AccessKeyId>\(name)-id</AccessKeyId>
            </Credentials></\(action)Result></\(action)Response>
            """
        )
    }

    /// Holds: 5.10 sigv4.
    @Test func `is signed with the keys of the controller`() async throws {
        let server = Recorded((200, vector))
        _ = try await ask(server, provider(), keys)
        let request = try #require(await server.requests.first)
        let authorization = request.headers.first { $0.name == "Authorization" }?.value ?? ""
        #expect(
            authorization.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKID/20260102/us-east-1/aps/aws4_request, "
                    + "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=")
        )
        #expect(request.headers.contains(Header("X-Amz-Security-Token", "the-session")))
    }

    @Test func `is signed as the role of the service account, and as another from there`()
        async throws
    {
        let server = Recorded(
            session("AssumeRoleWithWebIdentity", "own"), session("AssumeRole", "other"),
            (200, vector))
        _ = try await ask(server, provider(["roleArn": "arn:aws:iam::2:role/other"]), role)
        let requests = await server.requests
        let sts = "https://sts.eu-west-1.amazonaws.com/"
        #expect(requests.prefix(2).map(\.url) == [sts, sts])
        #expect(
            String(decoding: requests[0].body ?? [], as: UTF8.self)
                == "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=sluice"
                + "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fown&WebIdentityToken=the-web-identity")
        let authorizations = requests.map { request in
            request.headers.first { $0.name == "Authorization" }?.value.prefix { $0 != "," }
        }
        #expect(
            authorizations == [
                nil,
                "AWS4-HMAC-SHA256 Credential=own-id/20260102/eu-west-1/sts/aws4_request",
                "AWS4-HMAC-SHA256 Credential=other-id/20260102/eu-west-1/aps/aws4_request",
            ])
    }

    /// Holds: 5.10 sigv4.
    @Test(arguments: [
        ("team", "AKTEAM", [String]()), ("shared", "AKSHARED", []),
        ("acting", "AssumeRole-id", ["Action=AssumeRole&"]),
        ("pod", "AssumeRoleWithWebIdentity-id", ["Action=AssumeRoleWithWebIdentity&"]),
        ("from-here", "AssumeRole-id", ["Action=AssumeRole&"]),
        ("itself", "AssumeRole-id", ["Action=AssumeRole&"]),
    ])
    func `is signed as a profile says`(
        _ profile: String, _ key: String, _ asked: [String]
    ) async throws {
        let action = String(key.dropLast(3))
        let server = Recorded(
            asked.map { _ in session(action, action) } + [(200, vector)])
        let environment = keys.merging(["HOME": "/home/me"]) { $1 }
        _ = try await ask(server, provider(["profile": .string(profile)]), environment)
        let requests = await server.requests
        let authorization = requests.last?.headers.first { $0.name == "Authorization" }?.value
        #expect(authorization?.contains("Credential=\(key)/20260102/eu-north-1/aps/") == true)
        #expect(requests.count == asked.count + 1)
        for (request, beginning) in zip(requests, asked) {
            #expect(String(decoding: request.body ?? [], as: UTF8.self).hasPrefix(beginning))
        }
    }

    @Test(arguments: [
        ("nobody", "the controller knows no profile nobody of AWS"),
        ("empty", "the profile empty of AWS has neither keys nor a role"),
        ("loop", "the profile loop of AWS has neither keys nor a role"),
    ])
    func `is not sent where a profile says nothing of use`(
        _ profile: String, _ message: String
    ) async throws {
        let server = Recorded()
        let error = await #expect(throws: ProviderError.self) {
            try await ask(
                server, provider(["profile": .string(profile)]), ["HOME": "/home/me"])
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.isEmpty)
    }

    /// Holds: 5.10 sigv4.
    @Test func `is not signed for another Prometheus`() async throws {
        let server = Recorded((200, vector))
        _ = try await ask(server, provider(host: "own"), [:])
        #expect(
            await server.requests.first?.headers.contains { $0.name == "Authorization" } == false)
    }

    @Test(
        arguments: [
            ([:], [:], "the region of AWS is not known"),
            (["region": "x"], [:], "the controller has no credentials of AWS"),
            (
                ["region": "x"],
                ["AWS_ROLE_ARN": "a", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere"],
                "the token of AWS_WEB_IDENTITY_TOKEN_FILE cannot be read"
            ),
        ] as [(JSON, [String: String], String)])
    func `without credentials is not sent`(
        _ sigv4: JSON, _ environment: [String: String], _ message: String
    ) async throws {
        let server = Recorded()
        let error = await #expect(throws: ProviderError.self) {
            let named: JSON = sigv4 == [:] ? ["roleArn": "a"] : sigv4
            try await ask(server, provider(named), environment)
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.isEmpty)
    }

    @Test(arguments: [
        (
            (403, "not for the-web-identity"),
            "received non 2xx response code: 403: \"not for *****\""
        ),
        ((200, "{}"), "the answer has no credentials"),
        ((200, "<AccessKeyId>a</AccessKeyId>"), "the answer has no credentials"),
    ])
    func `is not sent where no role is given`(
        _ answer: (Int, String), _ message: String
    ) async throws {
        let server = Recorded(answer)
        let error = await #expect(throws: ProviderError.self) {
            try await ask(server, provider(), role)
        }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(await server.requests.count == 1)
    }

    @Test func `says nothing of its credentials`() async throws {
        let server = Recorded(
            session("AssumeRoleWithWebIdentity", "own"), (403, "own-secret own-session"))
        let error = await #expect(throws: ProviderError.self) {
            try await ask(server, provider(), role)
        }
        #expect(
            error?.message.hasPrefix("client_error: client error: 403: \"***** *****\"; ") == true)
    }
}

/// What the controller finds in its container.
private let files = [
    "/token": "the-web-identity",
    "/home/me/.aws/credentials": """
    # of the team
    [team]
    aws_access_key_id = AKTEAM
    aws_secret_access_key=team/secret=

    [itself]
    aws_access_key_id = AKITSELF
    aws_secret_access_key = own-secret

    [ shared ]
    aws_access_key_id=AKSHARED
    aws_secret_access_key = shared-secret
    """,
    "/home/me/.aws/config": """
    [profile team]
    region = eu-north-1
    s3 =
      region = us-west-2
    [profile shared]
    region = eu-north-1
    aws_access_key_id = OVERRIDDEN
    [profile acting]
    region = eu-north-1
    role_arn = arn:aws:iam::3:role/acting
    source_profile = team
    [profile pod]
    region = eu-north-1
    role_arn = arn:aws:iam::3:role/pod
    web_identity_token_file = /token
    [profile from-here]
    region = eu-north-1
    role_arn = arn:aws:iam::3:role/here
    credential_source = Environment
    [profile itself]
    region = eu-north-1
    role_arn = arn:aws:iam::3:role/reader
    source_profile = itself
    [profile empty]
    region = eu-north-1
    [profile loop]
    region = eu-north-1
    role_arn = arn:aws:iam::3:role/loop
    source_profile = loop
    """,
]
