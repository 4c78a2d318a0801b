"""Writes DBF tables byte by byte, as Visual FoxPro and dBASE IV do, into the
folder that is the argument. Nothing of ours is in it."""
import os
import struct
import sys

out = sys.argv[1]


def field(name, kind, length, dec=0, flags=0, offset=0):
    return struct.pack("<11scIBBB13s", name.encode("gbk"), kind.encode(), offset, length, dec, flags, b"")


def table(path, version, ldid, fields, rows, end=b"\x1a", backlink=0):
    head = 32 + 32 * len(fields) + 1 + backlink
    with open(os.path.join(out, path), "wb") as f:
        f.write(struct.pack("<BBBBIHH16sBBH", version, 19, 9, 12, len(rows), head, len(rows[0]), b"", 0, ldid, 0))
        f.write(b"".join(fields) + b"\r" + b"\0" * backlink)
        f.write(b"".join(rows) + end)


# Visual FoxPro: all its types, a nullable column, a memo file with blocks of 64.
fields = [
    field("KSH", "C", 14), field("XM", "C", 20, 0, 2), field("I", "I", 4), field("Y", "Y", 8, 4), field("T", "T", 8),
    field("B", "B", 8, 2), field("N", "N", 10, 3), field("F", "F", 8, 2), field("D", "D", 8), field("L", "L", 1), field("M", "M", 4),
    field("_NullFlags", "0", 1, 0, 5),
]


def vfp(mark, ksh, xm, i, y, day, ms, b, n, f, d, l, m, null):
    return (mark + ksh.ljust(14).encode() + xm.encode("gb18030").ljust(20) + struct.pack("<iqIId", i, y, day, ms, b)
            + n.rjust(10).encode() + f.rjust(8).encode() + d.ljust(8).encode() + l.encode() + struct.pack("<I", m) + bytes([null]))


table("vfp.dbf", 0x30, 0x7A, fields, [
    vfp(b" ", "19430100000001", "欧阳𬭩", 7, 1234500, 2458739, 45296000, 0.1, "451.500", "12.50", "20190912", "T", 8, 0),
    vfp(b" ", "00000000000002", "", 2147483647, -1, 0, 0, -1.5e10, "", "", "", " ", 0, 1),
    vfp(b"*", "00000000000003", "买买提·艾力", 0, 0, 2415021, 86399999, 0.0, "-99999.999", "0.00", "20000229", "F", 24, 0),
    vfp(b" ", "00000000000004", "=cmd|' /C calc'!A0", 1, 99999999999999, 2488070, 1, 123456789.125, "0.001", "-1.25", "00000000", "?", 0, 0),
], backlink=263)
with open(os.path.join(out, "vfp.fpt"), "wb") as f:
    f.write(struct.pack(">IHH504s", 40, 0, 64, b""))
    for text in ("通讯地址：长沙市".encode("gbk") * 40, b"short"):
        block = struct.pack(">II", 1, len(text)) + text
        f.write(block + b"\0" * (1024 - len(block)))

# dBASE IV with a memo; its blocks say their length with the head in it.
fields = [field("XM", "C", 8), field("M", "M", 10)]
table("dbase4.dbf", 0x8B, 0x4D, fields, [b" " + "石喆".encode("gbk").ljust(8) + b"0000000001", b" " + b"".ljust(8) + b"".ljust(10)])
with open(os.path.join(out, "dbase4.dbt"), "wb") as f:
    f.write(struct.pack("<II8s4sH490s", 3, 0, b"", b"", 512, b""))
    text = "备注".encode("gbk") * 3
    f.write((b"\xff\xff\x08\x00" + struct.pack("<I", len(text) + 8) + text).ljust(512, b"\0"))

# Chinese column names, as FoxPro allows them; no end mark; no code page.
fields = [field("考生号", "C", 14), field("姓名", "C", 8), field("总分", "N", 5, 1)]
table("names.dbf", 0x03, 0x00, fields, [b" " + b"19430100000001" + "刘备".encode("gbk").ljust(8) + b"300.5"], end=b"")
