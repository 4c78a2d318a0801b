#!/usr/bin/env python3
"""A peer of the wire that shares no line with ours.

Written from README.md alone, on Debian's python3-cbor2 and python3-cryptography.
HPKE is done by hand from RFC 9180, COSE_Sign1 from RFC 9052.

  peer.py check DIR        reads every golden sample in DIR as box and as hub
  peer.py make DIR OUT     plays a box: writes a hello and a sealed record to OUT
"""
import hashlib, hmac, io, json, os, struct, sys

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

ROOT = "zhunkao/1/"
P256_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
AEAD = {1: (2, AESGCM), 2: (3, ChaCha20Poly1305)}  # suite: HPKE AEAD id, cipher
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def one(raw):
    """Exactly one value in its deterministic form."""
    f = io.BytesIO(raw)
    v = cbor2.CBORDecoder(f).decode()
    assert f.read() == b"", "trailing bytes"
    assert enc(v) == raw, "not in the deterministic form"
    return v


def enc(v):
    return cbor2.dumps(v, canonical=True)


def key_id(raw):
    return hashlib.sha256(raw).digest()[:8]


def sha(b):
    return hashlib.sha256(b).digest()


# COSE_Sign1

def sig_structure(protected, kind, payload):
    return enc(["Signature1", protected, (ROOT + kind).encode(), payload])


def verify(kind, raw, keys):
    tag = cbor2.loads(raw)
    assert tag.tag == 18
    protected, unprotected, payload, sig = tag.value
    assert unprotected == {} and len(sig) == 64
    header = one(protected)
    assert set(header) == {1, 4}
    pub = keys[header[4]]
    assert key_id(pub.public_bytes(*SPKI)) == header[4]
    tbs = sig_structure(protected, kind, payload)
    if header[1] == -7:
        r, s = int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big")
        assert s <= P256_N // 2, "the higher s"
        pub.verify(utils.encode_dss_signature(r, s), tbs, ec.ECDSA(hashes.SHA256()))
    else:
        assert header[1] == -8
        pub.verify(sig, tbs)
    return one(payload)


def sign(kind, value, device):
    payload = enc(value)
    protected = enc({1: -7, 4: key_id(device.public_key().public_bytes(*SPKI))})
    r, s = utils.decode_dss_signature(device.sign(sig_structure(protected, kind, payload), ec.ECDSA(hashes.SHA256())))
    s = min(s, P256_N - s)
    return enc(cbor2.CBORTag(18, [protected, {}, payload, r.to_bytes(32, "big") + s.to_bytes(32, "big")]))


# HPKE, RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256

def extract(salt, ikm):
    return hmac.new(salt or b"\0" * 32, ikm, hashlib.sha256).digest()


def expand(prk, info, length):
    out, t = b"", b""
    for i in range(1, 256):
        if len(out) >= length:
            return out[:length]
        t = hmac.new(prk, t + info + bytes([i]), hashlib.sha256).digest()
        out += t


def l_extract(suite_id, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite_id + label + ikm)


def l_expand(suite_id, prk, label, info, length):
    return expand(prk, struct.pack(">H", length) + b"HPKE-v1" + suite_id + label + info, length)


def hpke_key(suite, dh, enc_key, pub, info):
    kem_id = b"KEM" + struct.pack(">H", 0x20)
    prk = l_extract(kem_id, b"", b"eae_prk", dh)
    shared = l_expand(kem_id, prk, b"shared_secret", enc_key + pub, 32)
    suite_id = b"HPKE" + struct.pack(">HHH", 0x20, 1, AEAD[suite][0])
    context = b"\0" + l_extract(suite_id, b"", b"psk_id_hash", b"") + l_extract(suite_id, b"", b"info_hash", info)
    secret = l_extract(suite_id, shared, b"secret", b"")
    key = l_expand(suite_id, secret, b"key", context, 32)
    nonce = l_expand(suite_id, secret, b"base_nonce", context, 12)
    return AEAD[suite][1](key), nonce


