import Testing

@testable import Serving

struct `A query` {
    @Test func `decodes escapes and plus signs`() {
        let query = Query(parsing: "labelSelector=app%3Ddemo+x&watch=1&empty")
        #expect(query["labelSelector"] == "app=demo x")
        #expect(query.isTrue("watch"))
        #expect(query["empty"]?.isEmpty == true)
        #expect(query["absent"] == nil)
    }

    @Test func `keeps a broken escape as it is written`() {
        #expect(Query(parsing: "a=100%&b=%zz")["a"] == "100%")
        #expect(Query(parsing: "b=%zz")["b"] == "%zz")
    }
}

struct `A request` {
    @Test func `splits the path before it decodes it`() {
        let request = Request(method: "GET", target: "/api/v1//pods/a%2Fb?x=1")
        #expect(request.segments == ["api", "v1", "pods", "a/b"])
        #expect(request.path == "/api/v1//pods/a/b")
    }
}

struct `Header fields` {
    @Test func `are found without regard to case`() {
        var headers: Headers = ["Content-Type": "text/plain", "X": "1"]
        headers["content-type"] = "application/json"
        #expect(headers.all("CONTENT-TYPE") == ["application/json"])
        #expect(headers["x"] == "1")
    }
}
