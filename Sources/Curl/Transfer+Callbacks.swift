import CCurlShim

/// What libcurl calls while it reads an answer, on the driver thread.
extension Transfer {
    /// Servers of this world send less than 16 KiB of headers; libcurl itself bounds only the
    /// single line.
    static let maximumHeadBytes = 256 << 10

    /// Takes body bytes. Returns how many were taken; another number makes libcurl stop or pause.
    func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        var wake: (() -> Void)?
        let taken: Int = state.withLock { state in
            if state.isCancelled { return stopsTransfer }
            if request.quietMilliseconds > 0 { state.heard = .now }
            switch mode {
            case .whole:
                guard state.buffer.count + bytes.count <= request.maximumBodyBytes else {
                    state.refusal = CurlError(
                        CURLE_FILESIZE_EXCEEDED, host: host,
                        message: "the answer is longer than \(request.maximumBodyBytes) bytes")
                    return stopsTransfer
                }
                state.buffer.append(contentsOf: bytes)
            case .streamed(let highWaterBytes):
                if let waiter = state.chunkWaiter {
                    state.chunkWaiter = nil
                    let chunk = [UInt8](bytes)
                    wake = { waiter.resume(returning: .success(chunk)) }
                } else if state.buffer.count >= highWaterBytes {
                    state.isPaused = true
                    return Int(CURL_WRITEFUNC_PAUSE)
                } else {
                    state.buffer.append(contentsOf: bytes)
                }
            }
            return bytes.count
        }
        wake?()
        return taken
    }

    /// Takes one line of a head, its line break included. False makes libcurl stop.
    func takeHeaderLine(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let line = Substring(String(decoding: bytes, as: UTF8.self))
        var wake: (() -> Void)?
        let goesOn: Bool = state.withLock { state in
            // Trailers come after the body and mean nothing to us.
            if state.isHeadComplete { return true }
            state.headBytes += bytes.count
            guard state.headBytes <= Self.maximumHeadBytes else {
                state.refusal = CurlError(
                    CURLE_FILESIZE_EXCEEDED, host: host,
                    message: "the answer has more than \(Self.maximumHeadBytes) bytes of headers")
                return false
            }
            if line.hasPrefix("HTTP/") {
                let status = line.split(separator: " ").dropFirst().first.flatMap {
                    Int($0.trimmed)
                }
                state.head = ResponseHead(status: status ?? 0)
            } else if line.trimmed.isEmpty {
                guard isFinal(state.head) else { return true }
                state.isHeadComplete = true
                if request.quietMilliseconds > 0 { state.heard = .now }
                if let waiter = state.headWaiter {
                    state.headWaiter = nil
                    let head = state.head
                    wake = { waiter.resume(returning: .success(head)) }
                }
            } else if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].trimmed
                state.head.headers.append(Header(String(line[..<colon]), String(value)))
            }
            return true
        }
        wake?()
        return goesOn
    }

    /// An interim answer (1xx), or a redirect that is followed, is not the one that was asked for.
    private func isFinal(_ head: ResponseHead) -> Bool {
        if head.status < 200 { return false }
        let isFollowed = request.followsRedirects && (300..<400).contains(head.status)
        return !(isFollowed && head["location"] != nil)
    }
}

/// libcurl takes any count that is not the one it offered as "stop"; it never offers the largest
/// one.
private let stopsTransfer = Int(CURL_WRITEFUNC_ERROR)

extension Substring {
    /// Without blanks and line breaks at both ends.
    fileprivate var trimmed: Substring {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        guard let first = firstIndex(where: { !isBlank($0) }),
            let last = lastIndex(where: { !isBlank($0) })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
