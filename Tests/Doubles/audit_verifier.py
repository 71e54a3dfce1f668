"""Checks audit logs and their proofs from the published standards alone: RFC 6962, RFC 8032 and C2SP's notes and tiles.

    audit_verifier.py log FOLDER KEY                 every entry, every tile, the checkpoint
    audit_verifier.py proof FILE KEY                 a proof that an entry is in the log (C2SP tlog-proof)
    audit_verifier.py growth FILE CHECKPOINT KEY     that the log grew out of an older checkpoint
    audit_verifier.py cosigned FILE KEY WITNESSKEY   a checkpoint with a witness's cosignature

KEY is the text of a public key, name+id+base64. Nothing here knows of the program that made the files; it needs no
package. It prints what it found, and ends with 0 for what is true and 1 for what is not.
"""

import base64
import hashlib
import os
import sys

WIDTH = 256


class Untrue(Exception):
    pass


# --- Ed25519, RFC 8032, section 5.1 -----------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def add(a, b):
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def decode(data):
    number = int.from_bytes(data, "little")
    y = number & (1 << 255) - 1
    x = recover(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(key, message, signature):
    if len(signature) != 64:
        return False
    point, nonce = decode(key), decode(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if point is None or nonce is None or scalar >= L:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    left = times(scalar, BASE)
    right = add(nonce, times(int.from_bytes(digest, "little") % L, point))
    return not (left[0] * right[2] - right[0] * left[2]) % P and not (left[1] * right[2] - right[1] * left[2]) % P


# --- Notes and checkpoints --------------------------------------------------------------------------------------------


def read_key(text):
    name, key_id, data = text.strip().split("+", 2)
    data = base64.b64decode(data, validate=True)
    if hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] != key_id or len(data) != 33:
        raise Untrue("the key's id is not the key's")
    return name, bytes.fromhex(key_id), data[0], data[1:]


def read_note(note, key):
    """The text of a note, once the key's signature is found to be true."""
    name, key_id, kind, public = read_key(key)
    text, _, below = note.rpartition("\n\n")
    text += "\n"
    for line in below.splitlines():
        dash, signer, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        if dash != "\u2014" or signer != name or data[:4] != key_id:
            continue
        message, signature = text.encode(), data[4:]
        if kind == 4:
            seconds = int.from_bytes(signature[:8], "big")
            message, signature = f"cosignature/v1\ntime {seconds}\n{text}".encode(), signature[8:]
        if is_signed(public, message, signature):
            return text
        raise Untrue(f"the signature of {name} is not true")
    raise Untrue(f"not signed by {name}")


def read_checkpoint(note, key):
    origin, size, root = read_note(note, key).split("\n")[:3]
    if origin != read_key(key)[0]:
        raise Untrue("the checkpoint is of another log")
    return int(size), base64.b64decode(root, validate=True)


# --- The tree ---------------------------------------------------------------------------------------------------------


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def tree(hashes):
    """RFC 6962, section 2.1, as it is written."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return node(tree(hashes[:split]), tree(hashes[split:]))


def check_inclusion(hash_, index, size, proof, root):
    """By the path's definition: its length and sides follow from the index and the size."""
    def walk(index, size, rest):
        if size == 1:
            if rest:
                raise Untrue("the proof is too long")
            return hash_
        if not rest:
            raise Untrue("the proof is too short")
        split = 1 << (size - 1).bit_length() - 1
        if index < split:
            return node(walk(index, split, rest[:-1]), rest[-1])
        return node(rest[-1], walk(index - split, size - split, rest[:-1]))

    if not 0 <= index < size or walk(index, size, proof) != root:
        raise Untrue("the proof does not lead to the root")


def check_growth(old, old_root, new, new_root, proof):
    def walk(old, new, rest, is_known):
        """The roots of both trees, as the proof gives them."""
        if old == new:
            if is_known:
                if rest:
                    raise Untrue("the proof is too long")
                return old_root, old_root
            if len(rest) != 1:
                raise Untrue("the proof has another length")
            return rest[0], rest[0]
        if not rest:
            raise Untrue("the proof is too short")
        split = 1 << (new - 1).bit_length() - 1
        if old <= split:
            first, last = walk(old, split, rest[:-1], is_known)
            return first, node(last, rest[-1])
        first, last = walk(old - split, new - split, rest[:-1], False)
        return node(rest[-1], first), node(rest[-1], last)

    if old > new:
        raise Untrue("the log was cut")
    if old == 0 or old == new:
        if proof or (old == new and old_root != new_root):
            raise Untrue("two roots for one size")
        return
    if walk(old, new, proof, True) != (old_root, new_root):
        raise Untrue("the log did not grow out of the checkpoint")


# --- What can be asked ------------------------------------------------------------------------------------------------


def tile_path(level, index, width):
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(parts)}" + (f".p/{width}" if width < WIDTH else "")


