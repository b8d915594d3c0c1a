import CProcess
import Glibc

/// The loopback addresses of one box: 127.N.0.0/16, a block that no other box of this machine uses
/// at the same time.
///
/// Pods live in 127.N.0.1 to 127.N.199.254, Services in 127.N.200.1 to 127.N.254.254.
package final class AddressBlock: Sendable {
    package let number: Int
    private let hold: Int32

    /// The blocks that boxes share; those below belong to whatever else uses loopback addresses.
    private static let numbers = 16...250
    private static let podHosts = 1...(199 * 254)
    private static let serviceHosts = 1...(54 * 254)

    private init(number: Int, hold: Int32) {
        self.number = number
        self.hold = hold
    }

    deinit { close(hold) }

    /// Takes the `preferred` block where it is free, else the next one that is. It is given back
    /// when the process ends, however it ends.
    /// - Throws: `SystemFailure` where every block is taken.
    package static func take(preferred: Int) throws(SystemFailure) -> AddressBlock {
        let first = (preferred - numbers.lowerBound) % numbers.count
        for offset in 0..<numbers.count {
            let number = numbers.lowerBound + (max(0, first) + offset) % numbers.count
            let hold = cprocess_hold_name("sluice/loopback/\(number)")
            if hold >= 0 { return AddressBlock(number: number, hold: hold) }
        }
        throw SystemFailure(
            "every block of loopback addresses is taken by another box", code: EADDRINUSE)
    }

    /// Whether an address is one of this block's.
    package func contains(_ address: String) -> Bool { address.hasPrefix("127.\(number).") }

    /// The first address for a pod after `last` that is not in `taken`; nil where all are.
    package func podAddress(after last: Int, notIn taken: Set<String>) -> (
        address: String, index: Int
    )? {
        address(in: Self.podHosts, network: 0, after: last, notIn: taken)
    }

    /// The same for a Service.
    package func serviceAddress(
        after last: Int, notIn taken: Set<String>
    ) -> (address: String, index: Int)? {
        address(in: Self.serviceHosts, network: 200, after: last, notIn: taken)
    }

    /// Addresses are used in turn, so that one that was just given back rests.
    private func address(
        in hosts: ClosedRange<Int>, network: Int, after last: Int, notIn taken: Set<String>
    ) -> (address: String, index: Int)? {
        for offset in 1...hosts.count {
            let index = (last + offset - 1) % hosts.count
            let address = "127.\(number).\(network + index / 254).\(index % 254 + 1)"
            if !taken.contains(address) { return (address, index + 1) }
        }
        return nil
    }
}
