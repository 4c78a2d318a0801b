package main

// arrangementWords are the texts of the commands arrangement and paper, Chinese and
// English.
var arrangementWords = map[string][2]string{
	"seal-ask":    {"输入要封存的数（30位以上数字），直接回车就抽一个：", "The number to be sealed, 30 digits or more; an empty line draws one:"},
	"seal-digest": {"名单指纹应是64位十六进制数，请从编排页面抄全。", "the digest has 64 hexadecimal digits: copy all of it from the page"},
	"seal-number": {"要封存的数至少30位，只用数字。", "a number to be sealed has 30 digits or more, and nothing else"},
	"seal-made":   {"数　　%s\n封条　%x\n把数抄在纸上收好，公开以前不要给任何人看；封条填到编排页面。", "number  %s\nseal    %x\nWrite the number on paper and show it to nobody before you reveal it; the seal goes to the page."},
	"arrangement-good": {"核对无误：%d 名考生，%d 个考区，%d 间考室，未能满足的 %d 项都已列明。\n根 %x",
		"It is as it was drawn: %d candidates, %d areas, %d rooms, and %d rules that could not be met are listed.\nroot %x"},
	"arrangement-revision": {"这是更正版。名单指纹 %x，应当和公开页上的一样。\n由根为 %x 的那一版更正而来，其中 %d 个座位是公布以后两人增补的，没有抽签，也没有根能证明；在这一版里有了证明。",
		"This is a corrected arrangement. Fingerprint of its list: %x, as the public page shows it.\nIt was made from the version whose root is %x; %d seats of that were given by two persons after publication: they were not drawn and no root stands for them. Here they have a proof."},
	"arrangement-follows":     {"它就是从前一版的公开文件更正来的：随机数、考室和座位都对得上", "It was made from the bundle of the version before: draw, rooms and seats agree"},
	"arrangement-follows-not": {"它不是从这一份公开文件更正来的：%s", "It was not made from that bundle: %s"},
	"arrangement-share":       {"随机数来自 %s", "the seed is from %s"},
	"arrangement-seat":        {"这张准考证的座位在里面：考区 %s，考室 %04d，座位 %02d", "The seat of this ticket is in it: area %s, room %04d, seat %02d"},
	"arrangement-nowhere":     {"里面没有这个座位，或者码被改过：考区 %s，考室 %04d，座位 %02d", "There is no such seat in it, or the code was changed: area %s, room %04d, seat %02d"},
	"arrangement-nocode":      {"这不是准考证上的码，或者不全：从 ZK1 开始，到最后一个字", "This is not the code of a ticket, or not all of it: from ZK1 to its last letter"},
	"arrangement-bundle":      {"这不是完整的编排公开包：%s", "This is not a whole bundle of an arrangement: %s"},
	"arrangement-input":       {"公开包里的名单或规则自相矛盾：%s", "The candidates or rules of the bundle contradict each other: %s"},
	"arrangement-draw":        {"公开的随机数与事先承诺的不一致，编排无效：%s", "What was revealed is not what was committed to; the arrangement is void: %s"},
	"arrangement-proof":       {"按名单和随机数重算，结果与公布的不同：%s", "Computed once more it is not what was published: %s"},
	"paper-missing":           {"字体里没有这些字，印成方框加码位：%s", "No font has these characters; they are boxes with their code points: %s"},
	"paper-fallback":          {"没有安装准考证的字体，只有常用字；请先运行 make fonts。", "The papers' fonts are not installed, only common characters are there: run make fonts first."},
}
