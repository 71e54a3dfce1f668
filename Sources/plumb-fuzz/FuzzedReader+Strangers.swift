// What strangers send over the network: heads of requests, signatures, tokens, calls of the control API.

// These readers are inside of their rooms, which only a debug build opens.
#if DEBUG
    import Crypto
    import Foundation
    import NIOCore
    import PlumbEngine
    import PlumbModel
    @testable import PlumbConsole
    @testable import PlumbLocal

    extension FuzzedReader {
        static let strangers: [String: FuzzedReader] = [
            "request": FuzzedReader { bytes in
                let whole = requests(in: [bytes[...]])
                let cut = bytes.isEmpty ? 0 : Int(bytes[bytes.count / 2]) * bytes.count / 256
                precondition(whole == requests(in: [bytes[..<cut], bytes[cut...]]), "cut at \(cut), others are read")
            },
            "signature": FuzzedReader { checkSignature($0) },
            "token": FuzzedReader { checkToken($0) },
            "control": FuzzedReader { readControl($0) },
        ]

        /// Reads as the gateway does, and tells what it found.
        private static func requests(in parts: [ArraySlice<UInt8>]) -> [String] {
            var parser = RequestParser()
            var told: [String] = []
            var head: RequestHead?
            for part in parts {
                parser.append(ByteBuffer(bytes: part))
                do throws(RequestFault) {
                    while true {
                        if let current = head {
                            guard let body = try parser.body(of: current, bytesMax: 1000) else { break }
                            precondition(body.readableBytes <= 1000, "a body that is too large")
                            told.append("\(current.path) \(Array(body.readableBytesView))")
                            head = nil
                        }
                        guard let next = try parser.head() else { break }
                        head = next.head
                    }
                } catch {
                    precondition((400..<600).contains(error.status) && !error.message.isEmpty, "a fault without words")
                    return told + ["\(error.status)"]
                }
            }
            return told
        }

        private static let keys: AccessKeyRegistry = {
            let keys = AccessKeyRegistry(region: "us-east-1")
            keys.add(
                AccessKey(id: "PLMBAAAAAAAAAAAAAAAA", holder: "ada", role: .operator, createdAt: 0, expiresAt: nil),
                secret: "secret")
            return keys
        }()

        /// A head and a body after it: no bytes but those that the key's holder makes are a signature.
        private static func checkSignature(_ bytes: [UInt8]) {
            let text = String(decoding: bytes, as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            let headers = lines.dropFirst().prefix { !$0.isEmpty }.map { line in
                let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return (name: sides[0], value: sides.count == 2 ? sides[1] : "")
            }
            let body = Array(lines.dropFirst(headers.count + 2).joined(separator: "\n").utf8)
            do throws(SignatureRefusal) {
                let request = try WireRequest(
                    method: words.first ?? "", uri: words.count > 1 ? words[1] : "/", headers: headers, body: body)
                // The time of AWS's own examples.
                _ = try keys.verify(request, now: 1_440_938_160)
                preconditionFailure("a signature that nobody has made")
            } catch {
                precondition(!error.code.isEmpty && !error.message.isEmpty, "a refusal without words")
            }
        }

        /// The text itself, which never holds; and the same as content that our own key has signed.
        private static func checkToken(_ bytes: [UInt8]) {
            let seed = Data(repeating: 7, count: 32)
            do {
                let tokens = try WebTokens([TokenKey(id: "a", createdAt: 0, seed: seed)])
                let text = String(decoding: bytes, as: UTF8.self)
                precondition(tokens.claims(of: text, at: 1000) == nil, "a token that nobody has made")
                if let content = WebTokens.bytes(text) {
                    precondition(WebTokens.text(content) == text, "two texts of one content")
                }
                let head = WebTokens.text(Data("{\"alg\":\"EdDSA\",\"kid\":\"a\",\"typ\":\"JWT\"}".utf8))
                let signed = "\(head).\(WebTokens.text(Data(bytes)))"
                let signature = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
                    .signature(for: Data(signed.utf8))
                guard let claims = tokens.claims(of: "\(signed).\(WebTokens.text(signature))", at: 1000) else { return }
                precondition(claims.exp > 1000 && claims.iss == WebTokens.issuer, "a token of another time or house")
            } catch {
                preconditionFailure("the key is none: \(error)")
            }
        }

        /// `METHOD rest-of-the-path`, a line end, the body. What is decided on has to be what is carried out.
        private static func readControl(_ bytes: [UInt8]) {
            let end = bytes.firstIndex(of: 0x0A) ?? bytes.count
            let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ", maxSplits: 1)
            let body = Array(bytes[min(end + 1, bytes.count)...])
            do throws(PlumbError) {
                let uri = ControlAPI.pathPrefix + (words.count > 1 ? words[1] : "")
                let wish = try ControlWish(method: String(words.first ?? ""), uri: uri, body: body)
                precondition(wish.path.hasPrefix(ControlAPI.pathPrefix), "the wish leads elsewhere: \(wish.path)")
                precondition(wish.path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "an odd path: \(wish.path)")
                let again = try ControlWish(method: wish.method, uri: wish.path, body: body)
                precondition(
                    again.terms == wish.terms && again.endpoint == wish.endpoint && again.path == wish.path,
                    "a second reader finds something else in \(wish.path)")
                precondition(!wish.planBytes(body, by: "ada").isEmpty, "a plan of nothing")
            } catch {
                precondition(error.kind == .invalidInput || error.kind == .notFound, "a bad call is a \(error.kind)")
            }
        }
    }
#else
    extension FuzzedReader {
        static let strangers: [String: FuzzedReader] = [:]
    }
#endif
