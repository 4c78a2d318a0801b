package statement

import (
	"cmp"
	"fmt"
	"slices"
)

// Code says what is wrong. Tests and callers tell faults apart by it.
type Code string

// The codes.
const (
	Empty         Code = "empty"          // no byte
	BadPack       Code = "pack"           // an archive that cannot be opened or is not whole
	TooLarge      Code = "too-large"      // more than MaxSize when unpacked
	NoFile        Code = "no-file"        // an archive without the file that counts
	BadCharset    Code = "charset"        // not in the character set of the channel
	BadHeader     Code = "header"         // not the columns that the channel documents
	TwoHeaders    Code = "two-headers"    // files pasted together
	Columns       Code = "columns"        // a line with more or fewer columns
	BadLength     Code = "length"         // a line of UnionPay's that is no known length
	BadSeparator  Code = "separator"      // … whose fields do not stand where they belong
	LongLine      Code = "long-line"      // longer than MaxLine
	CutShort      Code = "cut-short"      // the file ends without its end
	Trailing      Code = "trailing"       // something stands after its end
	BadAmount     Code = "amount"         // not an amount of whole fen
	BadFee        Code = "fee"            //
	BadTime       Code = "time"           //
	BadKind       Code = "kind"           // neither payment nor refund
	Currency      Code = "currency"       // not CNY
	NoNumber      Code = "no-number"      // without the channel's number
	Spreadsheet   Code = "spreadsheet"    // numbers as a spreadsheet writes them
	WrongDay      Code = "wrong-day"      //
	NoDay         Code = "no-day"         // nothing tells of which day it is
	WrongMerchant Code = "wrong-merchant" //
	Repeated      Code = "repeated"       // a movement stands there twice
	Count         Code = "count"          // the file's own count
	Total         Code = "total"          // the file's own sum
	Altered       Code = "altered"        // the hash that came with it
	NotReady      Code = "not-ready"      // the channel's answer that it has no file yet
)

// words holds what is said of each code: Chinese, English.
var words = map[Code][2]string{
	Empty:         {"文件是空的：请向渠道重新下载", "the file is empty: get it from the channel anew"},
	BadPack:       {"压缩包打不开或不完整：请向渠道重新下载", "the archive does not open or is not whole: get it from the channel anew"},
	TooLarge:      {"文件过大：请确认是一日的对账单", "the file is too large: make sure that it is the statement of one day"},
	NoFile:        {"压缩包里没有对账明细文件：请确认渠道和文件", "no statement in the archive: make sure of channel and file"},
	BadCharset:    {"字符编码不是该渠道的编码：请使用渠道原文件，不要另存", "not in the channel's character set: use the file as the channel gave it, not one that was saved anew"},
	BadHeader:     {"列名不是该渠道对账单的列名：请确认渠道和账单类型", "not the columns of this channel's statement: make sure of channel and type of statement"},
	TwoHeaders:    {"列名出现两次：文件可能被拼接，请使用渠道原文件", "the columns are named twice: files may have been joined; use the file as the channel gave it"},
	Columns:       {"应有 %d 列，实有 %d 列", "%d columns expected, %d found"},
	BadLength:     {"这一行有 %d 个字节，不是已知的格式", "a line of %d bytes is of no known layout"},
	BadSeparator:  {"字段没有对齐，第 %d 个字节处应为分隔符", "fields out of place: a separator belongs at byte %d"},
	LongLine:      {"这一行过长", "the line is too long"},
	CutShort:      {"文件在此中断，缺少结尾：请向渠道重新下载", "the file ends here without its end: get it from the channel anew"},
	Trailing:      {"结尾之后还有内容：请使用渠道原文件", "something stands after the end: use the file as the channel gave it"},
	BadAmount:     {"金额无法确定为整分", "no amount of whole fen"},
	BadFee:        {"手续费无法读取", "no fee that can be read"},
	BadTime:       {"时间无法读取", "no time that can be read"},
	BadKind:       {"既不是收款也不是退款", "neither a payment nor a refund"},
	Currency:      {"币种不是人民币", "a currency other than CNY"},
	NoNumber:      {"缺少渠道的交易号或退款号", "the channel's number of payment or refund is missing"},
	Spreadsheet:   {"单号被电子表格改写（如 1.94E+13）：请使用渠道原文件", "a spreadsheet has rewritten the numbers (such as 1.94E+13): use the file as the channel gave it"},
	WrongDay:      {"不是这一天的账单", "not of this statement's day"},
	NoDay:         {"文件名里没有清算日期：请用原文件名，或指明日期", "the file's name does not tell the clearing day: keep its name, or say the day"},
	WrongMerchant: {"商户不符", "another merchant"},
	Repeated:      {"与第 %d 行是同一笔", "the same movement as in line %d"},
	Count:         {"笔数不符：文件自称 %d 笔，实有 %d 笔", "the file counts %d, it has %d"},
	Total:         {"合计不符：%s 文件自称 %s 元，实为 %s 元", "the sum of %s: the file says %s yuan, it is %s yuan"},
	Altered:       {"文件与渠道给出的摘要不符：请重新下载", "the file is not the one whose hash the channel gave: get it anew"},
	NotReady:      {"渠道还没有生成这一天的账单：请稍后再取", "the channel has not made the statement of this day yet: ask again later"},
}

// MaxFaults is how many faults of a file are kept with their words; more are counted.
const MaxFaults = 100

// Fault is one thing that is wrong with a file, and where. It holds no value of
// the file but its own sums and counts.
type Fault struct {
	Line int    `json:"line"` // from 1; 0: the file as a whole
	Code Code   `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// fault notes what is wrong with a line.
func (b *book) fault(line int, code Code, args ...any) {
	if len(b.sum.Faults) >= MaxFaults {
		b.sum.More++
		return
	}
	w := words[code]
	b.sum.Faults = append(b.sum.Faults, Fault{Line: line, Code: code, Zh: fmt.Sprintf(w[0], args...), En: fmt.Sprintf(w[1], args...)})
}

// inOrder puts the faults by line: repeats are found last.
func (b *book) inOrder() {
	slices.SortStableFunc(b.sum.Faults, func(a, c Fault) int { return cmp.Compare(a.Line, c.Line) })
}
