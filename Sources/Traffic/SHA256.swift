import CLibCrypto

/// The SHA-256 digest of `bytes`: 32 bytes.
func sha256(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let input = Array(bytes)
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    // The one-shot form writes exactly 32 bytes and has no way to fail.
    _ = SHA256(input, input.count, &digest)
    return digest
}

/// `bytes` in lower-case hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".unicodeScalars)
    var text = ""
    for byte in bytes {
        text.unicodeScalars.append(digits[Int(byte >> 4)])
        text.unicodeScalars.append(digits[Int(byte & 15)])
    }
    return text
}
