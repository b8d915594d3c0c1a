import Documents

/// The text that a Secret's data holds; nil for what is no Base64 or no UTF-8.
func decodedSecret(_ encoded: String) -> String? {
    decodedBase64(encoded).flatMap { String(validating: $0, as: UTF8.self) }
}
