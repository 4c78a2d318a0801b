package main

import "strings"

// words is everything the panel says: key → Chinese, English.
var words = map[string][2]string{
	"app":         {"外设模拟台", "Emulated devices"},
	"demo":        {"演示", "Demo"},
	"synthetic":   {"都是虚构的人和证件", "people and cards are invented"},
	"lang.other":  {"English", "中文"},
	"skip":        {"跳到正文", "Skip to content"},
	"menu":        {"主菜单", "Main menu"},
	"menu.reader": {"读卡器", "ID reader"},
	"menu.faults": {"让它出故障", "Make it fail"},
	"menu.own":    {"做一张证件", "Make a card"},
	"home":        {"演示首页", "The demonstration"},
	"strip":       {"演示时间", "Demo clock"},
	"path":        {"终端打开的路径", "Path the box opens"},

	"deck":          {"拿哪张证件？", "Which card?"},
	"deck.hint":     {"点一张，就放到读卡器上。换一张不用先拿开。", "Press one to put it on the reader. It takes the place of the one that lies there."},
	"deck.empty":    {"没有证件", "No cards"},
	"deck.empty.do": {"启动时用 --cards 给一个清单，或者现在做一张。", "Give a deck with --cards at the start, or make a card now."},
	"deck.none":     {"没有找到。换个字再找，或者看全部。", "Nothing found. Try another word, or show all."},
	"deck.all":      {"看全部", "Show all"},
	"search":        {"找姓名、号码", "Find by name or number"},
	"find":          {"找", "Find"},
	"cards":         {"张", "cards"},
	"place":         {"放上去", "Place it"},
	"on":            {"在读卡器上", "on the reader"},

	"reader":          {"读卡器", "The reader"},
	"reader.off":      {"线拔掉了", "unplugged"},
	"reader.off.do":   {"终端这时应当显示“读卡器没有连上”。插回去，3 秒内应当恢复。", "The box should say that its reader is gone. Plug it in: it should recover within 3 seconds."},
	"reader.ok":       {"正常", "in order"},
	"reader.bad":      {"有故障", "failing"},
	"reader.empty":    {"上面没有证件", "No card lies on it"},
	"reader.empty.do": {"从清单里点一张。", "Press one of the list."},
	"lift":            {"拿开", "Lift it"},
	"lift.during":     {"下一张读到一半就拿开", "Lift the next card in mid-read"},
	"lift.armed":      {"放上证件，读到一半就会拿开", "Place a card: it will be lifted in the middle of the read"},
	"plugin":          {"插上线", "Plug it in"},
	"log":             {"读卡器听到的、答的", "What the reader hears and answers"},
	"log.note":        {"只有命令和状态，没有证件内容。", "Commands and statuses only; nothing of what stands on a card."},
	"log.empty":       {"还没有人来问。终端启动了吗？", "Nobody has asked yet. Is the box running?"},
	"log.time":        {"时间", "Time"},
	"log.cmd":         {"命令", "Command"},
	"log.sw":          {"答复", "Answer"},
	"log.bytes":       {"字节", "Bytes"},
	"log.silent":      {"没有答", "no answer"},

	"faults":      {"让读卡器怎样出故障？", "How shall the reader fail?"},
	"faults.hint": {"拨过去就坏，拨回来就好。终端应当说清楚是什么事、该怎么办，数据不丢。", "Throw a switch and it fails, throw it back and it is mended. The box should say what is the matter and what to do, and lose nothing."},
	"healthy":     {"全部恢复正常", "Mend everything"},
	"throw.on":    {"弄坏", "Break"},
	"throw.off":   {"恢复", "Mend"},
	"is.on":       {"坏着", "failing"},

	"group.cable":  {"线缆", "Cable"},
	"group.module": {"安全模块", "Security module"},
	"group.line":   {"线路", "Line"},
	"group.card":   {"证件", "Card"},

	"fault.unplug":           {"拔掉线", "Unplug it"},
	"fault.unplug.why":       {"设备节点消失，插回去是一个新的", "The device node is gone; plugged in again it is a new one"},
	"fault.selftest":         {"自检不通过", "Self test fails"},
	"fault.selftest.why":     {"除了复位，一律答 60", "Status 60 to everything but a reset"},
	"fault.unauthorised":     {"没有授权", "Not authorised"},
	"fault.unauthorised.why": {"一涉及证件就答 66，只有厂家能修", "Status 66 about cards; only its maker can mend it"},
	"fault.silent":           {"完全不答", "Silent"},
	"fault.silent.why":       {"听得到，不出声", "It hears, and says nothing"},
	"fault.third":            {"每三个答复丢一个", "Every third answer is lost"},
	"fault.third.why":        {"终端应当自己重试，人看不出来", "The box should retry by itself, unseen"},
	"fault.badsum":           {"校验和全错", "All checksums wrong"},
	"fault.badsum.why":       {"像接触不良的线", "Like a bad contact"},
	"fault.flip":             {"读出的数据错一位", "One bit flipped in what is read"},
	"fault.flip.why":         {"绝不能显示错的姓名", "A wrong name must never be shown"},
	"fault.noise":            {"答复前有杂音", "Noise before answers"},
	"fault.noise.why":        {"终端应当照样读成", "The box should read the card all the same"},
	"fault.truncate":         {"读到 700 字节就断", "The read stops at 700 bytes"},
	"fault.truncate.why":     {"一帧没有说完", "A frame that never ends"},
	"fault.twice":            {"每个答复说两遍", "Every answer twice"},
	"fault.twice.why":        {"第二遍不能当成下一个答复", "The second must not pass for the next answer"},
	"fault.late":             {"晚 1.5 秒才答", "Answers 1.5 s late"},
	"fault.late.why":         {"问的人已经不等了", "After the asker has given up"},
	"fault.slowly":           {"一点一点地答", "Answers in small pieces"},
	"fault.slowly.why":       {"每 40 字节停一下", "A pause after every 40 bytes"},
	"fault.reread":           {"读不出来", "Cannot be read"},
	"fault.reread.why":       {"答 41，要请人重新放", "Status 41: it must be placed again"},
	"fault.forged":           {"证件通不过认证", "The card cannot prove itself"},
	"fault.forged.why":       {"答 32，两次以后请工作人员看", "Status 32: after two times the staff should look"},
	"fault.wrong":            {"不是身份证", "Not an identity card"},
	"fault.wrong.why":        {"比如公交卡，答 40", "A bus card, say: status 40"},
	"fault.blank":            {"说读成了，却是空的", "Says done, and is blank"},
	"fault.blank.why":        {"已知的固件毛病，要当作没读成", "A known firmware fault; it counts as not read"},

	"exact":          {"准确设定", "Exact settings"},
	"fault.exact":    {"准确设定", "Exact settings"},
	"exact.hint":     {"留空就是不管。状态写三个字节的十六进制，比如 690031；命令写四位，比如 3001 读、2001 找、2002 选。", "Empty means as usual. Status: three bytes in hex, e.g. 690031. Command: four digits, e.g. 3001 read, 2001 find, 2002 select."},
	"exact.sw":       {"答这个状态", "Answer this status"},
	"exact.only":     {"只对这条命令", "Only to this command"},
	"exact.times":    {"只这么多次", "Only so many times"},
	"exact.drop":     {"每几个答复丢一个", "Lose every n-th answer"},
	"exact.late":     {"晚多少毫秒", "Milliseconds late"},
	"exact.readtime": {"读一张要多少毫秒", "Milliseconds a read takes"},
	"exact.save":     {"照这样", "Set it so"},

	"own":             {"做一张什么证件？", "What card shall it be?"},
	"own.hint":        {"只写虚构的人。做好就放到读卡器上，也留在清单最后。", "Invented people only. It goes on the reader, and stays at the end of the deck."},
	"own.type":        {"证件", "Card"},
	"own.name":        {"姓名（外国人写中文姓名）", "Name (foreigners: Chinese name)"},
	"own.name_en":     {"英文姓名（外国人）", "English name (foreigners)"},
	"own.sex":         {"性别", "Sex"},
	"own.ethnic":      {"民族代码", "Ethnic group, code"},
	"own.birth":       {"出生日期", "Birth"},
	"own.birth.hint":  {"八位数字，比如 19990102", "Eight digits, e.g. 19990102"},
	"own.address":     {"住址", "Address"},
	"own.number":      {"证件号码", "Number"},
	"own.number.hint": {"写 17 位就补上校验码；写 18 位就照写，错的也行", "With 17 digits the check digit is made; 18 are kept as typed, right or wrong"},
	"own.issuer":      {"签发机关", "Issuer"},
	"own.valid_from":  {"有效期起", "Valid from"},
	"own.valid_to":    {"有效期止（可写 长期）", "Valid to (may be 长期)"},
	"own.pass":        {"通行证号码（港澳台）", "Travel-permit number (HK/Macao/Taiwan)"},
	"own.issue":       {"签发次数、换证次数", "Issue or renewal count"},
	"own.nationality": {"国籍三字代码（外国人）", "Nationality, three letters (foreigners)"},
	"own.noportrait":  {"芯片照片读不出", "The portrait on the chip is unreadable"},
	"own.save":        {"做好，放上去", "Make it and place it"},
	"own.more":        {"只有港澳台居民和外国人才有的", "Only for HK/Macao/Taiwan residents and foreigners"},
	"own.bad":         {"这样写不进芯片，请改一下", "This does not fit on the chip; please change it"},
	"own.fields":      {"证件上的内容", "What stands on it"},

	"error":     {"没有做成", "That was not done"},
	"sex.1":     {"男", "male"},
	"sex.2":     {"女", "female"},
	"sex.0":     {"未知", "unknown"},
	"sex.9":     {"未说明", "unspecified"},
	"validity":  {"有效期", "Valid"},
	"no.photo":  {"芯片照片读不出", "portrait unreadable"},
	"type.zero": {"居民身份证", "Resident card"},

	"type.resident":      {"居民身份证", "Resident identity card"},
	"type.hmt":           {"港澳台居民居住证", "HK/Macao/Taiwan residence card"},
	"type.foreigner2017": {"外国人永久居留身份证 2017", "Permanent residence card 2017"},
	"type.foreigner2023": {"外国人永久居留身份证 2023", "Permanent residence card 2023"},

	"note.elsewhere":   {"选的是别的确认点", "chose another point"},
	"note.stranger":    {"没有报过名", "never registered"},
	"note.name-pua":    {"芯片上是造字", "private-use character on the chip"},
	"note.name-dot":    {"间隔号写法不同", "another middle dot was typed"},
	"note.name-typo":   {"报名时姓名打错一个字", "one character of the name mistyped"},
	"note.ethnic":      {"报名时民族选错", "another ethnic group chosen"},
	"note.address":     {"住址和芯片不同", "lives elsewhere than the chip says"},
	"note.expired":     {"证件已过期", "card expired"},
	"note.expires-now": {"证件今天到期", "card expires today"},
	"note.own":         {"自己做的", "made here"},

	"cmd.10FF": {"复位", "reset"},
	"cmd.11FF": {"自检", "self test"},
	"cmd.12FF": {"模块号", "module id"},
	"cmd.2001": {"找卡", "find"},
	"cmd.2002": {"选卡", "select"},
	"cmd.3001": {"读文字和照片", "read text and portrait"},
	"cmd.3003": {"读追加住址", "read additional address"},
	"cmd.3005": {"读卡体号", "read card body"},
	"cmd.3010": {"读文字、照片和指纹", "read with fingerprint"},
	"cmd.?":    {"听不懂", "not understood"},
}

// word says key in a language. A key the catalogue lacks shows itself, which a
// test of every page would find; notes may be free text.
func word(lang, key string) string {
	w, ok := words[key]
	if !ok {
		w, ok = printerWords[key]
	}
	if !ok {
		w, ok = cameraWords[key]
	}
	if !ok {
		w, ok = frontWords[key]
	}
	if !ok {
		w, ok = stickWords[key]
	}
	switch {
	case !ok && strings.HasPrefix(key, "note."):
		return strings.TrimPrefix(key, "note.")
	case !ok && strings.HasPrefix(key, "cmd."):
		return ""
	case !ok:
		return "⟨" + key + "⟩"
	case lang == "en":
		return w[1]
	default:
		return w[0]
	}
}
