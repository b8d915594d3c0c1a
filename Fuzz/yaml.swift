import Documents

/// Small, so that one input takes little time; larger ones meet the same code.
private let limits = Limits(bytes: 1 << 16, depth: 50, nodes: 5000)

/// Whatever is read must be written so that it reads back as the same, and every part of it has a
/// place.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(DocumentError) {
        for document in try YAML.documents(in: bytes, file: "fuzz.yaml", limits: limits) {
            check(document)
        }
    } catch {
        precondition(error.place != nil && !error.remedy.isEmpty)
    }
    return 0
}

private func check(_ document: Document) {
    precondition(document.place(of: .root) != nil)
    let text = YAML.text(of: document.value)
    do throws(DocumentError) {
        let again = try YAML.documents(in: Array(text.utf8), file: "again.yaml", limits: .standard)
        precondition(again.count == 1 && again[0].value.text == document.value.text)
    } catch {
        preconditionFailure("cannot read what was written: \(error)")
    }
}
