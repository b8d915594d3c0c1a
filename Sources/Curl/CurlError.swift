import CCurlShim

/// Why an exchange did not come to its end. An answer of the server, whatever its status, is no
/// error here.
package struct CurlError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number libcurl gives the failure (`man libcurl-errors`).
    package let code: Int
    /// Host and port of the URL that was asked; credentials are never part of it.
    package let host: String
    package let message: String

    package init(code: Int, host: String, message: String) {
        self.code = code
        self.host = host
        self.message = message
    }

    package var description: String { "\(host): \(message) (curl \(code))" }

    /// The task that waited was cancelled. Cancellation surfaces so, and never as
    /// `CancellationError`, because the throws of this room are typed.
    package var isCancelled: Bool { code == Int(CURLE_ABORTED_BY_CALLBACK.rawValue) }

    /// The time the request gave itself is over.
    package var isTimeout: Bool { code == Int(CURLE_OPERATION_TIMEDOUT.rawValue) }

    /// The answer is longer than the request allows.
    package var isTooLong: Bool { code == Int(CURLE_FILESIZE_EXCEEDED.rawValue) }

    /// One side does not take the certificate of the other, or could not use its own: the server
    /// has done nothing of what was asked.
    package var isUntrusted: Bool { suspect != nil }

    /// Whose certificate is to be looked at.
    package enum Suspect: Sendable {
        case client, server, either
    }

    /// Nil where it is no matter of certificates.
    package var suspect: Suspect? {
        switch code {
        case Int(CURLE_PEER_FAILED_VERIFICATION.rawValue), Int(CURLE_SSL_CACERT_BADFILE.rawValue):
            .server
        case Int(CURLE_SSL_CERTPROBLEM.rawValue), Int(CURLE_SSL_CLIENTCERT.rawValue):
            .client
        case Int(CURLE_SSL_CONNECT_ERROR.rawValue):
            tellsOfCertificate ? .client : .either
        case Int(CURLE_SEND_ERROR.rawValue), Int(CURLE_RECV_ERROR.rawValue):
            // With TLS 1.3 the refusal of a certificate comes when the handshake is over for us.
            tellsOfCertificate ? .client : nil
        default: nil
        }
    }

    /// As the server words it, in an alert of TLS.
    private var tellsOfCertificate: Bool {
        message.contains(" alert ")
            && ["certificate", "unknown ca", "access denied"].contains { message.contains($0) }
    }
}

extension CurlError {
    init(_ code: CURLcode, host: String, message: String) {
        self.init(code: Int(code.rawValue), host: host, message: message)
    }

    static func cancelled(host: String) -> CurlError {
        CurlError(CURLE_ABORTED_BY_CALLBACK, host: host, message: "the request was cancelled")
    }

    static func overdue(_ request: CurlRequest) -> CurlError {
        CurlError(
            CURLE_OPERATION_TIMEDOUT, host: request.host,
            message: "no connection was free within \(request.timeoutMilliseconds) milliseconds")
    }

    static func quiet(_ request: CurlRequest) -> CurlError {
        CurlError(
            CURLE_OPERATION_TIMEDOUT, host: request.host,
            message: "nothing came for \(request.quietMilliseconds) milliseconds")
    }

    static func shutDown(host: String) -> CurlError {
        CurlError(CURLE_FAILED_INIT, host: host, message: "the HTTP client is shut down")
    }
}
