import Foundation

/// The text that a Secret's data holds; nil for what is no Base64 or no UTF-8.
func decodedSecret(_ encoded: String) -> String? {
    Data(base64Encoded: encoded).flatMap { String(data: $0, encoding: .utf8) }
}
