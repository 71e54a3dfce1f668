import Foundation
import Testing

@testable import PlumbStore

/// The tree of RFC 6962, against the vectors that Certificate Transparency publishes and against its own definition.
struct MerkleTreeTests {
    /// The inputs and roots of certificate-transparency's reference tests.
    private static let inputs: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], Array(0x40...0x43), Array(0x50...0x57), Array(0x60...0x6f),
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    /// All leaves in memory.
    private struct Leaves: SubtreeSource {
        var hashes: [TreeHash]
        init(_ entries: [[UInt8]]) { hashes = entries.map { MerkleTree.leaf($0) } }
        func hash(height: Int, index: Int) -> TreeHash {
            MerkleTree.perfectRoot(hashes[(index << height)..<((index + 1) << height)])
        }
        func root(_ size: Int) throws -> TreeHash { try MerkleTree.root(0, size, of: self) }
    }

    @Test func theRootsAreThoseOfCertificateTransparency() throws {
        let leaves = Leaves(Self.inputs)
        var edge = TreeEdge()
        for size in 0...8 {
            #expect(Data(try leaves.root(size)).hexadecimal == Self.roots[size])
            #expect(Data(edge.root).hexadecimal == Self.roots[size])
            if size < 8 { _ = edge.append(leaves.hashes[size]) }
        }
    }

    @Test func everyEntryOfEveryTreeIsProvenAndNoOther() throws {
        let leaves = Leaves((0..<70).map { [UInt8($0)] })
        for size in 1...70 {
            let root = try leaves.root(size)
            for index in 0..<size {
                let proof = try MerkleTree.inclusionProof(of: index, size: size, in: leaves)
                func isIncluded(_ leaf: Int, at place: Int, _ proof: [TreeHash]) -> Bool {
                    MerkleTree.isIncluded(leaves.hashes[leaf], at: place, size: size, root: root, proof: proof)
                }
                #expect(isIncluded(index, at: index, proof))
                #expect(!isIncluded((index + 1) % 70, at: index, proof))
                #expect(!isIncluded(index, at: index + 1, proof))
                #expect(!isIncluded(index, at: index, proof + [root]))
                if !proof.isEmpty { #expect(!isIncluded(index, at: index, proof.dropLast())) }
            }
        }
    }

    @Test func everyTreeIsTheBeginningOfEveryLaterOne() throws {
        let leaves = Leaves((0..<40).map { [UInt8($0)] })
        var forked = leaves
        forked.hashes[3] = MerkleTree.leaf([99])
        for new in 1...40 {
            for old in 1...new {
                let (first, last) = (try leaves.root(old), try leaves.root(new))
                let proof = try MerkleTree.consistencyProof(from: old, to: new, in: leaves)
                #expect(MerkleTree.isConsistent(from: old, first, to: new, last, proof: proof))
                guard old > 3 else { continue }
                let other = try forked.root(old)
                #expect(!MerkleTree.isConsistent(from: old, other, to: new, last, proof: proof))
                let lie = try MerkleTree.consistencyProof(from: old, to: new, in: forked)
                #expect(!MerkleTree.isConsistent(from: old, other, to: new, last, proof: lie))
            }
        }
    }

    /// 70,000 entries are the example of C2SP tlog-tiles.
    @Test func theTilesAreThoseOfTheStandard() {
        #expect(TilePath.path(0, 1_234_067) == "tile/0/x001/x234/067")
        #expect(TilePath.path(nil, 5, width: 7) == "tile/entries/005.p/7")
        var edge = TreeEdge()
        var full = [0, 0, 0]
        for number in 0..<70_000 {
            for tile in edge.append([UInt8](repeating: UInt8(number % 251), count: 32)) {
                #expect(tile.index == full[tile.level])
                full[tile.level] += 1
            }
        }
        #expect(full == [273, 1, 0])
        #expect(edge.levels.map(\.count) == [112, 17, 1])
        #expect((0...2).map { TilePath.width($0, full[$0], size: 70_000) } == [112, 17, 1])
    }
}
