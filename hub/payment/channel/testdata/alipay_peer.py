"""Alipay's open platform as its documentation describes it: a peer for tests.

It signs and verifies with OpenSSL (python3-cryptography) and shares no code with what
it tests. Usage: alipay_peer.py APP.pem PEER.key; it prints its port. Beside the gateway:

POST /_/knob   {"answer": "500" | "busy" | "unsigned" | "other-key" | "hang" | ""}
POST /_/scan   {"order"}              somebody scans the code: the trade comes into being
POST /_/pay    {"order", "spoil": …, "at"?, "number"?}  somebody pays: the notice, as it would be sent
POST /_/alter  {"order", "fen"}       from now on questions are answered with another amount
POST /_/done   {"refund"}             a refund is made: the notice
POST /_/file   {"text"}               the file of every day
"""
import base64, http.server, json, sys, time, urllib.parse
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

APP, SELLER = "2019090600000001", "2088000000000001"
with open(sys.argv[1], "rb") as f:
    app = serialization.load_pem_public_key(f.read())
with open(sys.argv[2], "rb") as f:
    peer = serialization.load_pem_private_key(f.read(), None)
stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
codes, trades, refunds, knob, bill = {}, {}, {}, {"answer": ""}, {"text": ""}


def sign(text, key):
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()


def canonical(form, skip):
    return "&".join("%s=%s" % (k, form[k]) for k in sorted(form) if k not in skip and form[k] != "")


def now():
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() + 8 * 3600))


