import Curl
import Documents

/// Where an extension listens: on this machine, unless somebody said that it may be elsewhere.
package struct ExtensionAddress: Hashable, Sendable, CustomStringConvertible {
    /// As it was written.
    package let description: String
    private let url: String
    private let socketPath: String?

    /// Reads `http://127.0.0.1:8080/path` or `unix:/run/extension.sock`.
    ///
    /// - Parameter anywhere: whether an extension may be on another machine.
    package init(_ text: String, anywhere: Bool = false) throws(ExtensionAddressFault) {
        description = text
        if let path = text.dropping("unix://") ?? text.dropping("unix:") {
            guard path.hasPrefix("/") else { throw .relativeSocket }
            // The kernel's own limit for the name of a socket, which libcurl has as well.
            guard path.utf8.count <= longestSocketPath else { throw .longSocket }
            (url, socketPath) = ("http://localhost/", path)
        } else {
            guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
                throw .isProgram
            }
            guard !text.contains("@") else { throw .hasPassword }
            guard anywhere || CurlRequest(url: text).staysOnMachine else { throw .isElsewhere }
            (url, socketPath) = (text, nil)
        }
    }

    /// What asks the extension. It is never sent on to where a redirect leads: what it says is for
    /// this extension alone.
    package func request(_ question: JSON) -> CurlRequest {
        var request = CurlRequest(url: url, method: "POST", body: Array(question.text.utf8))
        request.headers = [
            Header("Content-Type", "application/json"), Header("Accept", "application/json"),
        ]
        request.unixSocketPath = socketPath
        request.httpVersion = .http1
        request.followsRedirects = false
        request.connectTimeoutMilliseconds = connectMilliseconds
        return request
    }
}

/// Why an address is none that an extension can have.
package enum ExtensionAddressFault: Error, Hashable, Sendable, CustomStringConvertible {
    case isProgram
    case isElsewhere
    case relativeSocket
    case longSocket
    case hasPassword

    package var description: String {
        switch self {
        case .isProgram:
            "no program is loaded here; write the address of one that runs, as "
                + "http://127.0.0.1:PORT or unix:/PATH"
        case .isElsewhere:
            "extensions are asked on this machine only; write http://127.0.0.1:PORT or "
                + "unix:/PATH, or say --extensions-anywhere"
        case .relativeSocket: "the path of a socket begins with /"
        case .longSocket: "the path of a socket has at most \(longestSocketPath) bytes"
        case .hasPassword: "an address has no user and no password"
        }
    }
}

extension String {
    fileprivate func dropping(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

/// `sun_path` of Linux, less the zero at its end.
private let longestSocketPath = 107

/// On one machine a connection is there at once, or nobody listens.
private let connectMilliseconds = 2_000
