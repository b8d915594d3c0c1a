import CProcess
import Foundation
import Glibc

/// What a long life leaves in the allocator: memory that a list of all objects or a hundred
/// releases at once have taken and freed, which it keeps for good unless it is asked
/// (docs/decisions/0037).
struct UnusedMemory {
    private var pause = Self.shortestPause

    private static let shortestPause = Duration.seconds(10)
    /// Where giving back gains nothing, the free memory lies between what is used.
    private static let longestPause = Duration.seconds(600)
    /// Less than this, or than a quarter of what is used, is not worth the walk over all of it.
    private static let leastBytes = 16 << 20

    /// Gives memory back until the task is cancelled.
    static func giveBack() async {
        var memory = UnusedMemory()
        while true {
            do { try await Task.sleep(for: memory.pause) } catch { return }
            memory.look()
        }
    }

    private mutating func look() {
        guard Self.isWorthWhile(held: Self.held, used: Self.used) else { return }
        let isGain = Self.giveBackNow() >= Self.leastBytes / 4
        pause = isGain ? Self.shortestPause : min(pause * 2, Self.longestPause)
    }

    /// - Returns: how many bytes that were.
    static func giveBackNow() -> Int {
        let before = held
        cprocess_return_memory()
        return before - held
    }

    static func isWorthWhile(held: Int, used: Int) -> Bool {
        held - used > max(leastBytes, used / 4)
    }

    /// Bytes that are in use of what the allocator holds.
    static var used: Int { Int(cprocess_used_memory()) }

    /// Bytes of memory that are this process's own, shared with nobody.
    static var held: Int {
        // Such files say that they are empty, and are read to their end all the same.
        let text = FileHandle(forReadingAtPath: "/proc/self/statm")?.availableData ?? Data()
        let pages = String(decoding: text, as: UTF8.self).split(separator: " ").map { Int($0) ?? 0 }
        return pages.count > 2 ? (pages[1] - pages[2]) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}
