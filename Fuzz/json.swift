import Documents

/// Whatever is read must come back as it was written, in each of the written forms and as YAML; and
/// texts that are a time or a duration must come back as the same.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    checkTimes(String(decoding: bytes, as: UTF8.self))
    let value: JSON
    do throws(DocumentError) {
        value = try JSON(parsing: bytes, duplicateKeys: .lastWins)
    } catch {
        precondition(error.place != nil && !error.remedy.isEmpty)
        return 0
    }
    do throws(DocumentError) {
        for text in [value.text, value.indented, value.goText] {
            let again = try JSON(parsing: text)
            precondition(again.text == value.text && again == value)
            precondition(again.hashValue == value.hashValue)
        }
        let yaml = Array(YAML.text(of: value).utf8)
        let documents = try YAML.documents(in: yaml, file: "written.yaml", limits: .standard)
        precondition((documents.first?.value ?? .null).text == value.text)
    } catch {
        preconditionFailure("cannot read what was written: \(error)")
    }
    return 0
}

private func checkTimes(_ text: String) {
    if let duration = GoDuration(parsing: text) {
        precondition(GoDuration(parsing: duration.text) == duration)
    }
    if let time = Timestamp(rfc3339: text) {
        precondition(Timestamp(rfc3339: time.rfc3339Micro) == time)
    }
}
