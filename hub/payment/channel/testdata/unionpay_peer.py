"""UnionPay's online gateway (ACP 5.1.0) as its documentation describes it: a peer for tests.

It signs and verifies with OpenSSL (python3-cryptography) and shares no code with what
it tests. Usage: unionpay_peer.py MERCHANT.pem ROOT.pem; it writes the root that its
certificate leads to, and prints its port. Beside the gateway:

POST /_/knob   {"answer": "500" | "busy" | "unsigned" | "other-key" | "other-root" | "other-name" | "hang" | ""}
POST /_/front  the form that a browser posts: is it good
POST /_/pay    {"order", "spoil": …, "at"?, "number"?}  somebody pays: the notice, as it would be sent
POST /_/alter  {"order", "fen"}       from now on questions are answered with another amount
POST /_/over   {"order"}              its payTimeout is over: nobody can begin to pay it
POST /_/done   {"refund", "ends"?}    a refund is made: the notice; or it ends with another code
POST /_/file   {"text"}               the fileContent of every day
"""
import base64, datetime, hashlib, http.server, json, re, sys, time, urllib.parse
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

MERCHANT, CERT_ID = "777290058110097", "68759529225"
with open(sys.argv[1], "rb") as f:
    merchant = serialization.load_pem_public_key(f.read())


def new():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certify(name, key, by, signer, authority):
    now = datetime.datetime.utcnow()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(by.subject if by else subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=365)).add_extension(x509.BasicConstraints(ca=authority, path_length=None), True).sign(signer, hashes.SHA256()))


def pem(cert):
    return cert.public_bytes(serialization.Encoding.PEM).decode()


root_key, other_root_key, key, other_key = new(), new(), new(), new()
root = certify("Synthetic ROOT", root_key, None, root_key, True)
other_root = certify("Synthetic ROOT", other_root_key, None, other_root_key, True)
HOLDER = "041@Z12@中国银联股份有限公司@00000001"
mine = pem(certify(HOLDER, key, root, root_key, False))
of_other_root = pem(certify(HOLDER, key, other_root, other_root_key, False))
of_other_name = pem(certify("041@Z12@Somebody@00000001", key, root, root_key, False))
with open(sys.argv[2], "w") as f:
    f.write(pem(root))
orders, refunds, knob, bill = {}, {}, {"answer": ""}, {"text": ""}


def digest(form):
    text = "&".join("%s=%s" % (k, form[k]) for k in sorted(form) if k != "signature")
    return hashlib.sha256(text.encode()).hexdigest()


