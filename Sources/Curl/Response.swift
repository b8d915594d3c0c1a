/// Status and headers of an answer.
package struct ResponseHead: Hashable, Sendable {
    package var status: Int
    /// In the order they came, names as the server wrote them.
    package var headers: [Header]

    package init(status: Int = 0, headers: [Header] = []) {
        self.status = status
        self.headers = headers
    }

    /// The first value under `name`, whatever its case.
    package subscript(name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// 200 to 299.
    package var isSuccess: Bool { (200..<300).contains(status) }
}

/// A whole answer.
package struct Response: Hashable, Sendable {
    package let head: ResponseHead
    package let body: [UInt8]

    package init(head: ResponseHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    /// The body as UTF-8; what is no UTF-8 is replaced.
    package var text: String { String(decoding: body, as: UTF8.self) }
}

/// An answer whose head has come and whose body is read as it comes.
package struct StreamedResponse: Sendable {
    package let head: ResponseHead
    package let body: ResponseBody
}
