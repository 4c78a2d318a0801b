package kiosk

import (
	"fmt"
	"sync"
)

// word is one text of the screen in both languages. %s and %d stand for what
// changes.
type word struct{ zh, en string }

// say gives a text of the catalogue. A key that is not there is our own
// mistake; the page then fails to draw, which the gallery's test finds.
func say(words map[string]word, english bool, key string, args ...any) (string, error) {
	w, ok := words[key]
	if !ok {
		return "", fmt.Errorf("kiosk: no word %q", key)
	}
	text := w.zh
	if english {
		text = w.en
	}
	if len(args) == 0 {
		return text, nil
	}
	return fmt.Sprintf(text, args...), nil
}

// catalogue is every text of the screen but those of the campaign: one map for
// all pages, which nobody writes to.
var catalogue = sync.OnceValue(func() map[string]word {
	all := map[string]word{}
	for _, part := range []map[string]word{frameWords(), walkWords(), settleWords(), photoWords(), endWords(), sheetWords(), refusalWords(), queueWords(), paperWords(), verifyWords(), ticketWords(), placeWords(), troubleWords()} {
		for k, w := range part {
			all[k] = w
		}
	}
	return all
})

// frameWords: what is around every page, and the idle screen.
func frameWords() map[string]word {
	return map[string]word{
		"product":         {"准考", "Zhunkao"},
		"unit":            {"%d 号机", "Machine %d"},
		"no-point":        {"尚未分配确认点", "No point assigned yet"},
		"linked":          {"已连接省中心", "Connected to the centre"},
		"unlinked":        {"网络断开　照常办理", "Offline, still serving"},
		"lamp-key":        {"密钥", "Keys"},
		"file-key":        {"在普通文件里", "in a plain file"},
		"clock-unknown":   {"时间待核", "Time not verified"},
		"steps":           {"办理步骤", "Steps"},
		"step-card":       {"读{card}", "Card"},
		"step-found":      {"核对身份", "Identity"},
		"step-read":       {"通读核对", "Check"},
		"step-sign":       {"承诺签名", "Sign"},
		"step-pay":        {"办完缴费", "Pay"},
		"step-done":       {"办完", "Done"},
		"step-is-done":    {"（已完成）", " (done)"},
		"step-is-now":     {"（正在办理）", " (now)"},
		"step-is-next":    {"（还没到）", " (to come)"},
		"help":            {"请工作人员", "Call staff"},
		"large":           {"大字", "Large"},
		"large-off":       {"常规字", "Normal"},
		"contrast":        {"高对比", "Contrast"},
		"contrast-off":    {"原配色", "Colours"},
		"language":        {"English", "中文"},
		"minutes-left":    {"还有 %d 分钟", "%d min left"},
		"seconds-to-wipe": {"秒后清屏", "s until cleared"},
		"demo":            {"演示", "DEMO"},
		"training":        {"演练，不办真的业务", "Practice: nothing here counts"},
		"demo-clock":      {"演示时钟", "Demo clock"},
		"demo-next-day":   {"下一天", "Next day"},
		"demo-lunch":      {"午休", "Lunch"},
		"demo-close":      {"截止前", "Near close"},

		"idle-title-1":   {"请把身份证", "Place your"},
		"idle-title-2":   {"放在读卡区", "identity card"},
		"idle-lead":      {"平放，不要拿开，约 3 秒就能读好。", "Lay it flat and leave it. It takes about 3 seconds."},
		"idle-what":      {"%s　现场确认", "%s: confirm in person"},
		"idle-hours":     {"今天开放", "Open today"},
		"idle-closed":    {"今天不开放", "Closed today"},
		"idle-all-day":   {"全天", "All day"},
		"idle-days":      {"%s至 %s，星期六、日也开", "%s to %s, weekends too"},
		"idle-bring":     {"请带好", "Please bring"},
		"idle-machine":   {"这台机器", "This machine"},
		"idle-no-card":   {"没带证件", "No card with me"},
		"idle-unreg":     {"还没报名", "Not registered yet"},
		"lamp-reader":    {"读卡器", "Card reader"},
		"lamp-net":       {"网络", "Network"},
		"lamp-waiting":   {"待上传", "To send"},
		"lamp-ready":     {"就绪", "ready"},
		"lamp-net-on":    {"已连接", "connected"},
		"lamp-net-off":   {"断开，照常办理", "offline, still serving"},
		"lamp-waiting-n": {"%d 份", "%d"},
		"morning":        {"上午", "a.m."},
		"afternoon":      {"下午", "p.m."},
	}
}

