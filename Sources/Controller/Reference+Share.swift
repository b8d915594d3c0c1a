import KubernetesObjects

extension Reference {
    /// Milliseconds below a second, always the same for one object.
    ///
    /// Times in the API have whole seconds, so that all runs would measure at the beginning of one,
    /// and a bad answer would wait behind the good ones of that second. With a share of its own
    /// each keeps its interval, and the second is used from its beginning to its end.
    var shareOfSecond: Int64 {
        let hash = "\(namespace)/\(name)".utf8.reduce(UInt32(2_166_136_261)) {
            ($0 ^ UInt32($1)) &* 16_777_619
        }
        return Int64(hash) % 1_000
    }
}
