import Documents

/// The short programs that probes and hooks run, on record while they do: those of a killed run of
/// ours have nobody who would end them.
struct Errands: Sendable {
    let directory: String

    private func path(_ process: ProcessIdentity) -> String {
        "\(directory)/\(process.pid).json"
    }

    func keep(_ process: ProcessIdentity) throws(SystemFailure) {
        // After a failure of the machine no process is left to be found.
        try Files.write(Array(process.json.text.utf8), to: path(process), isDurable: false)
    }

    func remove(_ process: ProcessIdentity) { Files.remove(path(process)) }

    /// Ends all that an earlier run has left.
    func end() {
        for name in Files.names(in: directory) {
            let path = "\(directory)/\(name)"
            do throws(DocumentError) {
                let json = try JSON(parsing: Files.glance(path) ?? "")
                if let process = ProcessIdentity(json) {
                    RunningProcess.found(process)?.killAll()
                    ProcessTable.killSession(of: process)
                }
            } catch {
                // Never finished, and its process never began.
            }
            Files.remove(path)
        }
    }
}
