import CCurlShim

/// A transfer on a libcurl handle, with the memory the handle points to. It must outlive the
/// handle's use of it.
final class Exchange {
    let transfer: Transfer
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var mail: MailText?
    /// When it is ended where libcurl did not do it; nil for never.
    private let deadline: ContinuousClock.Instant?

    /// libcurl comes first, where it looks at the time at all, and says it better.
    private static let grace = Duration.milliseconds(100)

    /// So long nothing is said on a connection before its peer is asked whether it is there.
    private static let keepAliveSeconds = 20

    init(_ transfer: Transfer, _ handle: UnsafeMutableRawPointer) {
        self.transfer = transfer
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        let timeout = transfer.request.timeoutMilliseconds
        deadline = timeout > 0 ? .now + .milliseconds(timeout) + Self.grace : nil
    }

    deinit {
        for list in lists { curl_slist_free_all(list) }
        errorText.deallocate()
    }

    /// Before this moment it need not be ended; nil for never.
    var nextDeadline: ContinuousClock.Instant? {
        [deadline, transfer.endOfPatience].compactMap(\.self).min()
    }

    /// Why it has to end now; nil where it may go on.
    func overrun(at now: ContinuousClock.Instant) -> CurlError? {
        if let deadline, deadline <= now { return .overdue(transfer.request) }
        if let end = transfer.endOfPatience, end <= now { return .quiet(transfer.request) }
        return nil
    }

    /// How the transfer ended, in the best words there are: ours, those of this failure, those of
    /// its code.
    func end(_ code: CURLcode) -> Result<Void, CurlError> {
        if let refusal = transfer.state.withLock({ $0.refusal }) { return .failure(refusal) }
        if code == CURLE_OK { return .success(()) }
        let text = String(cString: errorText)
        let message = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
        return .failure(CurlError(code, host: transfer.host, message: message))
    }

    /// Tells the handle everything the request says.
    func configure() throws(CurlError) {
        let request = transfer.request
        if let fault = request.fault {
            throw CurlError(CURLE_BAD_FUNCTION_ARGUMENT, host: transfer.host, message: fault)
        }
        try check(ccurl_set_ptr(handle, CURLOPT_ERRORBUFFER, errorText))
        try configureConnection(request)
        try configureTLS(request)
        if let envelope = request.envelope {
            try configureMail(envelope, request.body ?? [])
        } else {
            try configureMessage(request)
        }
        try configureCallbacks()
    }

