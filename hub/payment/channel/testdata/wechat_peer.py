"""WeChat Pay, API v3, as its documentation describes it: a peer for tests.

It signs, verifies and encrypts with OpenSSL (python3-cryptography) and shares no
code with what it tests. Usage: wechat_peer.py MERCHANT.pem PEER.key SECRET; it prints
its port. Beside the channel's own addresses:

POST /_/knob   {"answer": "500" | "unsigned" | "other-key" | "stale" | "hang" | ""}
POST /_/pay    {"order", "spoil": …, "at"?, "number"?}  somebody pays: the notice, as it would be sent
POST /_/alter  {"order", "fen"}       from now on questions are answered with another amount
POST /_/done   {"refund", "ends"?}    a refund is made: the notice; or it ends in another state
POST /_/file   {"text"}               the file of every day
"""
import base64, hashlib, http.server, json, os, sys, time, urllib.parse
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MERCHANT, APP, SERIAL, PEER_ID = "1900000109", "wx0000000000000001", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", "PUB_KEY_ID_0119000001092019090600000001"
with open(sys.argv[1], "rb") as f:
    merchant = serialization.load_pem_public_key(f.read())
with open(sys.argv[2], "rb") as f:
    peer = serialization.load_pem_private_key(f.read(), None)
stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
secret = sys.argv[3].encode()
orders, refunds, knob, bill = {}, {}, {"answer": ""}, {"text": ""}


