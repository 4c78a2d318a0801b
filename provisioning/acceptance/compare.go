package acceptance

import (
	"fmt"
	"strings"

	"zhunkao/protocol/campaign"
)

// Line is one requirement held against the machine.
type Line struct {
	Key    string `json:"key"` // "cpu", "clock", "memory", "disk", or a campaign.Device… value
	Item   Text   `json:"item"`
	Want   Text   `json:"want"`
	Have   Text   `json:"have"`
	State  State  `json:"state"`
	Remedy Text   `json:"remedy,omitzero"` // what to do; unless it passed
}

// Text is said in both languages.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Figures that a machine reports lie below those it is sold with: firmware and
// graphics keep some memory, and disks of one class differ a little.
const (
	memoryShare = 88 // percent of the nominal size that must be there
	diskShare   = 94
	clockShare  = 98 // 2.99 GHz is sold as 3.0
)

// Compare holds facts against the kit, in the order of the plan.
func Compare(kit campaign.Kit, f Facts) []Line {
	disk := 0
	for _, d := range f.DisksGB {
		disk = max(disk, d)
	}
	lines := []Line{
		figure("cores", Text{"处理器核数", "processor cores"}, kit.Cores, f.Cores, 100, count,
			Text{"换达到核数要求的计算机。", "use a computer with enough cores"}),
		figure("clock", Text{"处理器主频", "processor clock"}, kit.ClockMHz, f.ClockMHz, clockShare, gigahertz,
			Text{"换达到主频要求的计算机，或由招考机构书面认可。", "use a faster computer, or have the office accept it in writing"}),
		figure("memory", Text{"内存", "memory"}, kit.MemoryMB, f.MemoryMB, memoryShare, gigabytes,
			Text{"加装内存。", "add memory"}),
		figure("disk", Text{"硬盘", "disk"}, kit.DiskGB, disk, diskShare, diskSize,
			Text{"加装或更换硬盘。", "add or replace the disk"}),
	}
	out := lines[:0]
	for _, l := range lines {
		if l.Key != "" {
			out = append(out, l)
		}
	}
	for _, d := range kit.Devices {
		out = append(out, device(d, f))
	}
	return out
}

// figure compares one number; nothing when the plan names none.
func figure(key string, item Text, want, have, share int, say func(int) Text, remedy Text) Line {
	if want == 0 {
		return Line{}
	}
	w := say(want)
	l := Line{Key: key, Item: item, Want: Text{"不低于" + w.Zh, "at least " + w.En}, State: Pass}
	switch {
	case have == 0:
		l.State, l.Have = Ask, Text{"机器未报告", "the machine does not say"}
		l.Remedy = Text{"查看铭牌或说明书，填在验收单上。", "read the plate or the manual and write it on the sheet"}
	case have*100 < want*share:
		l.State, l.Have, l.Remedy = Fail, say(have), remedy
	default:
		l.Have = say(have)
	}
	return l
}

func count(n int) Text { return Text{fmt.Sprintf("%d核", n), fmt.Sprintf("%d", n)} }
func gigahertz(n int) Text {
	s := fmt.Sprintf("%.1f GHz", float64(n)/1000)
	return Text{s, s}
}
func gigabytes(n int) Text {
	s := fmt.Sprintf("%.1f GB", float64(n)/1024)
	if n%1024 == 0 {
		s = fmt.Sprintf("%d GB", n/1024)
	}
	return Text{s, s}
}
func diskSize(n int) Text {
	s := fmt.Sprintf("%d GB", n)
	if n >= 1000 && n%1000 == 0 {
		s = fmt.Sprintf("%d TB", n/1000)
	}
	return Text{s, s}
}

// device compares one device.
func device(d campaign.KitDevice, f Facts) Line {
	names, known := devices[d.Key]
	if !known {
		names.item = Text{d.Zh, d.Key}
	}
	l := Line{Key: d.Key, Item: names.item, Want: Text{d.Zh, names.want}, State: Pass}
	got, tried := f.device(d.Key)
	if !tried {
		got = Device{Key: d.Key, State: Ask, Note: "未检查", En: "not checked"}
	}
	l.State = got.State
	l.Have = Text{join("，", got.Model, got.Note), join(", ", got.Model, got.En)}
	if d.May {
		l.Want = Text{d.Zh + "（可配）", names.want + " (may be had)"}
		if l.State != Pass {
			l.State = Skip
		}
	}
	switch l.State {
	case Fail:
		l.Remedy = names.remedy
		if !known {
			l.Remedy = Text{"接好该设备。", "connect the device"}
		}
	case Ask:
		l.Remedy = Text{"由验收人现场查看，填写型号。", "look at it, and write the model on the sheet"}
		if !tried {
			l.Remedy = Text{"指明地址重新检查，或由验收人现场查看，填写型号。", "check again with its address, or look at it and write the model on the sheet"}
		}
	}
	return l
}

// join puts a mark between the parts that are there.
func join(mark string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, mark)
}

// devices names the kinds of devices and what to do without them.
var devices = map[string]struct {
	item   Text
	want   string
	remedy Text
}{
	campaign.DeviceIDCard: {Text{"身份证阅读机具", "ID card reader"}, "a reader of second-generation ID cards",
		Text{"接好阅读机具，运行 hwcheck idcard 查看原因。", "connect the reader; hwcheck idcard says what is wrong"}},
	campaign.DeviceCamera: {Text{"摄像头", "camera"}, "a camera of many pixels",
		Text{"接好摄像头，运行 hwcheck camera 查看原因；画面至少 640×480。", "connect the camera; hwcheck camera says what is wrong; it must give 640 × 480 at least"}},
	campaign.DeviceWide: {Text{"宽幅激光打印机", "wide laser printer"}, "a wide (A3) fast laser printer",
		Text{"接好打印机，运行 hwcheck printer 查看原因；须能打印 A3。", "connect the printer; hwcheck printer says what is wrong; it must take A3"}},
	campaign.DeviceColour: {Text{"彩色宽幅激光打印机", "colour wide laser printer"}, "a colour wide laser printer",
		Text{"接好彩色打印机。", "connect the colour printer"}},
	campaign.DeviceDVD: {Text{"DVD 光盘刻录机", "DVD burner"}, "a DVD burner",
		Text{"接好刻录机，或改用经批准的离线介质。", "connect the burner, or use another approved offline medium"}},
	campaign.DeviceNetwork: {Text{"宽带上网", "broadband"}, "broadband",
		Text{"检查网线和省中心地址。", "check the cable and the hub's address"}},
}

// Verdict is the whole: Fail if a line failed, else Ask if one is open, else
// Pass.
func Verdict(lines []Line) State {
	out := Pass
	for _, l := range lines {
		switch l.State {
		case Fail:
			return Fail
		case Ask:
			out = Ask
		}
	}
	return out
}
