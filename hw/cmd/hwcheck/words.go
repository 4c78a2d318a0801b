package main

import (
	"fmt"
	"io"
)

// The sentences for a person: key → Chinese, English. Each says what is the
// matter and what to do.
var words = map[string][2]string{
	"ready":    {"读卡器正常，请把证件放在读卡区。", "The reader works. Place the card on it."},
	"read":     {"已读到证件。", "Card read."},
	"no card":  {"时间到了，没有放证件。请把证件平放在读卡区，再试一次。", "No card in time. Lay the card flat on the reader and try again."},
	"again":    {"没有读成。请移开后重新放置证件，放好不要动。", "Not read. Take the card away and place it again; leave it until told."},
	"other":    {"这不是身份证类证件。请换居民身份证、港澳台居民居住证或外国人永久居留身份证。", "This is no identity card. Use a resident, HK/Macao/Taiwan or permanent-residence card."},
	"hold":     {"证件拿开得太早。请重新放好，等读完再拿。", "The card was lifted too early. Place it again and leave it until it is read."},
	"device":   {"读卡器自检不通过或无法完成读卡。请断电 10 秒再试；仍不行就换一台。", "The reader reports a fault. Power it off for 10 seconds and try again; if it stays, replace it."},
	"no key":   {"读卡器的安全模块没有授权，不能读证。请送厂家处理。", "The reader's security module is not authorised. Only its maker can mend that."},
	"absent":   {"找不到读卡器。请检查线缆和端口路径。", "No reader at this port. Check the cable and the path."},
	"busy":     {"端口被别的程序占用。请先停掉它（例如终端程序）再试。", "Another program holds the port. Stop it (the box's own, perhaps) and try again."},
	"denied":   {"没有使用端口的权限。请把当前用户加入 dialout 组。", "No permission for the port. Add this user to the group dialout."},
	"silent":   {"读卡器没有应答。请检查供电、线缆和端口路径。", "The reader does not answer. Check its power, the cable and the path."},
	"noise":    {"线路上有干扰，数据不完整。请检查或更换线缆，远离电源线。", "The line is noisy: answers arrive broken. Check or replace the cable, away from power lines."},
	"stopped":  {"已中断。", "Interrupted."},
	"resident": {"居民身份证", "Resident identity card"},

	"hmt":           {"港澳台居民居住证", "HK/Macao/Taiwan residence card"},
	"foreigner2017": {"外国人永久居留身份证（2017 版）", "Permanent residence card (2017)"},
	"foreigner2023": {"外国人永久居留身份证（2023 版）", "Permanent residence card (2023)"},
}

// say prints a sentence in both languages, and the technician's detail.
func say(w io.Writer, key string, detail error) {
	s := words[key]
	fmt.Fprintln(w, s[0])
	fmt.Fprintln(w, s[1])
	if detail != nil {
		fmt.Fprintf(w, "  (%v)\n", detail)
	}
}
