import Documents

/// How requests to AWS are signed, as the document says it. Who signs is known to the controller.
package struct SigV4Spec: Hashable, Sendable {
    /// Nil where that of the controller is meant.
    package var region: String?
    /// A role to act in; nil where that of the controller is meant.
    package var roleARN: String?
    /// Whose keys are taken from the files of AWS' own tools; nil where the environment has them.
    package var profile: String?

    /// That of the controller, in every respect.
    package init() {}
}

extension SigV4Spec {
    /// Reads `authentication.sigv4`; nil where there is nothing in it.
    init?(reading reader: Reader) {
        reader.allowOnly(["region", "profile", "roleArn"])
        guard reader.value?.object?.isEmpty == false else { return nil }
        region = reader["region"].string().flatMap { $0.isEmpty ? nil : $0 }
        roleARN = reader["roleArn"].string().flatMap { $0.isEmpty ? nil : $0 }
        profile = reader["profile"].string().flatMap { $0.isEmpty ? nil : $0 }
    }
}
