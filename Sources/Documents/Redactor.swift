/// Takes the secrets that are in use out of every text that leaves: measurement values, messages,
/// queries, events, log lines, records, pages.
///
/// It works on bytes: to a reader a secret with an accent behind it is still the secret, while
/// Swift would see another character.
package struct Redactor: Sendable {
    /// What stands where a secret stood.
    package static let mark = "*****"

    private let needles: @Sendable () -> Needles

    /// Knows `secrets` as they are, and in the spellings in which other programs repeat them.
    package init(_ secrets: [Secret]) {
        self = Redactor.none.knowing(secrets)
    }

    private init(_ needles: Needles) {
        self.needles = { needles }
    }

    /// Redacts nothing.
    package static let none = Redactor(Needles(forms: []))

    /// This one, knowing more.
    package func knowing(_ secrets: [Secret]) -> Redactor {
        let forms = secrets.map { SecretForms(of: $0.reveal()).all }
        return Redactor(Needles(forms: forms.reduce(needles().forms) { $0.union($1) }))
    }

    /// The text with every known secret value replaced by a mark. Where several overlap, one mark
    /// stands for them all, so that no part of one survives beside another.
    package func redact(_ text: String) -> String {
        let needles = needles()
        guard !needles.isEmpty else { return text }
        let bytes = Array(text.utf8)
        let hidden = needles.places(in: bytes)
        guard !hidden.isEmpty else { return text }
        var result: [UInt8] = []
        var shown = 0
        for range in hidden {
            result += bytes[shown..<range.lowerBound] + Self.mark.utf8
            shown = range.upperBound
        }
        return String(decoding: result + bytes[shown...], as: UTF8.self)
    }

    /// The first `characters` of the redacted text. A text that is cut first may end within a
    /// secret, which then is not found.
    package func redact(_ text: String, upTo characters: Int) -> String {
        String(redact(text).prefix(characters))
    }
}

extension Redactor: CustomReflectable {
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// What is searched for.
private struct Needles: Sendable {
    let forms: Set<SecretForms.Form>
    /// By the first byte, since few begin at any one place of a text.
    private let byFirst: [[SecretForms.Form]]

    init(forms: Set<SecretForms.Form>) {
        self.forms = forms
        var byFirst = Array(repeating: [SecretForms.Form](), count: 256)
        for form in forms {
            if let first = form.bytes.first { byFirst[Int(first)].append(form) }
        }
        self.byFirst = byFirst
    }

    var isEmpty: Bool { forms.isEmpty }

    /// The parts of `text` that are secret, in order; none touches another.
    func places(in text: [UInt8]) -> [Range<Int>] {
        var places: [Range<Int>] = []
        for start in text.indices {
            for form in candidates(at: start, of: text) {
                guard let end = form.end(in: text, from: start) else { continue }
                let place = form.isBase64 ? word(around: start..<end, in: text) : start..<end
                places.append(place)
            }
        }
        return merged(places)
    }

    private func candidates(at index: Int, of text: [UInt8]) -> [SecretForms.Form] {
        let plain = byFirst[Int(text[index])]
        let escaped = escapes(at: index, of: text).map(\.byte).filter { $0 != text[index] }
        return escaped.isEmpty ? plain : plain + Set(escaped).flatMap { byFirst[Int($0)] }
    }

    /// Base64 mixes a secret with its neighbours, so the whole word goes.
    private func word(around range: Range<Int>, in text: [UInt8]) -> Range<Int> {
        let start = text[..<range.lowerBound].lastIndex { !isOfBase64($0) }
        let end = text[range.upperBound...].firstIndex { !isOfBase64($0) }
        return (start.map { $0 + 1 } ?? text.startIndex)..<(end ?? text.endIndex)
    }

    private func merged(_ places: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for place in places.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, place.lowerBound <= last.upperBound {
                result[result.count - 1] =
                    last.lowerBound..<max(last.upperBound, place.upperBound)
            } else {
                result.append(place)
            }
        }
        return result
    }
}
