/// What is cut out of texts and put into them. As in Go, a text is its bytes.
extension Evaluation {
    /// The builtins on a text and others: the one that is looked for, the one to put in its place.
    mutating func piece(
        _ name: String, of text: String, _ others: ArraySlice<MetricValue>, at: Int
    ) throws(ConditionError) -> MetricValue {
        if name == "repeat", let count = others.first {
            return .string(try repeated(text, count, at: at))
        }
        var other: String?
        if let value = others.first { other = try self.text(value, for: name, at: at) }
        let wanted = other ?? " "
        switch name {
        case "trim": return .string(trimmed(text, of: other))
        case "trimPrefix":
            let count = text.utf8.starts(with: wanted.utf8) ? wanted.utf8.count : 0
            return .string(String(decoding: text.utf8.dropFirst(count), as: UTF8.self))
        case "trimSuffix":
            let count = ends(text, with: wanted) ? wanted.utf8.count : 0
            return .string(String(decoding: text.utf8.dropLast(count), as: UTF8.self))
        case "hasPrefix": return .bool(text.utf8.starts(with: wanted.utf8))
        case "hasSuffix": return .bool(ends(text, with: wanted))
        case "indexOf", "lastIndexOf":
            let place = try place(
                of: Array(wanted.utf8), in: Array(text.utf8), isFromEnd: name == "lastIndexOf",
                at: at)
            return .int(place ?? -1)
        case "split", "splitAfter":
            let most = try limit(others.dropFirst().first, for: name, at: at)
            return .list(
                try parts(of: text, by: wanted, most, keepsIt: name == "splitAfter", at: at))
        case "replace":
            let new = try others.dropFirst().first.map { value throws(ConditionError) in
                try self.text(value, for: name, at: at)
            }
            let most = try limit(others.dropFirst(2).first, for: name, at: at)
            return .string(try replaced(wanted, by: new ?? "", in: text, most, at: at))
        default: throw ConditionError("unknown function \(quoted(name))", at: at)
        }
    }

    private func ends(_ text: String, with end: String) -> Bool {
        text.utf8.reversed().starts(with: end.utf8.reversed())
    }

    private func trimmed(_ text: String, of cut: String?) -> String {
        let characters = cut.map { Set($0.unicodeScalars) }
        func isCut(_ scalar: Unicode.Scalar) -> Bool {
            characters?.contains(scalar) ?? scalar.properties.isWhitespace
        }
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, isCut(first) { scalars.removeFirst() }
        while let last = scalars.last, isCut(last) { scalars.removeLast() }
        return String(scalars)
    }

    private mutating func repeated(
        _ text: String, _ count: MetricValue, at: Int
    ) throws(ConditionError) -> String {
        guard case .int(let count) = count else { throw refused("repeat", count, at: at) }
        guard count >= 0 else {
            throw ConditionError(
                "invalid argument for repeat (expected positive integer, got \(count))", at: at)
        }
        let (bytes, overflow) = text.utf8.count.multipliedReportingOverflow(by: count)
        try spendText(overflow ? .max : bytes, at: at)
        return bytes == 0 ? "" : String(repeating: text, count: count)
    }

    /// How many at most; fewer than none means all.
    private func limit(
        _ value: MetricValue?, for name: String, at: Int
    ) throws(ConditionError) -> Int {
        guard let value else { return .max }
        guard case .int(let count) = value else { throw refused(name, value, at: at) }
        return count < 0 ? .max : count
    }

    /// What stands between the separators, or each part with the separator after it.
    private mutating func parts(
        of text: String, by separator: String, _ most: Int, keepsIt: Bool, at: Int
    ) throws(ConditionError) -> [MetricValue] {
        if most == 0 { return [] }
        let bytes = Array(text.utf8), wanted = Array(separator.utf8)
        var parts: [MetricValue] = []
        var start = 0
        while parts.count + 1 < most {
            let end: Int
            if wanted.isEmpty {
                end = start + length(ofCharacterAt: start, in: bytes)
                guard end < bytes.count else { break }
            } else {
                guard let place = try place(of: wanted, in: bytes, from: start, at: at) else {
                    break
                }
                end = place
            }
            let cut = end + wanted.count
            let part = bytes[start..<(keepsIt ? cut : end)]
            parts.append(.string(String(decoding: part, as: UTF8.self)))
            try spend(1, at: at)
            start = cut
        }
        // Of nothing there are no characters.
        if bytes.isEmpty && wanted.isEmpty { return [] }
        return parts + [.string(String(decoding: bytes[start...], as: UTF8.self))]
    }

    private mutating func replaced(
        _ old: String, by new: String, in text: String, _ most: Int, at: Int
    ) throws(ConditionError) -> String {
        let bytes = Array(text.utf8), old = Array(old.utf8), new = Array(new.utf8)
        var result: [UInt8] = []
        var start = 0, count = 0
        while count < most {
            // Nothing is before each character, and at the end.
            let isFirst = old.isEmpty && count == 0
            let skipped =
                old.isEmpty && !isFirst ? length(ofCharacterAt: start, in: bytes) : 0
            if old.isEmpty && !isFirst && skipped == 0 { break }
            guard let place = try place(of: old, in: bytes, from: start + skipped, at: at) else {
                break
            }
            result += bytes[start..<place]
            result += new
            try spend(1 + new.count / Condition.Limit.bytesOfStep, at: at)
            try checkLength(result.count, at: at)
            start = place + old.count
            count += 1
        }
        result += bytes[start...]
        try checkLength(result.count, at: at)
        return String(decoding: result, as: UTF8.self)
    }

    /// How many bytes the character takes that begins here; 0 at the end.
    private func length(ofCharacterAt start: Int, in bytes: [UInt8]) -> Int {
        guard start < bytes.count else { return 0 }
        return 1 + bytes[(start + 1)...].prefix { $0 & 0xC0 == 0x80 }.count
    }

    /// Where `part` is in `bytes`, the first or the last time. Every comparison is charged, so that
    /// no text makes this slow.
    private mutating func place(
        of part: [UInt8], in bytes: [UInt8], from start: Int = 0, isFromEnd: Bool = false, at: Int
    ) throws(ConditionError) -> Int? {
        let last = bytes.count - part.count
        guard start <= last else { return nil }
        for offset in 0...(last - start) {
            let place = isFromEnd ? last - offset : start + offset
            var same = 0
            while same < part.count, bytes[place + same] == part[same] { same += 1 }
            let work = offset % Condition.Limit.bytesOfStep == 0 ? 1 : 0
            try spend(work + same / Condition.Limit.bytesOfStep, at: at)
            if same == part.count { return place }
        }
        return nil
    }
}

extension Evaluation {
    /// Charges the bytes of a text that an expression builds, and refuses one that is too long.
    mutating func spendText(_ bytes: Int, at: Int) throws(ConditionError) {
        try checkLength(bytes, at: at)
        try spend(bytes / Condition.Limit.bytesOfStep, at: at)
    }

    /// Charges a text that is looked at from its beginning to its end.
    mutating func spendReading(_ text: String, at: Int) throws(ConditionError) {
        try spend(text.utf8.count / Condition.Limit.bytesOfStep, at: at)
    }

    func checkLength(_ bytes: Int, at: Int) throws(ConditionError) {
        if bytes > Condition.Limit.textBytes {
            throw ConditionError(
                "builds a text of more than \(Condition.Limit.textBytes) bytes", at: at)
        }
    }
}
