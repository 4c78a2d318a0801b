package dbf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Codes of faults. Tests and importers tell faults apart by these, never by
// their wording.
const (
	BadVersion  = "version"      // another format, or none
	Encrypted   = "encrypted"    // the header says so
	BadHeader   = "header"       // lengths in the header contradict each other
	BadField    = "field"        // a column with an impossible length
	BadName     = "field-name"   // empty, undecodable, or with a control character
	SameName    = "same-name"    // two columns of one name
	Unsupported = "unsupported"  // a column of a type that cannot be read exactly
	NoMemo      = "no-memo"      // memo columns, but no memo file beside the table
	NoFieldEnd  = "no-field-end" // the byte 0x0D after the columns is missing
	NoEnd       = "no-end"       // the byte 0x1A after the last row is missing
	TooFew      = "too-few-rows" // the file ends before the rows its header counts
	TooMany     = "too-many-rows"
	CutShort    = "cut-short"  // the last row is not whole
	BadMarker   = "bad-marker" // a row begins with neither blank nor asterisk
	BadText     = "bad-text"   // bytes that are no character of the code page
	CodePage    = "code-page"  // the header names a code page that is not Chinese
	BadNumber   = "bad-number" // not a plain decimal number
	Stars       = "stars"      // a number of asterisks: it did not fit, or was never given
	BadDate     = "bad-date"   // not a day of the calendar
	BadLogical  = "bad-logical"
	BadMemo     = "bad-memo" // a pointer that leads nowhere, or a memo that does not end
)

// Codes of what Writer refuses beside those above.
const (
	TooWide   = "too-wide" // more bytes or digits than the column has
	TooFine   = "too-fine" // more decimals than the column has
	Full      = "full"     // FoxPro opens no table of 2 GiB
	NotInSet  = "not-in-charset"
	BlankEdge = "blank-edge" // readers would drop the blank at its end or beginning
	Control   = "control"    // control characters, which readers treat each in its own way
)

// words holds what is said of each code: Chinese, English.
var words = map[string][2]string{
	BadVersion:  {"不是可以读取的 DBF 表（第一个字节为 %s）：请确认文件无误，或用 FoxPro 另存为 DBF", "not a DBF table that can be read here (first byte %s): make sure of the file, or save it as DBF in FoxPro"},
	Encrypted:   {"表已加密，请由原系统解密后再导出", "the table is encrypted: have it exported without"},
	BadHeader:   {"文件头不完整或自相矛盾（%s）：请重新取得此文件", "the header is not whole or contradicts itself (%s): get the file anew"},
	BadField:    {"字段定义的长度不可能（%s）：请在原系统改正后重新导出", "a column of an impossible length (%s): have it mended and exported anew"},
	BadName:     {"字段名为空或不可读，按位置称为 %s", "the column's name is empty or cannot be read; called %s by its place"},
	SameName:    {"字段名重复，按名称导入时无法区分", "two columns have this name and cannot be told apart by it"},
	Unsupported: {"不支持 %s 类型的字段，该列未读取", "columns of type %s are not supported; this one was not read"},
	NoMemo:      {"缺少同名的备注文件（.DBT 或 .FPT），该列未读取", "the memo file (.DBT or .FPT) beside the table is missing; this column was not read"},
	NoFieldEnd:  {"字段定义之后缺少结束符 0x0D", "the byte 0x0D after the columns is missing"},
	NoEnd:       {"文件末尾缺少结束符 0x1A", "the byte 0x1A at the end is missing"},
	TooFew:      {"文件头记为 %s 行，实际只有 %s 行：文件可能被截断，请重新取得", "the header counts %s rows, the file has %s: it may have been cut; get it anew"},
	TooMany:     {"文件头记为 %s 行，其后仍有数据，未读取：请用 FoxPro 打开核对行数后重新保存", "the header counts %s rows; there is data after them, which was not read: open it in FoxPro, count, and save it anew"},
	CutShort:    {"这一行不完整：文件在此中断", "this row is not whole: the file ends in it"},
	BadMarker:   {"行首标记既不是空格也不是星号（%s），该行未读取", "the row begins with neither blank nor asterisk (%s) and was not read"},
	BadText:     {"第 %s 个字节处不是有效的汉字编码", "no character of the code page at byte %s"},
	CodePage:    {"文件头声明的代码页（%s）不是中文；如确为国标码，请指定字符集重读", "the header names a code page that is not Chinese (%s); if the text is GBK, say so and read again"},
	BadNumber:   {"不是可以确定的十进制数", "not a plain decimal number"},
	Stars:       {"数值为星号：写入时溢出或未填，按空值处理", "asterisks for a number: it did not fit or was never given; read as empty"},
	BadDate:     {"不是真实的日期", "not a day of the calendar"},
	BadLogical:  {"逻辑值只能是 T、F、Y、N 或空", "a logical value is T, F, Y, N or empty"},
	BadMemo:     {"备注指针无效，或备注内容不完整", "the memo's pointer leads nowhere, or the memo has no end"},
	TooWide:     {"超出字段宽度：需要 %s 字节，只有 %s 字节", "too wide: takes %s bytes, the column has %s"},
	TooFine:     {"小数位过多：需要 %s 位，只有 %s 位", "takes %s decimals, the column has %s"},
	Full:        {"表已达 2 GiB，FoxPro 无法打开更大的表，请分开导出", "the table is 2 GiB long and FoxPro opens none that is longer: export in parts"},
	NotInSet:    {"第 %s 个字不在该字符集中", "character %s is not in the character set"},
	BlankEdge:   {"首尾有空格，读取时会丢失", "begins or ends with a blank, which readers drop"},
	Control:     {"含有控制字符", "holds a control character"},
}

