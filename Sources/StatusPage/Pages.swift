import Assets
import Documents
import History
import Serving

/// The status page and its API: reads, never writes.
package struct Pages: Sendable {
    let source: PageSource
    let templates: Templates
    private let style: Style
    /// Wall clock; every time on a page is told from it.
    let now: @Sendable () -> Timestamp

    /// - Throws: where a template of the binary is none.
    package init(
        source: PageSource, now: @escaping @Sendable () -> Timestamp
    ) throws(TemplateError) {
        self.source = source
        self.templates = try Templates()
        self.style = try Style()
        self.now = now
    }

    /// Answers one request; any number may be answered at once.
    package func respond(to request: Request) async -> Response {
        var response: Response
        if request.method == "GET" || request.method == "HEAD" {
            response = await answer(request)
        } else {
            response = refusal(
                of: request, status: 405, title: "Read only",
                "\(request.method) is not answered here: pages and API only read; "
                    + "use the command line to promote, abort or retry")
            response.headers["Allow"] = "GET, HEAD"
        }
        if request.method == "HEAD" { response.body = .bytes([]) }
        return secured(response)
    }

    private func answer(_ request: Request) async -> Response {
        let path = request.segments
        switch path.first {
        case nil:
            return .html(await list(PageQuery(request.query)))
        case "rollouts" where path.count == 3:
            guard let page = await page(path[1], path[2], PageQuery(request.query)) else { break }
            return .html(page)
        case "api":
            if let json = await document(path.dropFirst()) {
                return .json(json.changingTexts(source.redact).indented + "\n")
            }
        case "healthz" where path.count == 1:
            return .text("ok\n")
        case "style.css" where path.count == 1:
            return style.response(to: request)
        default: break
        }
        return refusal(
            of: request, status: 404, title: "Not found", "there is nothing at \(request.path)")
    }

    /// What the API answers at a path; nil where it has nothing.
    private func document(_ path: ArraySlice<String>) async -> JSON? {
        let parts = Array(path)
        guard parts.first == "rollouts", parts.count <= 3 else { return nil }
        if parts.count == 3 {
            guard let rollout = await source.rollout(parts[1], parts[2]) else { return nil }
            var json = rollout.json
            json["history"] = .array(await source.records(parts[1], parts[2]).map(\.json))
            return json
        }
        let rollouts = await sorted().filter { parts.count == 1 || $0.namespace == parts[1] }
        return [
            "rollouts": .array(rollouts.map(\.summary)),
            "problems": .array(await source.problems().map(JSON.string)),
        ]
    }

    /// All rollouts by namespace and name, so that nothing moves about when a page comes again.
    func sorted() async -> [RolloutView] {
        await source.rollouts().sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
    }

    private func refusal(
        of request: Request, status: Int, title: String, _ sentence: String
    ) -> Response {
        if request.segments.first == "api" {
            let error: JSON = ["error": .string(source.redact(sentence))]
            return .json(error.text + "\n", status: status)
        }
        let model: JSON = ["title": .string(title), "sentence": .string(sentence)]
        return .html(templates.render(.notice, model, clean: clean), status: status)
    }

    /// What every text of a page passes.
    @Sendable func clean(_ text: String) -> String {
        presentable(source.redact(text))
    }
}

/// A page may load our stylesheet and nothing else, run nothing, stand in nobody's frame, and be
/// part of nobody else's page.
private func secured(_ response: Response) -> Response {
    var response = response
    response.headers["Content-Security-Policy"] =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if response.headers["Cache-Control"] == nil {
        response.headers["Cache-Control"] = "no-store"
    }
    return response
}

/// The stylesheet, which browsers keep until it changes.
private struct Style: Sendable {
    private let text: String
    private let tag: String

    init() throws(TemplateError) {
        guard let asset = Asset.named("web/style.css") else {
            throw TemplateError("web/style.css is missing")
        }
        text = asset.text
        // FNV-1a: all that is asked of it is to change with the text.
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        tag = "\"\(String(hash, radix: 16))\""
    }

    func response(to request: Request) -> Response {
        let isKnown = request.headers["If-None-Match"] == tag
        return Response(
            status: isKnown ? 304 : 200,
            headers: [
                "Content-Type": "text/css; charset=utf-8", "ETag": tag, "Cache-Control": "no-cache",
            ],
            body: .bytes(isKnown ? [] : Array(text.utf8)))
    }
}