def signed(form, how):
    form["signPubKeyCert"] = of_other_root if how == "other-root" else of_other_name if how == "other-name" else mine
    form["signature"] = base64.b64encode((other_key if how == "other-key" else key).sign(digest(form).encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    if how == "unsigned":
        del form["signature"]
    if how == "body":
        form["orderId"] += "1"
    return form


def now():
    return time.strftime("%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600))


def notice(form, how):
    form.update(version="5.1.0", encoding="UTF-8", signMethod="01", merId=MERCHANT, respCode="00", respMsg="success", currencyCode="156", settleCurrencyCode="156", accNo="6228****0001")
    if how == "stale":
        form["traceTime"] = time.strftime("%m%d%H%M%S", time.gmtime(time.time() - 40 * 86400))
    if how == "amount":
        form["txnAmt"] = str(int(form["txnAmt"]) - 1)
    if how == "merchant":
        form["merId"] = "777290058110098"
    if how == "currency":
        form["currencyCode"] = "840"
    if how == "state":
        del form["respCode"]
    body = urllib.parse.urlencode(signed(form, how))
    if how == "twice":
        body += "&orderId=ZK20190002"
    return {"header": {}, "body": body}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def say(self, text, status=200):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def good(self, form):
        try:
            merchant.verify(base64.b64decode(form["signature"]), digest(form).encode(), padding.PKCS1v15(), hashes.SHA256())
        except Exception:
            return False
        return form["version"] == "5.1.0" and form["certId"] == CERT_ID and form["merId"] == MERCHANT and form["signMethod"] == "01" and re.fullmatch(r"\d{14}", form["txnTime"]) is not None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        if self.path == "/_/front":
            ok = self.good(form) and form["txnType"] == "01" and form["txnSubType"] == "01" and form["currencyCode"] == "156" and form["frontUrl"].startswith("https://")
            return self.say(json.dumps({"good": ok}))
        if self.path.startswith("/_/"):
            return self.control(self.path[3:], json.loads(body))
        if knob["answer"] == "hang":
            time.sleep(3)
            return
        if knob["answer"] == "500":
            return self.say("", 500)
        out = {k: form[k] for k in ("version", "encoding", "signMethod", "txnType", "txnSubType", "bizType", "merId", "orderId", "txnTime") if k in form}
        out.update(self.answer(form) if self.good(form) else {"respCode": "11", "respMsg": "Signature verification failed"})
        if knob["answer"] == "busy":
            out["respCode"] = "02"
        self.say("&".join("%s=%s" % kv for kv in signed(out, knob["answer"]).items()))

    def answer(self, form):
        name = (form.get("orderId"), form["txnTime"])
        kind = form["txnType"] + form["txnSubType"]
        if kind in ("0107", "0400") and not re.fullmatch(r"[0-9A-Za-z]{8,40}", name[0]):
            return {"respCode": "10"}
        if kind == "0107":
            if form["currencyCode"] != "156" or orders.setdefault(name, {"fen": form["txnAmt"]})["fen"] != form["txnAmt"]:
                return {"respCode": "12"}
            return {"respCode": "00", "qrCode": "https://qr.95516.com/00010000/" + name[0]}
        if kind == "0000":
            o = orders.get(name) or refunds.get(name)
            if o is None:
                return {"respCode": "34"}
            out = {"respCode": "00", "txnType": o.get("type", "01"), "origRespCode": "00" if "query" in o else o.get("ends", "05"), "txnAmt": o["fen"], "currencyCode": "156"}
            if "query" in o:
                out.update(queryId=o["query"], traceTime=o["time"], traceNo="000001", settleDate="0906")
            if "of" in o:
                out["origQryId"] = o["of"]
            return out
        if kind == "0400":
            paid = [o for o in orders.values() if o.get("query") == form["origQryId"]]
            if not paid or paid[0]["fen"] != form["txnAmt"]:
                return {"respCode": "36"}
            refunds.setdefault(name, {"fen": form["txnAmt"], "type": "04", "of": form["origQryId"]})
            return {"respCode": "00", "queryId": "refund-heard"}
        if kind == "7601":
            if not bill["text"] or form["fileType"] != "00" or len(form["settleDate"]) != 4:
                return {"respCode": "98"}
            return {"respCode": "00", "fileName": "INN19090688.zip", "fileContent": bill["text"]}
        return {"respCode": "10"}

    def control(self, what, ask):
        if what == "knob":
            knob["answer"] = ask["answer"]
            return self.say("{}")
        if what == "file":
            bill["text"] = ask["text"]
            return self.say("{}")
        if what == "pay":
            name, o = [(k, o) for k, o in orders.items() if k[0] == ask["order"]][0]
            o.setdefault("query", ask.get("number") or "2019090609000100000%02d" % (list(orders).index(name) + 1))
            o.setdefault("time", re.sub(r"\D", "", ask["at"][5:19]) if ask.get("at") else now())
            return self.say(json.dumps(notice({"txnType": "01", "txnSubType": "07", "orderId": name[0], "txnTime": name[1], "txnAmt": o["fen"], "queryId": o["query"], "traceTime": o["time"], "traceNo": "000001"}, ask.get("spoil", ""))))
        if what == "alter":
            [o for k, o in orders.items() if k[0] == ask["order"]][0]["fen"] = ask["fen"]
            return self.say("{}")
        if what == "over":
            [o for k, o in orders.items() if k[0] == ask["order"]][0]["ends"] = "39"
            return self.say("{}")
        if ask.get("ends"):
            [r for k, r in refunds.items() if k[0] == ask["refund"]][0]["ends"] = ask["ends"]
            return self.say("{}")
        name, r = [(k, r) for k, r in refunds.items() if k[0] == ask["refund"]][0]
        r.update(query="2019090610050000000%02d" % (list(refunds).index(name) + 1), time=now())
        self.say(json.dumps(notice({"txnType": "04", "txnSubType": "00", "orderId": name[0], "txnTime": name[1], "txnAmt": r["fen"], "queryId": r["query"], "traceTime": r["time"], "origQryId": r["of"]}, "")))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
