import Curl
import Documents

/// Shows the server who we are. Reads token files again as they rotate, asks a plugin anew when
/// its answer expires, and gets something better once the server has refused what was shown.
actor Login {
    /// What a request shows.
    struct Proof: Sendable {
        var headers: [Header] = []
        var tls: TLSOptions
    }

    private struct Kept {
        let proof: Proof
        let since: Timestamp
        /// Nil: until the server refuses it.
        let expires: Timestamp?
    }

    /// Kubernetes renews service account tokens minutes before they end, and client-go, too, looks
    /// once a minute.
    static let fileSeconds = 60
    /// A plugin that has just failed, or whose answer was refused at once, is not asked at every
    /// request.
    static let pluginPauseSeconds = 10

    private let connection: Connection
    private let now: @Sendable () -> Timestamp
    private var kept: Kept?
    private var failure: (error: APIError, at: Timestamp)?
    private var isRenewing = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ connection: Connection, now: @escaping @Sendable () -> Timestamp) {
        self.connection = connection
        self.now = now
    }

    /// What to show now.
    func proof() async throws(APIError) -> Proof {
        // One renewal at a time: a hundred requests do not start a hundred plugins.
        while isRenewing { await withCheckedContinuation { waiters.append($0) } }
        let now = now()
        if let kept, kept.expires.map({ now < $0 && now >= kept.since }) ?? true {
            return kept.proof
        }
        if let failure, isRecent(failure.at, now) { throw failure.error }
        do {
            return try await renew()
        } catch {
            // Files may be missing for a moment while they are replaced; the old token still holds.
            guard let kept, !connection.credential.isPlugin else { throw error }
            return kept.proof
        }
    }

    /// What to show after the server refused `shown`; nil where there is nothing else.
    func proof(after shown: Proof) async throws(APIError) -> Proof? {
        while isRenewing { await withCheckedContinuation { waiters.append($0) } }
        guard connection.credential.canChange, let kept else { return nil }
        if kept.proof.headers != shown.headers
            || kept.proof.tls.certificate != shown.tls.certificate
        {
            return kept.proof
        }
        if connection.credential.isPlugin && isRecent(kept.since, now()) { return nil }
        let proof = try await renew()
        let isOther =
            proof.headers != shown.headers || proof.tls.certificate != shown.tls.certificate
        return isOther ? proof : nil
    }

    private func isRecent(_ moment: Timestamp, _ now: Timestamp) -> Bool {
        (moment...moment.advanced(bySeconds: Self.pluginPauseSeconds)).contains(now)
    }

    private func renew() async throws(APIError) -> Proof {
        isRenewing = true
        defer {
            isRenewing = false
            for waiter in waiters { waiter.resume() }
            waiters = []
        }
        do throws(LoginError) {
            let renewed = try await renewed()
            (kept, failure) = (renewed, nil)
            return renewed.proof
        } catch {
            let error = APIError.unreachable(reason: "\(error)")
            failure = (error, now())
            throw error
        }
    }

    private func renewed() async throws(LoginError) -> Kept {
        let since = now()
        var proof = Proof(headers: connection.impersonation, tls: connection.tls)
        var expires: Timestamp?
        if let path = connection.authorityFile {
            proof.tls.ca = try LoginError.reading(path)
            expires = since.advanced(bySeconds: Self.fileSeconds)
        }
        switch connection.credential {
        case .none: break
        case .token(let token): proof.headers.append(token.header)
        case .password(let password): proof.headers.append(password.header)
        case .tokenFile(let path):
            let text = String(decoding: try LoginError.reading(path), as: UTF8.self)
            guard let token = BearerToken(text) else {
                throw LoginError("\(path) contains no token")
            }
            proof.headers.append(token.header)
            expires = since.advanced(bySeconds: Self.fileSeconds)
        case .plugin(let plugin):
            let answer = try await plugin.ask()
            if let token = answer.token { proof.headers.append(token.header) }
            if let certificate = answer.certificate {
                (proof.tls.certificate, proof.tls.key) = (certificate, answer.key)
            }
            expires = answer.expires
        }
        return Kept(proof: proof, since: since, expires: expires)
    }
}

/// Why we have nothing to show the server: what is wrong, and what to do about it.
struct LoginError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }

    fileprivate static func reading(_ path: String) throws(LoginError) -> [UInt8] {
        do throws(LocalFileError) {
            return try readLocalFile(path)
        } catch {
            throw LoginError("\(error)")
        }
    }
}

extension Connection.Credential {
    fileprivate var isPlugin: Bool {
        switch self {
        case .plugin: true
        case .none, .token, .tokenFile, .password: false
        }
    }

    /// Whether asking again may bring another answer.
    fileprivate var canChange: Bool {
        switch self {
        case .plugin, .tokenFile: true
        case .none, .token, .password: false
        }
    }
}
