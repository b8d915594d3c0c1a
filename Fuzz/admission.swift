import Documents
import Manifests
import Traffic

/// Any question is answered under its own name, or refused.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    do throws(DocumentError) {
        let bytes = Array(UnsafeBufferPointer(start: start, count: count))
        let review = try AdmissionReview(parsing: bytes)
        let verdict = review.verdict(routers: RouterKind.all)
        let answer = review.answer(verdict)
        precondition(answer["response"]?["uid"]?.string == review.uid)
        precondition(answer["response"]?["allowed"]?.bool == verdict.errors.isEmpty)
    } catch {
        precondition(!error.message.isEmpty && !error.remedy.isEmpty)
    }
    return 0
}
