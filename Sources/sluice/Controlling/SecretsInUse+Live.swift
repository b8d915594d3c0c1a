import Controller
import Curl
import Documents
import Logging

extension SecretsInUse {
    /// Keeps what it is told, for everything in this process that writes texts.
    static func live() -> SecretsInUse {
        let known = Lock(KnownSecrets())
        return SecretsInUse(
            add: { secrets in known.withLock { $0.add(secrets) } },
            redactor: { known.withLock { $0.redactor } })
    }

    /// A log in which none of them stands; on standard error, unless `handler` goes elsewhere.
    func log(
        _ handler: (String) -> any LogHandler = { StreamLogHandler.standardError(label: $0) }
    ) -> Logger {
        Logger(label: "sluice") { RedactingLog(under: handler($0), secrets: self) }
    }
}

/// Takes the secrets in use out of every line, whoever writes it.
struct RedactingLog: LogHandler {
    private var inner: any LogHandler
    private let secrets: SecretsInUse

    init(under inner: any LogHandler, secrets: SecretsInUse) {
        self.inner = inner
        self.secrets = secrets
    }

    var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }
    var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) {
        let redactor = secrets.redactor()
        var event = event
        event.message = "\(redactor.redact(event.message.description))"
        // What stands on the logger itself is told with each line, too.
        var told = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error {
            told["error"] = "\(error)"
            event.error = nil
        }
        event.metadata = told.mapValues { redacted($0, by: redactor) }
        inner.log(event: event)
    }

    private func redacted(
        _ value: Logger.Metadata.Value, by redactor: Redactor
    ) -> Logger.Metadata.Value {
        switch value {
        case .string(let text): .string(redactor.redact(text))
        case .stringConvertible(let value): .string(redactor.redact(value.description))
        case .array(let values): .array(values.map { redacted($0, by: redactor) })
        case .dictionary(let values): .dictionary(values.mapValues { redacted($0, by: redactor) })
        }
    }
}
