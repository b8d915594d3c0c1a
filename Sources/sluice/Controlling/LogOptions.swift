import ArgumentParser
import Documents
import Foundation
import Logging

/// How the log is written, in the words of the field (§7.4).
struct LogOptions: ParsableArguments {
    /// The forms of a line.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case text, json

        /// The field's own default is an empty name.
        init?(argument: String) { self.init(rawValue: argument.isEmpty ? "text" : argument) }
    }

    @Option(name: .customLong("loglevel"), help: "debug, info, warning or error.")
    var level = LogLevel(level: .info)

    @Option(
        name: .customLong("logformat"), help: "text, or json with one object on each line.")
    var form = Form.text

    /// Writes the lines.
    func handler(label: String) -> any LogHandler {
        switch form {
        case .text:
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level.level
            return handler
        case .json:
            return JSONLog(level: level.level) { line in
                // A log that nobody can take is lost; what it told of goes on.
                line.withUnsafeBytes { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
            }
        }
    }
}

/// From which weight on something is told.
struct LogLevel: ExpressibleByArgument, Hashable, CustomStringConvertible {
    let level: Logger.Level

    init(level: Logger.Level) { self.level = level }

    init?(argument: String) {
        // What the field's controller calls otherwise.
        let others: [String: Logger.Level] = [
            "warn": .warning, "fatal": .critical, "panic": .critical,
        ]
        guard let level = others[argument] ?? Logger.Level(rawValue: argument) else { return nil }
        self.level = level
    }

    var description: String { level.rawValue }
    var defaultValueDescription: String { description }
}

/// One JSON object on each line: `time`, `level`, `msg`, and what else is known by its own name.
struct JSONLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    private let write: @Sendable ([UInt8]) -> Void
    private let now: @Sendable () -> Timestamp

    init(
        level: Logger.Level, now: @escaping @Sendable () -> Timestamp = { .now },
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        logLevel = level
        self.now = now
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line: JSON = [
            "time": .string(now().rfc3339Micro), "level": .string(event.level.rawValue),
            "msg": .string(event.message.description),
        ]
        let told = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in told.sorted(by: { $0.key < $1.key }) {
            // What is known by a name of ours must not hide it.
            line[line[key] == nil ? key : "fields.\(key)"] = .string(value.description)
        }
        write(line.bytes + [UInt8(ascii: "\n")])
    }
}
