import Documents

/// How a metric asks CloudWatch; its texts may still hold `{{args.x}}`.
package struct CloudWatchSpec: Hashable, Sendable {
    /// How far back the answer looks, a Go duration.
    package var interval: String
    /// In the words of CloudWatch, whose names begin with capitals.
    package var queries: [JSON]
}

extension CloudWatchSpec {
    /// Reads `provider.cloudWatch`.
    package init(reading reader: Reader) {
        reader.allowOnly(["interval", "metricDataQueries"])
        interval = reader["interval"].duration() ?? "5m"
        queries = reader["metricDataQueries"].elements().map(query)
        if queries.isEmpty {
            reader["metricDataQueries"].refuse("needs a query", remedy: "add one with its id")
        }
    }
}

private func query(_ reader: Reader) -> JSON {
    reader.allowOnly(["id", "expression", "label", "metricStat", "period", "returnData"])
    var query: JSON = ["Id": .string(reader["id"].requiredString())]
    query["Expression"] = reader["expression"].string().map(JSON.string)
    query["Label"] = reader["label"].string().map(JSON.string)
    query["Period"] = seconds(reader["period"])
    query["ReturnData"] = reader["returnData"].bool().map(JSON.bool)
    let stat = reader["metricStat"]
    if stat.isPresent { query["MetricStat"] = statistic(stat) }
    if stat.isPresent == reader["expression"].isPresent {
        reader.refuse(
            "needs either expression or metricStat", remedy: "write one of the two")
    }
    return query
}

private func statistic(_ reader: Reader) -> JSON {
    reader.allowOnly(["metric", "period", "stat", "unit"])
    let metric = reader["metric"]
    metric.allowOnly(["dimensions", "metricName", "namespace"])
    var named: JSON = ["MetricName": .string(metric["metricName"].requiredString())]
    named["Namespace"] = metric["namespace"].string().map(JSON.string)
    let dimensions = metric["dimensions"].elements().map { dimension -> JSON in
        dimension.allowOnly(["name", "value"])
        return [
            "Name": .string(dimension["name"].requiredString()),
            "Value": .string(dimension["value"].requiredString()),
        ]
    }
    if !dimensions.isEmpty { named["Dimensions"] = .array(dimensions) }
    var statistic: JSON = ["Metric": named, "Stat": .string(reader["stat"].requiredString())]
    statistic["Period"] = seconds(reader["period"])
    statistic["Unit"] = reader["unit"].string().map(JSON.string)
    if !reader["period"].isPresent {
        reader["period"].refuse("is missing", remedy: "add the seconds of a period")
    }
    return statistic
}

/// A whole number, or a text that is one.
private func seconds(_ reader: Reader) -> JSON? {
    guard let text = reader.value?.string else {
        return reader.int(in: 1...86_400).map { .int(Int64($0)) }
    }
    if let number = Int64(text), (1...86_400).contains(number) { return .int(number) }
    if !hasTag(text) {
        reader.refuse("\(quoted(text)) is no period", remedy: "write seconds, for example 300")
    }
    return .string(text)
}
