import CProcess
import Glibc

extension PrivateRoot.Step {
    /// What is bound, or what a link says.
    var source: String {
        switch self {
        case .directory, .file: ""
        case .link(_, let text): text
        case .keep(let source, _), .bind(let source, _, _): source
        }
    }

    /// Where it is to be, as it stands before the root is changed.
    var target: String {
        switch self {
        case .directory(let target, _), .file(let target), .link(let target, _),
            .keep(_, let target), .bind(_, let target, _):
            target
        }
    }

    /// How a directory is to be; of the others nothing is asked.
    var facts: PrivateRoot.Facts {
        if case .directory(_, let facts) = self { facts } else { PrivateRoot.Facts() }
    }

    var kind: Int32 {
        let kind =
            switch self {
            case .directory: CPROCESS_MOUNT_DIRECTORY
            case .file: CPROCESS_MOUNT_FILE
            case .link: CPROCESS_MOUNT_LINK
            case .keep: CPROCESS_MOUNT_BIND_IF_THERE
            case .bind(_, _, let isReadOnly):
                isReadOnly ? CPROCESS_MOUNT_BIND_READ_ONLY : CPROCESS_MOUNT_BIND
            }
        return Int32(kind)
    }
}
