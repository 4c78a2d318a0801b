package main

// dayWords are the texts of the commands day and statement import, Chinese and English.
var dayWords = map[string][2]string{
	"day-open":          {"%s 还没有日结，没有可核对的。", "%s is not closed: there is nothing to verify."},
	"day-good":          {"%s 和日结时一字不差：%d 项事实，%d 份账单，%d 字节。封账指纹 %s", "%s is what it was closed as: %d facts, %d statements, %d bytes. Seal %s"},
	"day-bad-seal":      {"%[1]s %[2]s：封账指纹和留存的内容对不上", "%[1]s %[2]s: the seal does not stand for what is kept"},
	"day-bad-facts":     {"%s：留存的事实被改动 %s", "%s: the facts are not those that were sealed %s"},
	"day-bad-result":    {"%s：重算的结果从第 %s 行起不同", "%s: done again the result differs from line %s on"},
	"day-bad-ledger":    {"%s：账上没有这一笔，或者说法不同：%s", "%s: the ledger does not have it so: %s"},
	"day-bad-line":      {"%s：账单里没有这一笔：%s", "%s: no statement has it: %s"},
	"day-bad-file":      {"%s：账单文件和收下时不同：%s", "%s: a statement is not as it was taken: %s"},
	"statement-large":   {"文件超过 %d MiB：请用渠道给的压缩包。", "The file has more than %d MiB: use the channel's compressed one."},
	"statement-fault":   {"第 %d 行　%s", "line %d   %s"},
	"statement-refused": {"对账单整份没有收，一笔也没有记。问题 %d 处。", "The statement was refused whole; nothing was applied. Faults: %d."},
	"statement-again":   {"%s 的这份对账单以前收过，什么也没有变。", "This very statement of %s was taken before: nothing changed."},
	"statement-taken":   {"已收 %s 的对账单：%d 行，新的 %d，以前有的 %d，说法不一 %d。", "The statement of %s was taken: %d lines, %d new, %d known, %d contradicting."},
}