def hpke_open(suite, priv, info, aad, sealed):
    enc_key, ct = sealed[:32], sealed[32:]
    dh = priv.exchange(x25519.X25519PublicKey.from_public_bytes(enc_key))
    cipher, nonce = hpke_key(suite, dh, enc_key, priv.public_key().public_bytes(*RAW), info)
    return cipher.decrypt(nonce, ct, aad)


def hpke_seal(suite, pub, info, aad, plain):
    eph = x25519.X25519PrivateKey.generate()
    enc_key = eph.public_key().public_bytes(*RAW)
    cipher, nonce = hpke_key(suite, eph.exchange(pub), enc_key, pub.public_bytes(*RAW), info)
    return enc_key + cipher.encrypt(nonce, plain, aad)


# padding

def pad(b):
    return b + b"\x80" + b"\0" * (2047 - len(b) % 2048)


def unpad(b):
    assert len(b) % 2048 == 0
    plain = b.rstrip(b"\0")
    assert plain[-1:] == b"\x80" and len(b) - len(plain) < 2048
    return plain[:-1]


# records

def body_aad(m):
    return enc([m["campaign"], m["id"], m["box"], m["epoch"], m["seq"], m["kind"]])


def is_part(part, ct):
    return len(ct) == part["size"] and sha(ct) == part["hash"]


def open_record(read, name, keys, hub):
    envelope = read(name + ".cose")
    m = verify("manifest", envelope, keys)
    body = read(name + "-body.bin")
    assert is_part(m["body"], body)
    assert m["hubkey"] == key_id(hub.public_key().public_bytes(*RAW))
    c = one(unpad(hpke_open(m["suite"], hub, (ROOT + "body").encode(), body_aad(m), body)))
    assert [{"hash": b["hash"], "size": b["size"]} for b in c["blobs"]] == m["blobs"]
    plain = {}
    for b in c["blobs"]:
        ct = read("%s-%s.bin" % (name, b["role"]))
        assert is_part(b, ct)
        plain[b["role"]] = unpad(AEAD[b["suite"]][1](b["key"]).decrypt(b"\0" * 12, ct, (ROOT + "blob/" + b["role"]).encode()))
    return sha(envelope), m, c, plain


def open_at_box(sealed, kind, m, priv):
    assert sealed["key"] == key_id(priv.public_key().public_bytes(*RAW))
    aad = enc([kind, m["box"], m["epoch"]])
    return one(unpad(hpke_open(sealed["suite"], priv, (ROOT + "down").encode(), aad, sealed["cipher"])))


class Keys:
    def __init__(self, read):
        k = {n: bytes.fromhex(v) for n, v in json.loads(read("keys.json")).items()}
        self.device = ec.derive_private_key(int.from_bytes(k["device"], "big"), ec.SECP256R1())
        self.box = x25519.X25519PrivateKey.from_private_bytes(k["box_opening"])
        self.signing = ed25519.Ed25519PrivateKey.from_private_bytes(k["hub_signing"])
        self.hub = x25519.X25519PrivateKey.from_private_bytes(k["hub_opening"])
        self.roster = k["roster"]
        pubs = [self.device.public_key(), self.signing.public_key()]
        self.public = {key_id(p.public_bytes(*SPKI)): p for p in pubs}


