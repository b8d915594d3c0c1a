import Curl
import Testing

/// As OpenSSL words what it has read.
private func broken(_ alert: String, code: Int = 56) -> CurlError {
    let message = "OpenSSL SSL_read: OpenSSL/3.0.19: error:0A000412:SSL routines::\(alert), errno 0"
    return CurlError(code: code, host: "k", message: message)
}

struct `A broken exchange` {
    @Test(arguments: [
        "tlsv13 alert certificate required", "sslv3 alert bad certificate",
        "sslv3 alert unsupported certificate", "sslv3 alert certificate revoked",
        "sslv3 alert certificate expired", "sslv3 alert certificate unknown",
        "tlsv1 alert unknown ca", "tlsv1 alert access denied",
    ])
    func `is a matter of our certificate where the server says so`(alert: String) {
        for code in [35, 55, 56] { #expect(broken(alert, code: code).suspect == .client) }
        #expect(broken(alert).isUntrusted)
    }

    @Test(arguments: [
        "tlsv1 alert internal error", "sslv3 alert bad record mac", "unexpected eof while reading",
    ])
    func `is no matter of certificates for another reason`(reason: String) {
        #expect(!broken(reason).isUntrusted)
        let reset = "Recv failure: Connection reset by peer"
        #expect(!CurlError(code: 56, host: "k", message: reset).isUntrusted)
    }
}
