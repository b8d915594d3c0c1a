/// Rows of text in aligned columns, as kubectl prints its tables.
struct Columns {
    /// A piece of text and how it looks.
    struct Cell: ExpressibleByStringInterpolation {
        var text: String
        var tone: Palette.Tone?

        init(_ text: String, _ tone: Palette.Tone? = nil) {
            self.text = shown(text)
            self.tone = tone
        }

        init(stringLiteral value: String) {
            self.init(value)
        }
    }

    /// Empty for none.
    var head: [String] = []
    var rows: [[Cell]] = []
    var indent = 0
    /// Blanks between two columns.
    var gap = 3

    /// The lines, each without blanks at its end.
    func lines(_ palette: Palette) -> [String] {
        let titles = head.map { Cell($0, .faint) }
        let all = (head.isEmpty ? [] : [titles]) + rows
        let count = all.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            all.map { column < $0.count ? $0[column].text.count : 0 }.max() ?? 0
        }
        let margin = String(repeating: " ", count: indent)
        return all.map { row in
            let last = row.lastIndex { !$0.text.isEmpty } ?? -1
            let cells = row.prefix(last + 1).enumerated().map { index, cell in
                let blanks = index == last ? 0 : widths[index] - cell.text.count + gap
                return palette.paint(cell.text, cell.tone) + String(repeating: " ", count: blanks)
            }
            return last < 0 ? "" : margin + cells.joined()
        }
    }
}
