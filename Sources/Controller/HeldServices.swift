import KubernetesObjects

/// Why Services are not let go yet, as far as this process has told it: they are looked at again
/// and again, and each reason is told once.
package actor HeldServices {
    private var told: [Reference: String] = [:]

    package init() {}

    func isNews(_ why: String, of service: Reference) -> Bool {
        if told[service] == why { return false }
        if told[service] == nil, told.count >= mostRemembered { return false }
        told[service] = why
        return true
    }

    func forget(_ service: Reference) { told[service] = nil }
}

/// Hardly any is held. Beyond these nobody is told: better than again and again.
private let mostRemembered = 1_000