def sign(text, key=peer):
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def headers(body, how=""):
    stamp, nonce = str(int(time.time()) - (600 if how == "stale" else 0)), os.urandom(16).hex()
    key = stranger if how == "other-key" else peer
    h = {"Wechatpay-Timestamp": stamp, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": PEER_ID, "Wechatpay-Signature": sign("%s\n%s\n%s\n" % (stamp, nonce, body), key)}
    if how == "unsigned":
        del h["Wechatpay-Signature"]
    if how == "no-time":
        del h["Wechatpay-Timestamp"]
    if how == "other-nonce":
        h["Wechatpay-Nonce"] = os.urandom(16).hex()
    return h


def payment(order):
    o = orders[order]
    out = {"appid": APP, "mchid": MERCHANT, "out_trade_no": order, "trade_state": o["state"], "amount": {"total": o["fen"], "currency": "CNY"}}
    if o["state"] in ("SUCCESS", "REFUND"):
        out.update(transaction_id=o["number"], trade_type="NATIVE", success_time=o["at"], payer={"openid": "oSynthetic"})
        out["amount"].update(payer_total=o["fen"], payer_currency="CNY")
    return out


def notice(kind, content, how):
    if how == "amount":
        content["amount"]["total"] -= 1
    if how == "merchant":
        content["mchid"] = "1900000110"
    if how == "app":
        content["appid"] = "wx0000000000000002"
    if how == "currency":
        content["amount"]["currency"] = "USD"
    if how == "state":
        content["trade_state"] = "PERHAPS"
    nonce, data = os.urandom(6).hex(), kind
    key = os.urandom(32) if how == "secret" else secret
    sealed = base64.b64encode(AESGCM(key).encrypt(nonce.encode(), json.dumps(content).encode(), data.encode())).decode()
    body = json.dumps({"id": os.urandom(16).hex(), "create_time": "2019-09-06T09:00:00+08:00", "event_type": kind.upper() + ".SUCCESS", "resource_type": "encrypt-resource",
                       "resource": {"algorithm": "AEAD_AES_256_GCM", "ciphertext": sealed, "nonce": nonce, "associated_data": data, "original_type": kind}})
    h = headers(body, how)
    if how == "body":
        body = body.replace("create_time", "create_tima")
    return {"header": h, "body": body}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def say(self, status, body, signed=True):
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())) if status != 204 else "0")
        if signed:
            for k, v in headers(text, knob["answer"]).items():
                self.send_header(k, v)
        self.end_headers()
        if status != 204:
            self.wfile.write(text.encode())

    def no(self, status, code):
        self.say(status, {"code": code, "message": code}, signed=False)

    def authorized(self, body):
        kind, _, rest = self.headers.get("Authorization", "").partition(" ")
        said = {k: v.strip('"') for k, _, v in (p.partition("=") for p in rest.split(","))}
        if kind != "WECHATPAY2-SHA256-RSA2048" or said.get("mchid") != MERCHANT or said.get("serial_no") != SERIAL or abs(int(said["timestamp"]) - time.time()) > 300:
            return False
        text = "%s\n%s\n%s\n%s\n%s\n" % (self.command, self.path, said["timestamp"], said["nonce_str"], body)
        try:
            merchant.verify(base64.b64decode(said["signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        except Exception:
            return False
        return True

    def do_GET(self):
        self.handle_one("")

    def do_POST(self):
        self.handle_one(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def handle_one(self, body):
        url = urllib.parse.urlparse(self.path)
        if url.path.startswith("/_/"):
            return self.control(url.path[3:], json.loads(body))
        if not self.authorized(body):
            return self.no(401, "SIGN_ERROR")
        if knob["answer"] == "hang":
            time.sleep(3)
            return
        if knob["answer"] == "500":
            return self.no(500, "SYSTEM_ERROR")
        parts, query = url.path.strip("/").split("/"), urllib.parse.parse_qs(url.query)
        ask = json.loads(body) if body else {}
        if self.command == "POST" and parts[:3] == ["v3", "pay", "transactions"] and parts[3] in ("native", "h5"):
            return self.open(parts[3], ask)
        if parts[:4] == ["v3", "pay", "transactions", "out-trade-no"]:
            if parts[4] not in orders:
                return self.no(404, "ORDER_NOT_EXIST")
            if parts[5:] == ["close"]:
                if ask.get("mchid") != MERCHANT or orders[parts[4]]["state"] == "SUCCESS":
                    return self.no(400, "ORDERPAID")
                orders[parts[4]]["state"] = "CLOSED"
                return self.say(204, None)
            if query.get("mchid") != [MERCHANT]:
                return self.no(400, "PARAM_ERROR")
            return self.say(200, payment(parts[4]))
        if parts[:4] == ["v3", "refund", "domestic", "refunds"]:
            if self.command == "POST":
                return self.refund(ask)
            if parts[4] not in refunds:
                return self.no(404, "RESOURCE_NOT_EXISTS")
            return self.say(200, refunds[parts[4]])
        if parts == ["v3", "bill", "tradebill"]:
            if not bill["text"]:
                return self.no(400, "NO_STATEMENT_EXIST")
            return self.say(200, {"hash_type": "SHA1", "hash_value": hashlib.sha1(bill["text"].encode()).hexdigest(), "download_url": "http://%s/v3/billdownload/file?token=x" % self.headers["Host"]})
        if parts == ["v3", "billdownload", "file"]:
            return self.say(200, bill["text"] + ("x" if knob["answer"] == "altered" else ""), signed=False)
        self.no(404, "NOT_FOUND")

    def open(self, how, ask):
        if ask["appid"] != APP or ask["mchid"] != MERCHANT or ask["amount"]["currency"] != "CNY" or not ask["notify_url"].startswith("https://") or not ask["description"]:
            return self.no(400, "PARAM_ERROR")
        if "time_expire" in ask and not ask["time_expire"].endswith("+08:00"):
            return self.no(400, "PARAM_ERROR")
        o = orders.setdefault(ask["out_trade_no"], {"state": "NOTPAY", "fen": ask["amount"]["total"]})
        if o["state"] == "SUCCESS":
            return self.no(400, "ORDERPAID")
        if o["state"] == "CLOSED":
            return self.no(400, "ORDER_CLOSED")
        if o["fen"] != ask["amount"]["total"]:
            return self.no(400, "OUT_TRADE_NO_USED")
        if how == "h5":
            if ask["scene_info"]["h5_info"]["type"] != "Wap" or not ask["scene_info"]["payer_client_ip"]:
                return self.no(400, "PARAM_ERROR")
            return self.say(200, {"h5_url": "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=" + ask["out_trade_no"]})
        self.say(200, {"code_url": "weixin://wxpay/bizpayurl?pr=" + ask["out_trade_no"]})

    def refund(self, ask):
        paid = [o for o in orders.values() if o.get("number") == ask["transaction_id"]]
        if not paid or ask["amount"] != {"total": paid[0]["fen"], "refund": paid[0]["fen"], "currency": "CNY"}:
            return self.no(400, "INVALID_REQUEST")
        order = [k for k, o in orders.items() if o is paid[0]][0]
        r = refunds.setdefault(ask["out_refund_no"], {"refund_id": "5030000%021d" % len(refunds), "out_refund_no": ask["out_refund_no"], "transaction_id": ask["transaction_id"], "out_trade_no": order,
            "channel": "ORIGINAL", "status": "PROCESSING", "create_time": "2019-09-06T10:00:00+08:00", "amount": {"total": paid[0]["fen"], "refund": paid[0]["fen"], "currency": "CNY"}})
        self.say(200, r)

    def control(self, what, ask):
        if what == "knob":
            knob["answer"] = ask["answer"]
            return self.say(200, {})
        if what == "file":
            bill["text"] = ask["text"]
            return self.say(200, {})
        if what == "pay":
            o = orders[ask["order"]]
            o.update(state="SUCCESS", number=ask.get("number") or "4200000%021d" % (list(orders).index(ask["order"]) + 1), at=ask.get("at") or "2019-09-06T09:00:01+08:00")
            return self.say(200, notice("transaction", payment(ask["order"]), ask.get("spoil", "")))
        if what == "alter":
            orders[ask["order"]]["fen"] = int(ask["fen"])
            return self.say(200, {})
        r = refunds[ask["refund"]]
        if ask.get("ends"):
            r.update(status=ask["ends"])
            return self.say(200, {})
        r.update(status="SUCCESS", success_time="2019-09-06T10:05:00+08:00")
        content = {k: r[k] for k in ("refund_id", "out_refund_no", "transaction_id", "out_trade_no", "success_time")}
        content.update(mchid=MERCHANT, refund_status="SUCCESS", user_received_account="零钱", amount={"total": r["amount"]["total"], "refund": r["amount"]["refund"], "payer_total": r["amount"]["total"], "payer_refund": r["amount"]["refund"]})
        self.say(200, notice("refund", content, ask.get("spoil", "")))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
