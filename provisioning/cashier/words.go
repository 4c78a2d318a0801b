package cashier

// words is the catalogue of the pages: Simplified Chinese first, English second.
var words = map[string][2]string{
	"app":        {"手机", "Telephone"},
	"title":      {"手机和支付公司", "Telephone and payment companies"},
	"skip":       {"跳到正文", "Skip to the text"},
	"demo":       {"演示", "Demo"},
	"note":       {"没有真的钱，公司也是演示的", "No money moves; the companies are played"},
	"other":      {"en", "zh-CN"},
	"other.name": {"English", "中文"},
	"home":       {"回到演示首页", "Back to the demonstration"},
	"back.phone": {"返回手机首页", "Back to the telephone"},
	"strip":      {"演示时间", "Demo clock"},
	"lead":       {"考生用手机付款，用的就是这一页。点一张待付款的单子，或者把付款码里的文字粘贴进来。", "This page stands for a candidate's telephone. Press what waits to be paid, or paste the text of a payment code."},

	"wechat": {"微信支付", "WeChat Pay"}, "alipay": {"支付宝", "Alipay"}, "unionpay": {"银联", "UnionPay"},
	"mark.wechat": {"微", "W"}, "mark.alipay": {"支", "A"}, "mark.unionpay": {"银", "U"},

	"scan":      {"扫一扫", "Scan"},
	"scan.hint": {"付款码文字，或缴费单号", "Text of the code, or the order's number"},
	"scan.go":   {"扫", "Scan"},
	"scan.none": {"没有这个付款码。请在考生页面或终端上重新打开付款码，再试一次。", "There is no such code. Open the payment code again on the portal or the kiosk, and try once more."},

	"open":       {"待付款", "To be paid"},
	"open.none":  {"还没有要付的。先在终端确认一位考生，再到考生入口打开付款页。", "Nothing to be paid yet. Confirm a candidate at the kiosk, then open the payment page at the portal."},
	"open.go":    {"去付款", "Pay"},
	"over":       {"已经结束的单子", "Over"},
	"over.note":  {"过了时间或被商户关了。仍可以试“银行晚到账”。", "Past their time, or closed by the merchant. A bank that answers late can still be played."},
	"over.go":    {"打开", "Open"},
	"paid":       {"付过的", "Paid"},
	"paid.none":  {"还没有付过。", "Nothing paid yet."},
	"order":      {"商户单号", "Order"},
	"number":     {"交易号", "Transaction"},
	"what":       {"商品", "Item"},
	"merchant":   {"收款方", "Merchant"},
	"merchant.x": {"省教育考试院（演示）", "Education Examinations Authority (demo)"},
	"until":      {"付款截止", "Pay before"},
	"amount":     {"金额", "Amount"},
	"when":       {"时间", "Time"},
	"yuan":       {"元", "yuan"},

	"way.native": {"扫码", "code"}, "way.precreate": {"扫码", "code"}, "way.qr": {"扫码", "code"},
	"way.h5": {"手机网页", "phone page"}, "way.wap": {"手机网页", "phone page"}, "way.page": {"电脑网页", "web page"}, "way.front": {"网页", "web page"},

	"pay":            {"确认付款", "Pay now"},
	"pay.none":       {"没有这张单子。", "There is no such order."},
	"pay.over":       {"这张单子已经结束，不能再付。", "This order is over; it cannot be paid any more."},
	"pay.paid":       {"这张单子已经付过。", "This order is paid already."},
	"pay.away":       {"支付公司停机了，现在付不了。在右边把它恢复，再试。", "The company is down. Put it back on the right, and try again."},
	"pay.anyhow":     {"银行晚到账：照样扣款", "The bank answers late: take it anyhow"},
	"pay.again":      {"再付一次", "Pay once more"},
	"pay.again.note": {"重复扣款，通常不会发生；用来看省中心怎样把多出的一笔退回。", "Taken again, which should not happen; to see how the hub gives the second one back."},
	"done":           {"付款成功", "Paid"},
	"done.back":      {"返回商户页面", "Back to the merchant's page"},
	"is.over":        {"已结束", "over"},

	"trouble":        {"让这一笔出问题", "Something goes wrong with it"},
	"trouble.hint":   {"只影响下面这一笔。公司自己的账总是对的。", "For this payment only. The company's own books are right."},
	"trouble.":       {"一切正常", "Nothing"},
	"trouble.lost":   {"通知丢了：省中心要自己查到", "The notice is lost: the hub has to ask"},
	"trouble.late":   {"通知晚一分钟到", "The notice comes a minute late"},
	"trouble.twice":  {"同一条通知来两次", "The same notice comes twice"},
	"trouble.forged": {"通知的签名是假的", "The notice has a forged signature"},
	"trouble.less":   {"少扣一元，金额对不上", "One yuan less is taken"},
	"trouble.double": {"扣了两次款", "It is taken twice"},

	"companies":          {"支付公司", "Payment companies"},
	"companies.note":     {"打开开关，公司就一直这样，直到关上。", "A switch stays on until it is turned back."},
	"knobs":              {"让它出故障", "Have it fail"},
	"company.fine":       {"正常", "well"},
	"company.ill":        {"有故障", "in trouble"},
	"knob.away":          {"停机：不答复任何请求", "Down: answers nothing"},
	"knob.silent":        {"不发任何通知", "Sends no notices"},
	"knob.refund-fails":  {"退款失败", "Refunds fail"},
	"knob.refund-waits":  {"退款一直在路上", "Refunds stay on the way"},
	"knob.short-bill":    {"对账单少最后一笔", "The statement lacks its last payment"},
	"knob.on":            {"打开", "Turn on"},
	"knob.off":           {"关上", "Turn off"},
	"statement":          {"对账单", "Statements"},
	"statement.none":     {"过了当天才有对账单。", "A day's statement comes when it is over."},
	"notice.heard":       {"通知已收下", "notice taken"},
	"notice.held":        {"通知没有发", "notice not sent"},
	"notice.tried":       {"通知没人收，会再发", "notice not taken, will come again"},
	"notice.due":         {"通知在路上", "notice on its way"},
	"notice.send":        {"现在发", "Send now"},
	"notice.again":       {"再发一次", "Send again"},
	"refund.on-way":      {"退款在路上", "refund on the way"},
	"refund.done":        {"已退款", "given back"},
	"refund.failed":      {"退款失败", "refund failed"},
	"refund.go":          {"现在退完", "Finish it"},
	"closed.by.merchant": {"商户已关闭", "closed by the merchant"},
}

func word(lang, key string) string {
	w := words[key]
	if lang == "en" {
		return w[1]
	}
	return w[0]
}
