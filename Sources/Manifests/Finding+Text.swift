import Documents
import KubernetesObjects

extension Collection<Finding> {
    /// A line each of at most `longest` bytes; where there are more than `most`, the last line says
    /// so.
    func lines(most: Int, longest: Int) -> [String] {
        let lines = prefix(most).map { $0.description.cut(toBytesInJSON: longest) }
        return lines + (count > lines.count ? [rest(after: lines.count)] : [])
    }

    /// What is wrong first, and a line for each of these, as far as they fit into an event.
    func refusal(after first: String) -> String {
        var text = first
        for (told, finding) in enumerated() {
            let line = "\n\(finding)"
            let ending = "\n\(rest(after: told))"
            let isLast = told + 1 == count
            let room = Object.eventMessageLimit - (isLast ? 0 : ending.utf8.count)
            guard text.utf8.count + line.utf8.count <= room else { return text + ending }
            text += line
        }
        return text
    }

    private func rest(after told: Int) -> String {
        "and \(count - told) more; sluice lint shows them all"
    }
}
