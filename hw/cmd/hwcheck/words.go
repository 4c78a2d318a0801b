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

	"wiring":       {"接线文件不对，请照说明改。", "The wiring cannot be meant so. Correct it as the message says."},
	"panel ready":  {"面板正常。请依次按一下每个按钮，打开再关上每个门磁。", "The panel works. Press each button once, open and close each contact."},
	"panel good":   {"按钮和触点都试过了，指示灯请用眼睛确认。", "Every button and contact was seen. Judge the lamps with your eyes."},
	"panel lamps":  {"指示灯依次亮过了，请用眼睛确认。", "Each lamp was lit. Judge them with your eyes."},
	"panel missed": {"时间到了，有的按钮或触点没有动作。没打勾的请再试，仍不行就查接线。", "Time is over and not everything was seen. Try what has no tick again, else check its wiring."},
	"panel silent": {"面板板卡没有应答。请检查供电、地址、波特率和 A/B 线。", "The panel's board does not answer. Check power, address, speed and the A/B wires."},
	"panel absent": {"找不到接线里写的线路或端口。请检查线缆和接线文件。", "A wired line or the port is not there. Check the cable and the wiring."},
	"panel busy":   {"线路或端口被别的程序占用。请先停掉终端程序再试。", "Another program holds the line or port. Stop the box's own and try again."},
	"panel denied": {"没有使用线路或端口的权限。请把当前用户加入 gpio 或 dialout 组。", "No permission for the line or port. Add this user to the group gpio or dialout."},
	"panel unable": {"面板板卡做不到接线要求的事。请核对型号和接线文件。", "The panel's board cannot do what the wiring asks. Compare its model with the wiring."},

	"dog seen":       {"看门狗在。", "There is a watchdog."},
	"dog fed":        {"看门狗喂过，也正常停掉了。", "The watchdog was fed and stopped in order."},
	"dog absent":     {"没有看门狗。请在 BIOS 或设备树里打开，或加载驱动。", "No watchdog. Switch it on in the BIOS or device tree, or load its driver."},
	"dog held":       {"看门狗已经有人在喂（终端程序或 systemd）。一台机器只能有一个。", "Somebody feeds the watchdog already (the box's program, or systemd). There can be one only."},
	"dog denied":     {"没有使用看门狗的权限。请用管理员身份运行。", "No permission for the watchdog. Run it as root."},
	"dog untold":     {"内核没有说看门狗的情况。用 --feed 10s 试一试。", "The kernel tells nothing of it. Try it with --feed 10s."},
	"dog no way out": {"这个看门狗启动后停不掉，所以没有试。", "This watchdog cannot be stopped once armed, so it was not tried."},
	"dog broken":     {"看门狗喂不进去。请换一台。", "The watchdog takes no food. Replace the machine."},

	"keys good":      {"密钥库正常，密钥与本机绑定。", "The key store works; its keys are bound to this machine."},
	"keys demo":      {"密钥库正常，但密钥是普通文件，只能用于演示。", "The key store works, and its keys are plain files: for the demonstration only."},
	"keys broken":    {"密钥库不能用。", "The key store does not work."},
	"keys foreign":   {"这些密钥是在另一台机器上生成的，这台用不了。请重新登记入网。", "These keys were made by another board. Enrol this one again."},
	"keys no serial": {"这块板子没有自己的序列号，不能绑定。请用 TPM。", "This board has no serial number of its own to bind keys to. Use a TPM."},
	"keys no tpm":    {"找不到 TPM 或密钥目录。请在 BIOS 里打开 TPM，检查路径。", "No TPM or no such directory. Switch the TPM on in the BIOS and check the path."},
	"keys denied":    {"没有使用 TPM 或密钥目录的权限。请把当前用户加入 tss 组。", "No permission for the TPM or the keys. Add this user to the group tss."},
}

// say prints a sentence in both languages, and the technician's detail.
func say(w io.Writer, key string, detail error) {
	s := sentence(key)
	fmt.Fprintln(w, s[0])
	fmt.Fprintln(w, s[1])
	if detail != nil {
		fmt.Fprintf(w, "  (%v)\n", detail)
	}
}

// sentence finds a key in any of the lists.
func sentence(key string) [2]string {
	for _, list := range []map[string][2]string{words, printerWords, cameraWords} {
		if s, ok := list[key]; ok {
			return s
		}
	}
	return [2]string{key, key}
}
