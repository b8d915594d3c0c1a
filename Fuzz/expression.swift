import Analysis
import Documents

/// Any expression over any result ends, with an answer or with an error. The first line is the
/// expression, what follows is the result as JSON.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
    guard let first = lines.first else { return 0 }
    do {
        let condition = try Condition(parsing: String(decoding: first, as: UTF8.self))
        let result = try JSON(parsing: lines.count > 1 ? Array(lines[1]) : Array("[0.5]".utf8))
        _ = try condition.evaluate(result: MetricValue(result), now: Timestamp(milliseconds: 0))
    } catch let error as ConditionError {
        precondition(!error.message.isEmpty)
    } catch let error as DocumentError {
        precondition(!error.remedy.isEmpty)
    } catch {
        preconditionFailure("an error of another type: \(error)")
    }
    return 0
}
