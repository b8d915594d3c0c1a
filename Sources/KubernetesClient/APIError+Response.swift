import Curl
import Documents

extension APIError {
    /// Where a server that throttles does not say for how long. Its own default is one second, too.
    private static let defaultRetrySeconds = 1
    /// No server of good faith asks for more; a longer wait would leave a rollout alone.
    private static let maximumRetrySeconds = 60
    /// What an error may show of an answer that is no `Status`, such as the page of a proxy.
    private static let maximumExcerptCharacters = 300

    /// Where a credential is looked for; none that a header can carry is longer.
    private static let maximumSearchedBytes = 64 << 10

    init(_ error: CurlError) {
        if error.isCancelled {
            self = .cancelled
        } else if error.isTooLong {
            self = .tooLong(reason: error.description)
        } else {
            self = .unreachable(reason: error.description + (error.suspect?.remedy ?? ""))
        }
    }

    /// Reads the answer to a call that did not succeed. `call` names it where the server's answer
    /// does not. What stands before the server may repeat what we sent, so the answer is redacted
    /// before it is cut.
    init(_ head: ResponseHead, body: [UInt8], call: String, redactor: Redactor) {
        let status: JSON?
        do throws(DocumentError) { status = try JSON(parsing: body) } catch { status = nil }
        if let status, status["kind"]?.string == "Status" {
            self.init(
                status: status.changingTexts(redactor.redact), code: head.status,
                retryAfter: head["retry-after"], call: call)
        } else {
            let excerpt = redactor.redact(
                String(decoding: body.prefix(Self.maximumSearchedBytes), as: UTF8.self),
                upTo: Self.maximumExcerptCharacters)
            let message = "\(call): \(excerpt.isEmpty ? "no explanation" : excerpt)"
            self.init(
                code: head.status, reason: "", message: message, retryAfter: head["retry-after"])
        }
    }

    /// Reads a `Status` object, as it comes in an answer or in the middle of a watch.
    init(status: JSON, code: Int? = nil, retryAfter: String? = nil, call: String) {
        let details = status["details"]
        let causes = (details?["causes"]?.array ?? []).compactMap { $0["reason"]?.string }
        if causes.contains("DisruptionBudget") {
            self = .conflict(
                status["message"]?.string ?? "\(call): a disruption budget is in the way")
            return
        }
        // What was to be made has no place any more: nothing that a person could mend.
        if causes.contains("NamespaceTerminating") {
            self = .ending(status["message"]?.string ?? "\(call): the namespace is going")
            return
        }
        let inBody = details?["retryAfterSeconds"]?.int
        self.init(
            code: code ?? status["code"]?.int ?? 0, reason: status["reason"]?.string ?? "",
            message: status["message"]?.string ?? "\(call): no explanation",
            retryAfter: retryAfter ?? inBody.map { "\($0)" })
    }

    private init(code: Int, reason: String, message: String, retryAfter: String?) {
        switch (code, reason) {
        case (_, "Expired"), (410, _): self = .gone(message)
        case (404, _): self = .notFound(message)
        case (409, "AlreadyExists"): self = .alreadyExists(message)
        case (409, _): self = .conflict(message)
        case (429, _):
            self = .throttled(retryAfterSeconds: Self.retrySeconds(retryAfter))
        case (500..., _), (0, _): self = .unreachable(reason: "answered \(code): \(message)")
        default: self = .refused(status: code, message: message)
        }
    }

    /// What `Retry-After` says, within bounds. A date in its place counts as nothing.
    static func retrySeconds(_ header: String?) -> Int {
        let seconds = header.flatMap { Int($0) } ?? defaultRetrySeconds
        return min(max(seconds, defaultRetrySeconds), maximumRetrySeconds)
    }
}

extension CurlError.Suspect {
    /// What to do about it, behind what happened.
    fileprivate var remedy: String {
        switch self {
        case .client:
            "; renew the certificate and the key that the kubeconfig or its plugin gives"
        case .server:
            "; see whether the server's certificate is valid now, and give its authority, or the"
                + " name that it proves, in the kubeconfig or the service account"
        case .either: ""
        }
    }
}
