"""What Python's codecs make of every code point and every two-byte code.

Shares nothing with the package it is held against. Lines:
  E set codepoint bytes    what the codec writes ("-": it refuses)
  D set bytes codepoint    what the codec reads
"""
import sys


def write(codec, point):
    try:
        return chr(point).encode(codec).hex()
    except UnicodeEncodeError:
        return "-"


def read(codec, code):
    try:
        return "%X" % ord(code.decode(codec))
    except UnicodeDecodeError:
        return "-"


out = []
points = [p for p in range(0x80, 0x10000) if not 0xD800 <= p <= 0xDFFF]
points += range(0x10000, 0x110000, 61)
points.append(0x10FFFF)
for p in points:
    out.append("E gb18030 %X %s" % (p, write("gb18030", p)))
    if p < 0x10000:
        out.append("E gbk %X %s" % (p, write("gbk", p)))
for first in range(0x81, 0xFF):
    for second in [*range(0x40, 0x7F), *range(0x80, 0xFF)]:
        code = bytes([first, second])
        out.append("D gb18030 %s %s" % (code.hex(), read("gb18030", code)))
        out.append("D gbk %s %s" % (code.hex(), read("gbk", code)))
sys.stdout.write("\n".join(out))
