import KubernetesObjects

/// Why Services are not let go yet, as far as this process has told it: they are looked at again
/// and again, and each reason is told once.
package actor HeldServices {
    private var told: [Reference: String] = [:]

    package init() {}

    func isNews(_ why: String, of service: Reference) -> Bool {
        if told[service] == why { return false }
        if told.count >= mostRemembered { told = [:] }
        told[service] = why
        return true
    }

    func forget(_ service: Reference) { told[service] = nil }
}

/// Hardly any is held. Beyond these each is told of once more.
private let mostRemembered = 1_000
