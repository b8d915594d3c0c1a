import Documents

/// The time between two moments as `kubectl get` shows it: short, and coarser the longer it is.
func age(of moment: Timestamp, at now: Timestamp) -> String {
    duration(seconds: Int(now.milliseconds(since: moment) / 1000))
}

/// `seconds` in the steps that Kubernetes uses: 119s, 9m30s, 179m, 7h5m, 47h, 7d3h, 729d, 7y12d.
func duration(seconds: Int) -> String {
    if seconds < -1 { return "<invalid>" }
    if seconds < 120 { return "\(max(0, seconds))s" }
    let minutes = seconds / 60
    if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
    if minutes < 180 { return "\(minutes)m" }
    let hours = minutes / 60
    if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    let days = hours / 24
    if days < 8 { return pair(days, "d", hours % 24, "h") }
    if days < 730 { return "\(days)d" }
    let years = days / 365
    return years < 8 ? pair(years, "y", days % 365, "d") : "\(years)y"
}

private func pair(_ whole: Int, _ unit: String, _ rest: Int, _ restUnit: String) -> String {
    rest == 0 ? "\(whole)\(unit)" : "\(whole)\(unit)\(rest)\(restUnit)"
}