// Fault is one thing that is wrong, where it is, and why. It never holds a
// value of the table.
type Fault struct {
	Row      int64  `json:"row"`             // from 1; 0: the file as a whole
	Field    string `json:"field,omitempty"` // name of the column; "": the row as a whole
	Code     string `json:"code"`
	Zh       string `json:"zh"`
	En       string `json:"en"`
	Harmless bool   `json:"harmless,omitempty"` // what is in the file is certain all the same
}

// Error gives place and reason in English.
func (f *Fault) Error() string { return f.place("row ", "") + f.En }

// Text gives place and reason in Chinese, or in English.
func (f Fault) Text(chinese bool) string {
	if chinese {
		return f.place("第", "行") + f.Zh
	}
	return f.Error()
}

func (f Fault) place(before, after string) string {
	var b strings.Builder
	if f.Row > 0 {
		b.WriteString(before + strconv.FormatInt(f.Row, 10) + after)
	}
	if f.Field != "" {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f.Field)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	return b.String()
}

func fault(row int64, field, code string, args ...any) Fault {
	w := words[code]
	zh, en := w[0], w[1]
	if len(args) > 0 {
		zh, en = fmt.Sprintf(zh, inOne(0, args)...), fmt.Sprintf(en, inOne(1, args)...)
	}
	harmless := code == NoEnd || code == Stars || code == NoFieldEnd
	return Fault{Row: row, Field: field, Code: code, Zh: zh, En: en, Harmless: harmless}
}

// said is an argument that is itself words: Chinese, English.
type said [2]string

// inOne gives the arguments of one of the languages, 0 or 1.
func inOne(language int, args []any) []any {
	out := slices.Clone(args)
	for i, a := range out {
		if s, ok := a.(said); ok {
			out[i] = s[language]
		}
	}
	return out
}

func lengthOf(n int) said {
	return said{"文件头长度 " + strconv.Itoa(n), "length " + strconv.Itoa(n)}
}

func fields(n int) said {
	return said{strconv.Itoa(n) + " 个字段", strconv.Itoa(n) + " fields"}
}

func refuse(field, code string, args ...any) *Fault {
	f := fault(0, field, code, args...)
	return &f
}
