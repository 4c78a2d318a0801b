package main

// kitWords is what provision kit says: key → Chinese, English.
var kitWords = map[string][2]string{
	"begin":  {"按%s的最低配置查验本机（%s）。", "Checking this machine against the least that a %s needs (%s)."},
	"source": {"依据：%s", "By: %s"},
	"look":   {"正在查看：%s。", "Looking at: %s."},

	"machine": {"处理器、内存、硬盘、光驱", "processor, memory, disks, burner"},
	"reader":  {"读卡器", "reader"},
	"camera":  {"摄像头", "camera"},
	"printer": {"打印机", "printer"},
	"colour":  {"彩色打印机", "colour printer"},
	"hub":     {"省中心", "hub"},

	"fact":   {"%s：%s", "%s: %s"},
	"model":  {"计算机", "Computer"},
	"cpu":    {"处理器", "Processor"},
	"system": {"操作系统", "System"},

	"blank":   {"", ""},
	"line":    {"  %s  %s  要求：%s；查到：%s", "  %s  %s  wanted: %s; found: %s"},
	"there":   {"有", "there"},
	"remedy":  {"  %s  → %s", "  %s  → %s"},
	"verdict": {"结论：%s（合格 %d 项，不合格 %d 项，待查 %d 项）。", "Verdict: %s (%d passed, %d failed, %d to be looked at)."},

	"state pass": {"合格", "passed"},
	"state fail": {"不合格", "FAILED"},
	"state ask":  {"待查", "LOOK"},
	"state skip": {"可不配", "not needed"},

	"then pass": {"接下来：双方在验收单上签名、盖章后存档。%s", "What to do now: both sign the sheet, seal it and file it.%s"},
	"then fail": {"接下来：照箭头处理不合格项，再运行一次；确需暂用的，由机构负责人在验收单上逐项签名认可。%s",
		"What to do now: mend what failed, as the arrows say, and run this again; what must stay as it is, the head of the office accepts line by line on the sheet.%s"},
	"then ask": {"接下来：到现场查看待查项，在验收单上填写型号、勾选结论并签名。%s",
		"What to do now: look at what the machine cannot tell, write the model on the sheet, tick the verdict and sign.%s"},
	"paper too": {"验收单：加 --sheet 文件.pdf 或 --print。", " For the sheet: --sheet FILE.pdf or --print."},

	"sheet":       {"验收单已写到 %s。", "The acceptance sheet is in %s."},
	"small font":  {"这台机器没有装字体，验收单用程序自带的小字体。要用正式字体：先运行 provision fonts。", "No fonts are installed: the sheet is in the small font of the program. For the proper ones, run provision fonts first."},
	"printing":    {"正在打印验收单……", "Printing the acceptance sheet…"},
	"printed":     {"验收单已打印。", "The acceptance sheet is printed."},
	"need":        {"打印机要人看一下：%s。", "The printer needs somebody: %s."},
	"need jam":    {"卡纸", "paper jam"},
	"need cover":  {"盖没有关好", "a cover is open"},
	"need paper":  {"缺 A4 纸", "out of A4"},
	"need toner":  {"缺粉", "out of toner"},
	"need output": {"出纸口满了", "the output tray is full"},
	"need waste":  {"废粉盒满了", "the waste container is full"},
	"need resume": {"被暂停，按继续键", "it is paused: press resume"},
	"need line":   {"它自己的连接断了", "its own connection is down"},
	"need wait":   {"它正在忙", "it is busy with itself"},
	"need accept": {"它不收任务", "it takes no jobs"},

	"need service":    {"看它的屏幕", "see its display"},
	"need toner-soon": {"墨粉快用完", "toner is low"},
	"need paper-soon": {"纸快用完", "paper is low"},
	"need waste-soon": {"废粉盒快满", "the waste container is nearly full"},
	"need part-soon":  {"有部件要维护", "a part wants care"},
}
