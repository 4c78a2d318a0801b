package main

// arrangementWords are the texts of the commands arrangement and paper, Chinese and
// English.
var arrangementWords = map[string][2]string{
	"arrangement-good": {"核对无误：%d 名考生，%d 个考区，%d 间考室，未能满足的 %d 项都已列明。\n根 %x",
		"It is as it was drawn: %d candidates, %d areas, %d rooms, and %d rules that could not be met are listed.\nroot %x"},
	"arrangement-share":   {"随机数来自 %s", "the seed is from %s"},
	"arrangement-seat":    {"这张准考证的座位在里面：考区 %s，考室 %04d，座位 %02d", "The seat of this ticket is in it: area %s, room %04d, seat %02d"},
	"arrangement-nowhere": {"里面没有这个座位，或者码被改过：考区 %s，考室 %04d，座位 %02d", "There is no such seat in it, or the code was changed: area %s, room %04d, seat %02d"},
	"arrangement-nocode":  {"这不是准考证上的码，或者不全：从 ZK1 开始，到最后一个字", "This is not the code of a ticket, or not all of it: from ZK1 to its last letter"},
	"arrangement-bundle":  {"这不是完整的编排公开包：%s", "This is not a whole bundle of an arrangement: %s"},
	"arrangement-input":   {"公开包里的名单或规则自相矛盾：%s", "The candidates or rules of the bundle contradict each other: %s"},
	"arrangement-draw":    {"公开的随机数与事先承诺的不一致，编排无效：%s", "What was revealed is not what was committed to; the arrangement is void: %s"},
	"arrangement-proof":   {"按名单和随机数重算，结果与公布的不同：%s", "Computed once more it is not what was published: %s"},
	"paper-missing":       {"字体里没有这些字，印成方框加码位：%s", "No font has these characters; they are boxes with their code points: %s"},
	"paper-fallback":      {"没有安装准考证的字体，只有常用字；请先运行 make fonts。", "The papers' fonts are not installed, only common characters are there: run make fonts first."},
}