def notice(form, how):
    form.update(app_id=APP, seller_id=SELLER, notify_time=now(), notify_type="trade_status_sync", notify_id="n1", charset="utf-8", version="1.0", sign_type="RSA2", buyer_id="2088synthetic", subject="成人高考报名考试费")
    if how == "stale":
        form["notify_time"] = "2019-09-01 09:00:00"
    if how == "amount":
        form["total_amount"] = "159.99"
    if how == "merchant":
        form["seller_id"] = "2088000000000002"
    if how == "app":
        form["app_id"] = "2019090600000002"
    if how == "currency":
        form["pay_currency"] = "USD"
    if how == "state":
        form["trade_status"] = "PERHAPS"
    form["sign"] = sign(canonical(form, ("sign", "sign_type")), stranger if how == "other-key" else peer)
    if how == "unsigned":
        del form["sign"]
    if how == "body":
        form["out_trade_no"] += "1"
    body = urllib.parse.urlencode(form)
    if how == "twice":
        body += "&out_trade_no=ZK2"
    return {"header": {"Content-Type": "application/x-www-form-urlencoded"}, "body": body}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def say(self, text):
        self.send_response(500 if knob["answer"] == "500" else 200)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_GET(self):
        self.say(bill["text"])

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path.startswith("/_/"):
            return self.control(self.path[3:], json.loads(body))
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        method = form.get("method", "")
        if knob["answer"] == "hang":
            time.sleep(3)
            return
        try:
            app.verify(base64.b64decode(form["sign"]), canonical(form, ("sign",)).encode(), padding.PKCS1v15(), hashes.SHA256())
            assert form["app_id"] == APP and form["sign_type"] == "RSA2" and form["version"] == "1.0" and form["charset"] == "utf-8" and len(form["timestamp"]) == 19
        except Exception:
            return self.say(json.dumps({"error_response": {"code": "40002", "msg": "Invalid Arguments", "sub_code": "isv.invalid-signature", "sub_msg": "验签出错"}}, ensure_ascii=False))
        if knob["answer"] == "busy":
            return self.say(json.dumps({"error_response": {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "isp.unknow-error"}}))
        out = {"code": "10000", "msg": "Success"}
        out.update(self.answer(method, json.loads(form["biz_content"])))
        if "sub_code" in out:
            out.update(code="40004", msg="Business Failed")
        text = json.dumps(out, ensure_ascii=False)
        answer = '{"%s_response":%s' % (method.replace(".", "_"), text)
        if knob["answer"] != "unsigned":
            answer += ',"sign":"%s"' % sign(text, stranger if knob["answer"] == "other-key" else peer).replace("/", "\\/")
        self.say(answer + "}")

    def answer(self, method, ask):
        no = ask.get("out_trade_no")
        if method == "alipay.trade.precreate":
            if trades.get(no, {}).get("trade_status") == "TRADE_SUCCESS":
                return {"sub_code": "ACQ.TRADE_HAS_SUCCESS"}
            if codes.setdefault(no, ask["total_amount"]) != ask["total_amount"]:
                return {"sub_code": "ACQ.CONTEXT_INCONSISTENT"}
            if not ask["subject"] or "time_expire" in ask and len(ask["time_expire"]) != 19:
                return {"sub_code": "ACQ.INVALID_PARAMETER"}
            return {"out_trade_no": no, "qr_code": "https://qr.alipay.com/bax" + no}
        if method == "alipay.trade.query":
            return trades.get(no, {"sub_code": "ACQ.TRADE_NOT_EXIST"})
        if method == "alipay.trade.close":
            if no not in trades:
                return {"sub_code": "ACQ.TRADE_NOT_EXIST"}
            if trades[no]["trade_status"] != "WAIT_BUYER_PAY":
                return {"sub_code": "ACQ.TRADE_STATUS_ERROR"}
            trades[no]["trade_status"] = "TRADE_CLOSED"
            return {"out_trade_no": no, "trade_no": trades[no]["trade_no"]}
        if method == "alipay.trade.refund":
            paid = [t for t in trades.values() if t["trade_no"] == ask["trade_no"] and t["trade_status"] == "TRADE_SUCCESS"]
            if not paid or paid[0]["total_amount"] != ask["refund_amount"]:
                return {"sub_code": "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"}
            refunds.setdefault(ask["out_request_no"], {"trade_no": ask["trade_no"], "out_trade_no": paid[0]["out_trade_no"], "out_request_no": ask["out_request_no"], "refund_amount": ask["refund_amount"], "total_amount": paid[0]["total_amount"]})
            return {"trade_no": ask["trade_no"], "out_trade_no": paid[0]["out_trade_no"], "fund_change": "Y", "refund_fee": ask["refund_amount"]}
        if method == "alipay.trade.fastpay.refund.query":
            r = refunds.get(ask["out_request_no"], {})
            return r if r.get("refund_status") and "gmt_refund_pay" in ask.get("query_options", []) else {}
        if method == "alipay.data.dataservice.bill.downloadurl.query":
            if not bill["text"] or ask["bill_type"] != "trade" or len(ask["bill_date"]) != 10:
                return {"sub_code": "isp.bill_not_exist"}
            return {"bill_download_url": "http://%s/file?downloadFileName=x" % self.headers["Host"]}
        return {"sub_code": "isv.invalid-method"}

    def control(self, what, ask):
        if what == "knob":
            knob["answer"] = ask["answer"]
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            return self.wfile.write(b"{}")
        if what == "file":
            bill["text"] = ask["text"]
            return self.say("{}")
        no = ask.get("order")
        if what == "alter":
            trades[no]["total_amount"] = "%d.%02d" % divmod(int(ask["fen"]), 100)
            return self.say("{}")
        if what in ("scan", "pay"):
            t = trades.setdefault(no, {"out_trade_no": no, "trade_no": "2019090622001400000000%06d" % (len(trades) + 1), "total_amount": codes[no], "trade_status": "WAIT_BUYER_PAY", "buyer_user_id": "2088synthetic"})
            if what == "scan":
                return self.say("{}")
            at = (ask.get("at") or "2019-09-06T09:00:01")[:19].replace("T", " ")
            t.update(trade_status="TRADE_SUCCESS", trade_no=ask.get("number") or t["trade_no"], send_pay_date=at, receipt_amount=codes[no])
            form = {k: t[k] for k in ("out_trade_no", "trade_no", "total_amount", "trade_status", "receipt_amount")}
            form["gmt_payment"] = t["send_pay_date"]
            return self.say(json.dumps(notice(form, ask.get("spoil", ""))))
        r = refunds[ask["refund"]]
        r.update(refund_status="REFUND_SUCCESS", gmt_refund_pay="2019-09-06 10:05:00")
        self.say(json.dumps(notice({"out_trade_no": r["out_trade_no"], "trade_no": r["trade_no"], "trade_status": "TRADE_CLOSED", "total_amount": r["total_amount"], "gmt_payment": "2019-09-06 09:00:01",
                                    "refund_fee": r["refund_amount"], "gmt_refund": "2019-09-06 10:05:00.123", "out_biz_no": r["out_request_no"]}, "")))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
