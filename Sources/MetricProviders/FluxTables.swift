import Analysis
import Documents

/// The values of annotated CSV, as InfluxDB answers. Tables follow each other; each begins with its
/// annotations and the names of its columns, and ends with an empty line.
func fluxValues(_ text: String) throws(ProviderError) -> [MetricValue] {
    var table = FluxTable()
    var values: [MetricValue] = []
    for row in try rows(of: text) {
        if row == [""] {
            table = FluxTable()
        } else if row[0].hasPrefix("#") {
            if table.names != nil { table = FluxTable() }
            table.annotate(row)
        } else if table.names == nil {
            table.names = row
        } else {
            values.append(try table.value(of: row))
            guard values.count <= maximumValues else {
                throw ProviderError(
                    "the query gives more than \(maximumValues) values; aggregate it, "
                        + "for example with last()")
            }
        }
    }
    return values
}

/// More values than this are no metric to judge a release by.
private let maximumValues = 100_000

private struct FluxTable {
    var names: [String]?
    private var types: [String] = []
    private var defaults: [String] = []

    mutating func annotate(_ row: [String]) {
        switch row[0] {
        case "#datatype": types = row
        case "#default": defaults = row
        default: break
        }
    }

    func value(of row: [String]) throws(ProviderError) -> MetricValue {
        // An error in the middle of a query comes as a table of its own.
        if let error = names?.firstIndex(of: "error"), names?.contains("reference") == true {
            throw ProviderError("influxdb: \(cell(error, of: row))")
        }
        guard let column = names?.firstIndex(of: "_value") else {
            throw ProviderError("influxdb: the answer has no column _value")
        }
        guard column < row.count else {
            throw ProviderError("influxdb: a row ends before its value")
        }
        return try read(
            cell(column, of: row), as: types.indices.contains(column) ? types[column] : "string")
    }

    private func cell(_ column: Int, of row: [String]) -> String {
        if row.indices.contains(column), !row[column].isEmpty { return row[column] }
        return defaults.indices.contains(column) ? defaults[column] : ""
    }

    private func read(_ text: String, as type: String) throws(ProviderError) -> MetricValue {
        if text.isEmpty, type != "string" { return .null }
        let value: MetricValue? =
            switch type {
            case "long", "unsignedLong": Int(text).map(MetricValue.int)
            case "double": Double(text).map(MetricValue.float)
            case "boolean": ["true": true, "false": false][text].map(MetricValue.bool)
            default: .string(text)
            }
        guard let value else { throw ProviderError("influxdb: a value is no \(type)") }
        return value
    }
}

/// The rows of CSV (RFC 4180). An empty line is a row of one empty cell.
private func rows(of text: String) throws(ProviderError) -> [[String]] {
    enum State { case plain, quoted, closing }
    var rows: [[String]] = []
    var row: [String] = []
    var cell: [UInt8] = []
    var state = State.plain
    func end(_ state: inout State) {
        row.append(String(decoding: cell, as: UTF8.self))
        cell = []
        state = .plain
    }
    for byte in text.utf8 {
        switch (state, Unicode.Scalar(byte)) {
        case (.quoted, "\""): state = .closing
        case (.quoted, _): cell.append(byte)
        case (.closing, "\""):
            cell.append(byte)
            state = .quoted
        case (.plain, "\"") where cell.isEmpty: state = .quoted
        case (_, ","): end(&state)
        case (_, "\n"):
            end(&state)
            rows.append(row)
            row = []
        case (_, "\r"): break
        default: cell.append(byte)
        }
    }
    guard state != .quoted else { throw ProviderError("influxdb: the answer breaks off") }
    if !cell.isEmpty || !row.isEmpty {
        end(&state)
        rows.append(row)
    }
    return rows
}
