import ArgumentParser
import KubernetesClient

/// A command that could not do what it was asked: what happened and where, what to do, and the code
/// to end with.
struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
    var message: String
    /// Empty where there is nothing that a person could do.
    var remedy: String
    var code: Int32

    init(_ message: String, remedy: String = "", code: Int32 = 1) {
        self.message = message
        self.remedy = remedy
        self.code = code
    }

    var description: String { remedy.isEmpty ? message : "\(message); \(remedy)" }
}

extension CommandFailure {
    /// What an answer of the API server means to a person. `subject` is what was asked for.
    init(_ error: APIError, asking subject: String, of connected: Connected) {
        switch error {
        case .notFound(let text) where text.contains("\""):
            self.init(
                "\(subject) is not there",
                remedy: "look at the list: sluice get -A, or name another --namespace")
        case .notFound(let text):
            self.init(
                "\(subject): \(text)",
                remedy: "if the kind is missing: sluice crds | kubectl apply -f -")
        case .refused(401, let text):
            self.init(
                "\(connected.server) does not accept the credentials: \(text)",
                remedy: "get a new token or client certificate, or name another --context")
        case .refused(403, let text):
            self.init(
                "\(subject): \(text)", remedy: "ask for that right, or use another --context")
        case .unreachable(let reason):
            self.init(
                "\(connected.server) cannot be reached: \(reason)",
                remedy: "check that the cluster runs and that --context names the right one")
        case .conflict, .alreadyExists, .ending, .gone, .refused, .throttled, .tooLong,
            .cancelled:
            self.init("\(subject): \(error)")
        }
    }
}

extension Sluice {
    /// The code of wrong usage, as shells and pipelines know it.
    static let usageCode: Int32 = 2

    /// Runs what the arguments ask for and ends the process with the code that tells how it went.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    private static func end(with error: any Error) -> Never {
        if let failure = error as? CommandFailure {
            if !failure.message.isEmpty { Terminal.error.say("Error: \(failure)") }
            exit(withError: ExitCode(failure.code))
        }
        guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
        Terminal.error.say(fullMessage(for: error))
        exit(withError: ExitCode(usageCode))
    }
}