// walkWords: from the card to the signature.
func walkWords() map[string]word {
	return map[string]word{
		"reading-title":   {"正在读证件", "Reading your card"},
		"reading-lead":    {"请不要拿开。", "Please leave it where it is."},
		"reading-step":    {"正在读芯片　第 1 步，共 2 步", "Reading the chip: step 1 of 2"},
		"looking-title":   {"正在查您的报名", "Looking for your application"},
		"looking-lead":    {"{card}读好了，请先不要拿开。", "The card has been read. Please leave it there."},
		"looking-step":    {"正在查找　第 2 步，共 2 步", "Looking up: step 2 of 2"},
		"progress":        {"进度", "Progress"},
		"unread-title":    {"证件没读出来", "The card could not be read"},
		"unread-again":    {"请把证件拿开，再平放一次。", "Take the card away and lay it flat again."},
		"unread-other":    {"这张不是身份证。请放本人的第二代居民身份证、港澳台居民居住证或外国人永久居留身份证。", "This is not an identity card. Place your resident identity card, residence permit or permanent residence card."},
		"unread-hold":     {"拿开得太早了。请再放一次，等屏幕变了再拿。", "It was taken away too early. Place it again and leave it until the screen changes."},
		"unread-clerk":    {"试了几次都没读出来。请按“请工作人员”，或到工作台办理。", "It could not be read after several tries. Press “Call staff” or go to the desk."},
		"unread-ways":     {"试试这样", "Try this"},
		"unread-way-1":    {"一次只放一张卡", "One card at a time"},
		"unread-way-1x":   {"把公交卡、银行卡、手机拿远一点。", "Keep bus cards, bank cards and phones away."},
		"unread-way-2":    {"从卡套里取出来", "Take it out of its sleeve"},
		"unread-way-2x":   {"平放在读卡区中间。", "Lay it flat in the middle of the reader."},
		"unread-way-3":    {"还是不行", "Still not working"},
		"unread-way-3x":   {"请工作人员看看，您的报名不受影响。", "Ask the staff. Your application is not affected."},
		"found-title":     {"%s，找到您的报名了", "%s, your application is here"},
		"found-diff":      {"%s，有 %d 处和{card}不一样", "%s: not as on the card: %d"},
		"found-lead":      {"您报的是%s。请看左右两边是不是您。", "You applied for %s."},
		"found-diff-lead": {"考试只认{card}上的写法。接着办，一处一处看。", "The exam goes by the card. Go on, and we look at each."},
		"found-item":      {"项目", "Item"},
		"found-typed":     {"您填的", "You entered"},
		"found-chip":      {"{card}上的", "On the card"},
		"found-address":   {"地址", "Address"},
		"found-same":      {"一样", "same"},
		"found-differs":   {"不一样", "differs"},
		"found-may":       {"可以不同", "may differ"},
		"found-spelling":  {"写法相同", "same name"},
		"found-valid":     {"{card}有效期至 %s", "Card valid until %s"},
		"found-long":      {"长期", "no end"},
		"found-none":      {"—", "—"},
		"photo-chip":      {"{card}里的照片", "Photo on the card"},
		"photo-undecoded": {"芯片照片未解码", "Chip photo not decoded"},
		"photo-none":      {"芯片里没有照片", "No photo on the chip"},
		"rare":            {"%s里的%s，打印字库没有，表上印成方框加编码。记录是对的，请工作人员在表上注明。", "In your %s: no font here has %s. The sheet shows a box with the code; your record is right; the staff note it."},
		"rare-char":       {"“%s”（%s）", "“%s” (%s)"},
		"rare-more":       {"等 %d 个字", "%d in all"},
		"rare-choices":    {"志愿", "choices"},
		"undecidable":     {"时间待核：照常办理，时间由省中心核定。", "Time not verified: you are served, the centre decides."},
		"out-of-hours":    {"现在不在公布的开放时间里，照样可以办。", "Outside the published hours; you can still confirm."},
		"not-me":          {"不是我", "Not me"},
		"wrong":           {"有错，要改", "Not right"},
		"its-me":          {"是我，接着看", "That is me"},
		"seen-diff":       {"是我，逐处看", "Look at each"},
		"read-title":      {"请看一遍，都对吗？", "Read it through. Is it all right?"},
		"read-choices":    {"志愿也都对吗？", "Are your choices right?"},
		"read-page":       {"第 %d 页，共 %d 页　%s", "Page %d of %d: %s"},
		"read-empty":      {"（没有填）", "(left empty)"},
		"read-category":   {"科类也对吗？", "Is your category right?"},
		"read-choice":     {"第 %d 志愿", "Choice %d"},
		"read-no-choice":  {"您没有填志愿。", "You made no choice."},
		"read-final":      {"签名提交以后，就不能再改了。", "After you sign, nothing can be changed."},
		"read-final-x":    {"要改，请现在按“有错，要改”。", "To change something, press “Not right” now."},
		"back":            {"上一页", "Back"},
		"next-page":       {"都对，看下一页", "Right, next page"},
		"all-right":       {"都对", "All right"},
		"pledge-title":    {"诚信考试承诺，请签名", "The pledge. Please sign"},
		"pledge-sign":     {"用手指在框里写您的名字", "Write your name in the box with a finger"},
		"pledge-pad":      {"签名框", "Signature box"},
		"pledge-empty":    {"还没有写", "Nothing written yet"},
		"pledge-short":    {"再写完整一些", "Please write your full name"},
		"pledge-ready":    {"写好了，可以提交", "Ready to submit"},
		"pledge-refused":  {"没有收到，请再按一次", "Not received, please press again"},
		"pledge-clear":    {"擦掉重写", "Clear"},
		"pledge-submit":   {"我承诺，提交", "I promise, submit"},
		"pledge-step":     {"上一步", "Back"},
		"pledge-noscript": {"这台机器现在不能签名。请工作人员。", "Signing does not work on this machine now. Please call staff."},
	}
}

