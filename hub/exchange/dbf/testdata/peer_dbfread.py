"""Reads DBF tables with dbfread and prints, for each file named on standard
input, one JSON line: {"rows": [[deleted, cell, ...], ...]} or {"error": text}.
Live rows come first, then deleted ones. A cell is null, ["C", text],
["N", text], ["D", "YYYYMMDD"], ["L", "T"], ["error"].

Argument: the encoding of the text, or "auto" for what the header says."""
import datetime
import decimal
import json
import sys
import warnings

import dbfread

warnings.simplefilter("ignore")


class Parser(dbfread.FieldParser):
    """Keeps an error within its cell."""

    def parse(self, field, data):
        if len(data) < field.length:
            return ["error"]
        try:
            return cell(field, super().parse(field, data))
        except Exception:
            return ["error"]


def cell(field, v):
    if v is None:
        return None
    if field.type == "0":
        return ["0"]
    if isinstance(v, bool):
        return ["L", "T" if v else "F"]
    if isinstance(v, (int, decimal.Decimal)):
        return ["N", str(v)]
    if isinstance(v, float):
        return ["N", repr(v)]
    if isinstance(v, datetime.datetime):
        return ["T", v.strftime("%Y-%m-%d %H:%M:%S.") + "%03d" % round(v.microsecond / 1000)]
    if isinstance(v, datetime.date):
        return ["D", "%04d%02d%02d" % (v.year, v.month, v.day)]
    if isinstance(v, bytes):
        return ["M", v.decode("latin-1")]
    return ["C", v]


for name in sys.stdin:
    name = name.rstrip("\n")
    try:
        encoding = None if sys.argv[1] == "auto" else sys.argv[1]
        t = dbfread.DBF(name, encoding=encoding, parserclass=Parser, recfactory=None, ignorecase=False)
        rows = [[False] + [v for _, v in r] for r in t]
        rows += [[True] + [v for _, v in r] for r in t.deleted]
        print(json.dumps({"names": t.field_names, "rows": rows}))
    except Exception as e:
        print(json.dumps({"error": type(e).__name__}))
    sys.stdout.flush()