def read_tile(folder, level, index, size, is_bundle=False):
    width = min(WIDTH, (size >> (0 if is_bundle else 8 * level)) - index * WIDTH)
    for path in (tile_path("entries" if is_bundle else level, index, width), tile_path(level, index, WIDTH)):
        if os.path.exists(f"{folder}/{path}"):
            with open(f"{folder}/{path}", "rb") as file:
                return width, file.read()
    raise Untrue(f"{path} is gone")


def check_log(folder, key):
    with open(f"{folder}/checkpoint", encoding="utf-8") as file:
        size, root = read_checkpoint(file.read(), key)
    hashes = []
    for index in range((size + WIDTH - 1) // WIDTH):
        width, data = read_tile(folder, 0, index, size, is_bundle=True)
        place = 0
        for _ in range(width):
            length = int.from_bytes(data[place : place + 2], "big")
            if place + 2 + length > len(data):
                raise Untrue(f"entry {len(hashes)} is cut")
            hashes.append(leaf(data[place + 2 : place + 2 + length]))
            place += 2 + length
        if place != len(data):
            raise Untrue(f"bundle {index} has more than its entries")
    if tree(hashes) != root:
        raise Untrue("the entries are not those of the checkpoint")
    level, row = 0, hashes
    while row:
        for index in range((len(row) + WIDTH - 1) // WIDTH):
            width, data = read_tile(folder, level, index, size)
            if data[: 32 * width] != b"".join(row[index * WIDTH :][:width]):
                raise Untrue(f"tile {level}/{index} is not of these entries")
        row = [tree(row[i * WIDTH : (i + 1) * WIDTH]) for i in range(len(row) // WIDTH)]
        level += 1
    return f"{size} entries"


def check_proof(path, key):
    with open(path, encoding="utf-8") as file:
        head, note = file.read().split("\n\n", 1)
    lines = head.split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra "):
        raise Untrue("no proof")
    entry, index = base64.b64decode(lines[1][6:], validate=True), int(lines[2].removeprefix("index "))
    size, root = read_checkpoint(note, key)
    proof = [base64.b64decode(line, validate=True) for line in lines[3:]]
    check_inclusion(leaf(entry), index, size, proof, root)
    return f"entry {index} of {size}: {entry.decode()}"


def check_growth_file(path, checkpoint, key):
    with open(path, encoding="utf-8") as file:
        head, note = file.read().split("\n\n", 1)
    with open(checkpoint, encoding="utf-8") as file:
        old, old_root = read_checkpoint(file.read(), key)
    lines = head.split("\n")
    if lines[0] != f"old {old}":
        raise Untrue("the proof is about another checkpoint")
    new, new_root = read_checkpoint(note, key)
    check_growth(old, old_root, new, new_root, [base64.b64decode(line, validate=True) for line in lines[1:]])
    return f"{new} entries grew out of {old}"


def check_cosigned(path, key, witness):
    with open(path, encoding="utf-8") as file:
        note = file.read()
    size, _ = read_checkpoint(note, key)
    read_note(note, witness)
    return f"{size} entries, witnessed"


if __name__ == "__main__":
    checks = {"log": check_log, "proof": check_proof, "growth": check_growth_file, "cosigned": check_cosigned}
    try:
        print(checks[sys.argv[1]](*sys.argv[2:]))
    except (Untrue, ValueError, IndexError) as error:
        sys.exit(f"not true: {error}")