// endWords: sealing and what comes after.
func endWords() map[string]word {
	return map[string]word{
		"sealing-title":    {"正在保存，请等一等", "Saving, please wait"},
		"sealing-lead":     {"签名已经交了。{card}可以拿走了。", "Your signature is in. You may take your card."},
		"sealing-step":     {"正在加密封存", "Sealing your record"},
		"failed-title":     {"没有保存成功", "It was not saved"},
		"failed-lead":      {"您的报名信息没有变。可以再试一次，不用重新签名。", "Your application has not changed. Try again, no need to sign again."},
		"failed-final":     {"您的报名信息没有变。请工作人员，或换一台机器办理。", "Your application has not changed. Call staff or use another machine."},
		"unsure-title":     {"机器还没答复", "The machine has not answered"},
		"unsure-lead":      {"可能已经存好了。过一会儿再放一次{card}：说“已经确认过”，就是办好了。", "It may have been saved. Place your card again in a while: if it says “already confirmed”, you are done."},
		"failed-badge":     {"保存", "Saving"},
		"retry":            {"再试一次", "Try again"},
		"accepted-title":   {"已受理，已送达省中心", "Accepted, and at the centre"},
		"accepted-sending": {"已受理，正在送往省中心", "Accepted, on its way to the centre"},
		"accepted-offline": {"已受理，网络好了就上传", "Accepted, sent when the network is back"},
		"accepted-aside":   {"已受理，省中心要核对", "Accepted, the centre is checking"},
		"accepted-lead":    {"您不用再来，也不用等。数据已加密存好，断电也不会丢。", "No need to come again or to wait. Your record is sealed; a power cut cannot lose it."},
		"accepted-aside-x": {"记录已在省中心，有一处要人工核对。请工作人员记下您的受理号。", "The record is at the centre and needs a look by a person. Let the staff note your number."},
		"accepted-next":    {"接下来", "What comes next"},
		"accepted-here":    {"本机已受理", "Accepted here"},
		"accepted-at":      {"%s　受理号 %s", "%s, number %s"},
		"accepted-no-time": {"受理号 %s", "Number %s"},
		"accepted-sent":    {"已送达省中心", "At the centre"},
		"accepted-sent-x":  {"省中心已签收", "The centre has signed for it"},
		"accepted-wait":    {"待上传省中心", "Waiting to be sent"},
		"accepted-wait-on": {"网络正常，马上送到", "The network is up, any moment now"},
		"accepted-wait-of": {"网络恢复后自动完成", "Goes by itself when the network is back"},
		"accepted-held":    {"省中心待核对", "Being checked at the centre"},
		"accepted-held-x":  {"已收到，结果会通知您", "Received; you will be told"},
		"accepted-pay":     {"网上缴费", "Pay on line"},
		"fee-first":        {"报考费没有交的，要补交", "The fee, if you have not paid it"},
		"fee-first-x":      {"到工作人员那里交；不交，签了名也无效", "Pay it to the staff: without it the registration is void, signed or not"},
		"fee-first-until":  {"%s 前到报名点交；不交，签了名也无效", "Pay at the point before %s: without it the registration is void, signed or not"},
		"accepted-pay-x":   {"%s 前缴费，报名才有效", "before %s, or the registration is void"},
		"pay-title":        {"已受理，还差缴费", "Accepted; the fee is still to be paid"},
		"pay-until":        {"%s 前", "Before %s"},
		"pay-lead":         {"缴费，报名才有效。", " pay the fee: only then is it valid."},
		"pay-valid":        {"缴了费，报名才有效。", "Only payment makes the registration valid."},
		"pay-scan":         {"用手机扫码缴费", "Scan with a telephone to pay"},
		"pay-yuan":         {"元", "yuan"},
		"pay-ways":         {"%s都可以", "%s"},
		"pay-comma":        {"、", ", "},
		"pay-by-wechat":    {"微信", "WeChat"},
		"pay-by-alipay":    {"支付宝", "Alipay"},
		"pay-by-unionpay":  {"云闪付", "UnionPay"},
		"pay-home":         {"别人也能代缴，回家上报名网站缴也行", "Somebody else may pay, or you at home on the website"},
		"pay-code":         {"缴费码", "Code to pay by"},
		"accepted-no":      {"您的受理号", "Your number"},
		"accepted-badge":   {"待上传", "to be sent"},
		"accepted-badge-d": {"已送达省中心", "at the centre"},
		"accepted-take":    {"请收好{card}", "Take your card with you"},
		"seal":             {"确认受理", "Confirmed and accepted"},
		"done":             {"好了", "Done"},
		"got-it":           {"知道了", "Understood"},
	}
}
