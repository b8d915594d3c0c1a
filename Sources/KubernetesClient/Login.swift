import Curl
import Documents

/// Shows the server who we are. Reads files of tokens and certificates again as they change, asks a
/// plugin anew when its answer expires, and gets something better once the server has refused what
/// was shown.
actor Login {
    /// What a request shows.
    struct Proof: Hashable, Sendable {
        var headers: [Header] = []
        var tls: TLSOptions
    }

    /// How a server says that it does not take a proof, or we that we do not take its own.
    enum Refusal {
        /// With 401.
        case answer
        /// Before anything was asked.
        case handshake
    }

    private struct Held<Value: Sendable>: Sendable {
        let value: Value
        let since: Timestamp
        /// Nil: until the server refuses it.
        let expires: Timestamp?

        func isGood(at now: Timestamp) -> Bool {
            expires.map { now < $0 && now >= since } ?? true
        }
    }

    /// Kubernetes renews service account tokens minutes before they end, and client-go, too, looks
    /// once a minute.
    static let fileSeconds = 60
    /// A plugin that has just failed, or whose answer was refused at once, is not asked at every
    /// request.
    static let pluginPauseSeconds = 10

    private let connection: Connection
    private let now: @Sendable () -> Timestamp
    private var kept: Held<Proof>?
    private var answered: Held<LoginPlugin.Answer>?
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
        if let kept, kept.isGood(at: now) { return kept.value }
        do throws(APIError) {
            if let failure, isRecent(failure.at, now) { throw failure.error }
            return try await renew()
        } catch {
            // Files may be missing for a moment while they are replaced; what they held still
            // holds. What a plugin has answered does not, once it has expired.
            guard let kept, !isPluginDue else { throw error }
            return kept.value
        }
    }

    /// What to show after the server refused `shown`; nil where there is nothing else.
    func proof(after shown: Proof, _ refusal: Refusal) async throws(APIError) -> Proof? {
        while isRenewing { await withCheckedContinuation { waiters.append($0) } }
        guard connection.canChange, let kept else { return nil }
        if kept.value != shown { return kept.value }
        if let answered, refusal.concerns(answered.value) {
            if isRecent(answered.since, now()) { return nil }
            self.answered = nil
        }
        let proof = try await renew()
        return proof != shown ? proof : nil
    }

    private func isRecent(_ moment: Timestamp, _ now: Timestamp) -> Bool {
        (moment...moment.advanced(bySeconds: Self.pluginPauseSeconds)).contains(now)
    }

    private var isPluginDue: Bool {
        guard case .plugin = connection.credential else { return false }
        return !(answered?.isGood(at: now()) ?? false)
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
            return renewed.value
        } catch {
            let error = APIError.unreachable(reason: "\(error)")
            failure = (error, now())
            throw error
        }
    }

    private func renewed() async throws(LoginError) -> Held<Proof> {
        let since = now()
        var proof = Proof(headers: connection.impersonation, tls: connection.tls)
        try proof.tls.read(connection.files)
        var ends: [Timestamp] = []
        if connection.namesFiles { ends.append(since.advanced(bySeconds: Self.fileSeconds)) }
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
        case .plugin(let plugin):
            let answer = try await answer(of: plugin)
            if let token = answer.token { proof.headers.append(token.header) }
            if let certificate = answer.certificate {
                (proof.tls.certificate, proof.tls.key) = (certificate, answer.key)
            }
            if let expires = answer.expires { ends.append(expires) }
        }
        return Held(value: proof, since: since, expires: ends.min())
    }

    /// The last answer while it is good: files beside it may be read more often.
    private func answer(of plugin: LoginPlugin) async throws(LoginError) -> LoginPlugin.Answer {
        let since = now()
        if let answered, answered.isGood(at: since) { return answered.value }
        let answer = try await plugin.ask()
        answered = Held(value: answer, since: since, expires: answer.expires)
        return answer
    }
}

extension Login.Refusal {
    /// Whether another answer of the plugin could help.
    fileprivate func concerns(_ answer: LoginPlugin.Answer) -> Bool {
        switch self {
        case .answer: true
        case .handshake: answer.certificate != nil
        }
    }
}

extension TLSOptions {
    /// Takes what the files hold now. A certificate without its key, as while both are replaced,
    /// is found out by the handshake, after which they are read again.
    fileprivate mutating func read(_ files: Connection.Files) throws(LoginError) {
        if let path = files.authority { ca = try LoginError.reading(path) }
        if let path = files.certificate { certificate = try LoginError.reading(path) }
        if let path = files.key { key = try LoginError.reading(path) }
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

extension Connection {
    fileprivate var namesFiles: Bool {
        if case .tokenFile = credential { return true }
        return files != Files()
    }

    /// Whether asking again may bring another proof.
    fileprivate var canChange: Bool {
        if case .plugin = credential { return true }
        return namesFiles
    }
}