    private func configureConnection(_ request: CurlRequest) throws(CurlError) {
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_TCP_KEEPIDLE, Self.keepAliveSeconds)
        try set(CURLOPT_TCP_KEEPINTVL, Self.keepAliveSeconds)
        try check(ccurl_bound_silence(handle, UInt32(request.silenceMilliseconds)))
        try set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeoutMilliseconds)
        try set(CURLOPT_TIMEOUT_MS, request.timeoutMilliseconds)
        try set(CURLOPT_PROTOCOLS_STR, request.envelope == nil ? "http,https" : "smtp,smtps")
        try set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, request.followsRedirects ? 1 : 0)
        try set(CURLOPT_MAXREDIRS, CurlRequest.maximumRedirects)
        // An empty name keeps libcurl from reading the proxy variables of the environment.
        // As in Go, a SOCKS proxy looks up the name of the host.
        let proxy = request.proxy ?? ""
        let isSOCKS = proxy.hasPrefix("socks5://")
        try set(CURLOPT_PROXY, isSOCKS ? "socks5h" + proxy.dropFirst(6) : proxy)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let path = request.unixSocketPath { try set(CURLOPT_UNIX_SOCKET_PATH, path) }
        switch request.httpVersion {
        case .http1:
            try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        case .http2OverTLS:
            try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
            // Without it every request of a burst opens a connection of its own. Over plain HTTP
            // libcurl would hold every other request up until the first answer, however slow that
            // is.
            if request.sharesConnection { try set(CURLOPT_PIPEWAIT, 1) }
        }
    }

    private func configureTLS(_ request: CurlRequest) throws(CurlError) {
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if !request.verifiesPeer {
            try set(CURLOPT_SSL_VERIFYPEER, 0)
            try set(CURLOPT_SSL_VERIFYHOST, 0)
        }
        if let ca = request.tls.ca {
            try set(CURLOPT_CAINFO_BLOB, ca)
            // Else the system's directory of authorities would be trusted beside the given one.
            try check(ccurl_set_str(handle, CURLOPT_CAPATH, nil))
        }
        if let certificate = request.tls.certificate {
            try set(CURLOPT_SSLCERT_BLOB, certificate)
            try set(CURLOPT_SSLCERTTYPE, "PEM")
        }
        if let key = request.tls.key {
            try set(CURLOPT_SSLKEY_BLOB, key)
            try set(CURLOPT_SSLKEYTYPE, "PEM")
        }
    }

    /// URL, headers, method and body. libcurl takes the name to verify from the URL, so another
    /// server name goes there, and the connection is sent to the real host beside it.
    private func configureMessage(_ request: CurlRequest) throws(CurlError) {
        var url = request.url
        var headers = request.headers.map {
            $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)"
        }
        let names = Set(request.headers.map { $0.name.lowercased() })
        if let name = request.tls.serverName, let parts = URLParts(url), parts.scheme == "https" {
            let port = parts.effectivePort
            url = "https://\(parts.credentials)\(name):\(port)\(parts.rest)"
            try set(CURLOPT_CONNECT_TO, ["\(name):\(port):\(parts.host):\(port)"])
            if !names.contains("host") { headers.append("Host: \(parts.authority)") }
        }
        try set(CURLOPT_URL, url)
        if let body = request.body
            ?? (["POST", "PUT", "PATCH"].contains(request.method) ? [] : nil)
        {
            try check(ccurl_set_off(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            try check(setBody(body))
            headers.append("Expect:")
            // libcurl would call it a form.
            if !names.contains("content-type") { headers.append("Content-Type:") }
        }
        if request.method == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        } else if request.method != "GET" || request.body != nil {
            try set(CURLOPT_CUSTOMREQUEST, request.method)
        }
        if !headers.isEmpty { try set(CURLOPT_HTTPHEADER, headers) }
    }

    private func configureMail(
        _ envelope: MailEnvelope, _ body: [UInt8]
    ) throws(CurlError) {
        try set(CURLOPT_URL, transfer.request.url)
        let level = envelope.requiresTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY
        try set(CURLOPT_USE_SSL, Int(level.rawValue))
        if !envelope.username.isEmpty {
            try set(CURLOPT_USERNAME, envelope.username)
            try set(CURLOPT_PASSWORD, envelope.password)
        }
        try set(CURLOPT_MAIL_FROM, "<\(envelope.from)>")
        try set(CURLOPT_MAIL_RCPT, envelope.recipients.map { "<\($0)>" })
        // Servers of mail hang up soon; the next message may be hours away.
        try set(CURLOPT_FORBID_REUSE, 1)
        try set(CURLOPT_UPLOAD, 1)
        let text = MailText(body)
        mail = text
        try check(ccurl_set_off(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(body.count)))
        let reads: ccurl_write_cb = { buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            let text = Unmanaged<MailText>.fromOpaque(context).takeUnretainedValue()
            return text.next(into: .init(start: buffer, count: size * count))
        }
        try check(ccurl_set_write(handle, CURLOPT_READFUNCTION, reads))
        // Unretained: this exchange holds it as long as the handle is in use.
        try check(
            ccurl_set_ptr(handle, CURLOPT_READDATA, Unmanaged.passUnretained(text).toOpaque()))
    }

    /// An empty body still needs an address: without one libcurl would read from standard input.
    private func setBody(_ body: [UInt8]) -> CURLcode {
        if body.isEmpty { return ccurl_set_str(handle, CURLOPT_COPYPOSTFIELDS, "") }
        return body.withUnsafeBytes {
            ccurl_set_ptr(
                handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: $0.baseAddress))
        }
    }

    private func configureCallbacks() throws(CurlError) {
        // Unretained: `Desk` holds this exchange, and with it the transfer, as long as the handle
        // is in use.
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        let takesBody: ccurl_write_cb = { bytes, size, count, context in
            guard let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        let takesHeader: ccurl_write_cb = { bytes, size, count, context in
            guard let context else { return 0 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
            return transfer.takeHeaderLine(line) ? size * count : 0
        }
        try check(ccurl_set_write(handle, CURLOPT_WRITEFUNCTION, takesBody))
        try check(ccurl_set_ptr(handle, CURLOPT_WRITEDATA, context))
        try check(ccurl_set_write(handle, CURLOPT_HEADERFUNCTION, takesHeader))
        try check(ccurl_set_ptr(handle, CURLOPT_HEADERDATA, context))
    }
}

// The setters in one form each. A refused option is an error: half a configuration is not what was
// asked for.
extension Exchange {
    private func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(ccurl_set_long(handle, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(CurlError) {
        try check(ccurl_set_str(handle, option, value))
    }

    private func set(_ option: CURLoption, _ bytes: [UInt8]) throws(CurlError) {
        try check(
            bytes.withUnsafeBytes { ccurl_set_blob(handle, option, $0.baseAddress, $0.count) })
    }

    private func set(_ option: CURLoption, _ lines: [String]) throws(CurlError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                return try check(CURLE_OUT_OF_MEMORY)
            }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        try check(ccurl_set_ptr(handle, option, list))
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code != CURLE_OK else { return }
        let reason = String(cString: curl_easy_strerror(code))
        throw CurlError(
            code, host: transfer.host, message: "libcurl does not take this request: \(reason)")
    }
}