def check(read):
    k = Keys(read)
    for kind in "hello welcome heartbeat clock receipts want checkpoint roster campaign".split():
        raw = read(kind + ".cose")
        verify(kind, raw, k.public)
        try:
            verify("enrol", raw, k.public)
            sys.exit("%s verifies as another kind" % kind)
        except InvalidSignature:
            pass
    for name in "chunk confirmation-plain void-plain signature-plain rosterpage-plain rosterkey-plain grant".split():
        one(read(name + ".cbor"))

    previous = b"\0" * 32
    for n, name in enumerate(["record1", "record2"], 1):
        envelope, m, c, plain = open_record(read, name, k.public, k.hub)
        assert (m["seq"], m["prev"]) == (n, previous)
        previous = envelope
        want = one(read("confirmation-plain.cbor"))
        assert {**c, "blobs": []} == want
        assert plain["signature"] == read("signature-plain.cbor")
        assert len(plain["chip.text"]) == 256 and len(plain["chip.wlt"]) == 1024 and plain["photo"][:2] == b"\xff\xd8"
        try:
            hpke_open(m["suite"], k.hub, (ROOT + "body").encode(), body_aad({**m, "box": "bthiefbox22"}), read(name + "-body.bin"))
            sys.exit("a body opens for another box")
        except InvalidTag:
            pass

    roster = verify("roster", read("roster.cose"), k.public)
    page = open_at_box(roster["sealed"], "roster", roster, k.box)
    assert page == one(read("rosterpage-plain.cbor"))
    mark = [e["elsewhere"] for e in page["entries"] if "elsewhere" in e][0]
    assert mark["key"] == hmac.new(k.roster, b"430102199001010029", hashlib.sha256).digest()[:16]
    campaign = verify("campaign", read("campaign.cose"), k.public)
    assert open_at_box(campaign["rosterkey"], "campaign", campaign, k.box) == {"key": k.roster}
    assert (campaign["size"], campaign["hash"], campaign["off"]) == (len(campaign["bundle"]), sha(campaign["bundle"]), 0)

    tickets = verify("tickets", read("tickets.cose"), k.public)
    assert open_at_box(tickets["sealed"], "tickets", tickets, k.box) == one(read("admissionpage-plain.cbor"))
    pictures = verify("pictures", read("pictures.cose"), k.public)
    assert open_at_box(pictures["sealed"], "pictures", pictures, k.box) == one(read("picturepage-plain.cbor"))
    asked = verify("lacking", read("lacking.cose"), k.public)
    assert asked["pictures"][0]["picture"] == one(read("admissionpage-plain.cbor"))["tickets"][0]["picture"]

    enrol = verify("enrol", read("enrol.cose"), k.public)
    csr = x509.load_der_x509_csr(enrol["csr"])
    assert csr.is_signature_valid and csr.public_key().public_numbers() == k.device.public_key().public_numbers()
    prefix, host, port, fingerprint, code = read("ticket.txt").decode().strip().split(":")
    assert (prefix, code, bytes.fromhex(fingerprint)) == ("zk1", enrol["code"], sha(one(read("grant.cbor"))["ca"]))
    print("peer: every sample reads as README says")


def make(read, write):
    k = Keys(read)
    read_manifest = verify("manifest", read("record1.cose"), k.public)
    body = one(read("confirmation-plain.cbor"))
    for suite in AEAD:
        body["blobs"] = []
        for role, media, data in [("signature", "application/cbor", read("signature-plain.cbor")), ("photo", "image/jpeg", b"\xff\xd8" + b"p" * 40000)]:
            key = os.urandom(32)
            ct = AEAD[suite][1](key).encrypt(b"\0" * 12, pad(data), (ROOT + "blob/" + role).encode())
            body["blobs"].append({"hash": sha(ct), "size": len(ct), "role": role, "media": media, "suite": suite, "key": key})
            write("peer%d-%s.bin" % (suite, role), ct)
        m = {**read_manifest, "id": os.urandom(16), "suite": suite, "blobs": [{"hash": b["hash"], "size": b["size"]} for b in body["blobs"]]}
        sealed = hpke_seal(suite, k.hub.public_key(), (ROOT + "body").encode(), body_aad(m), pad(enc(body)))
        m["body"] = {"hash": sha(sealed), "size": len(sealed)}
        write("peer%d-body.bin" % suite, sealed)
        write("peer%d.cose" % suite, sign("manifest", m, k.device))
    hello = verify("hello", read("hello.cose"), k.public)
    write("hello.cose", sign("hello", {**hello, "software": "peer.py"}, k.device))
    print("peer: a hello and two records made")


def main(argv):
    def read(name):
        with open(os.path.join(argv[2], name), "rb") as f:
            return f.read()

    def write(name, b):
        with open(os.path.join(argv[3], name), "wb") as f:
            f.write(b)

    if argv[1:2] == ["check"] and len(argv) == 3:
        return check(read)
    if argv[1:2] == ["make"] and len(argv) == 4:
        return make(read, write)
    sys.exit(__doc__)


main(sys.argv)
