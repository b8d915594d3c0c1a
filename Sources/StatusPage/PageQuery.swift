import Documents
import Serving

/// What the address of a page asks for behind its `?`.
struct PageQuery {
    /// Seconds until the page comes again by itself; nil where it stays as it is.
    var refreshSeconds: Int?
    /// Only rollouts of this phase.
    var phase: String?
    /// The history with every measurement.
    var showsAll: Bool

    /// Often enough to follow a step, seldom enough to read a line.
    private static let usualSeconds = 5

    init(_ query: Query) {
        let refresh = query["refresh"]
        let asked = refresh.flatMap { Int($0) }.map { min(max($0, 1), 3_600) }
        refreshSeconds = refresh == "off" ? nil : asked ?? Self.usualSeconds
        phase = query["phase"].flatMap { $0.isEmpty ? nil : $0 }
        showsAll = query["history"] == "all"
    }

    /// The address of `path` with what was asked for.
    func link(_ path: String) -> String {
        var parts: [String] = []
        if refreshSeconds == nil { parts.append("refresh=off") }
        if let refreshSeconds, refreshSeconds != Self.usualSeconds {
            parts.append("refresh=\(refreshSeconds)")
        }
        if let phase { parts.append("phase=\(percentEncoded(phase))") }
        if showsAll { parts.append("history=all") }
        return parts.isEmpty ? path : "\(path)?\(parts.joined(separator: "&"))"
    }

    /// The same with one thing changed.
    func with(_ change: (inout PageQuery) -> Void) -> PageQuery {
        var changed = self
        change(&changed)
        return changed
    }

    /// What the frame of a page needs: when it comes again, and how to stop or start that.
    func frame(path: String, now: Timestamp) -> JSON {
        let toggled = with { $0.refreshSeconds = refreshSeconds == nil ? Self.usualSeconds : nil }
        return [
            "seconds": number(refreshSeconds), "toggle": .string(toggled.link(path)),
            "home": .string(with { $0.showsAll = false }.link("/")),
            "time": .string("\(now.rfc3339.dropFirst(11).prefix(8)) UTC"),
        ]
    }
}

/// The address of a rollout's page.
func path(of rollout: RolloutView) -> String {
    "/rollouts/\(percentEncoded(rollout.namespace))/\(percentEncoded(rollout.name))"
}
