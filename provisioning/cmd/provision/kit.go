package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"zhunkao/protocol/campaign"
	"zhunkao/provisioning/acceptance"
)

type kitCommand struct {
	Office   string        `required:"" enum:"point,county,city" help:"Kind of office: point, county or city. 机构类别。"`
	Reader   string        `help:"Port of the ID card reader, such as /dev/ttyUSB0. 读卡器端口。"`
	Camera   string        `help:"The camera: /dev/v4l/by-path/… or http://…. 摄像头。"`
	Printer  string        `help:"Address of the wide printer: ipp://host/ipp/print. 宽幅打印机地址。"`
	Colour   string        `help:"Address of the colour printer, if it is another one. 彩色打印机地址。"`
	Hub      string        `placeholder:"HOST:PORT" help:"Address of the hub, which broadband must reach. 省中心地址。"`
	Campaign string        `type:"existingfile" placeholder:"FILE" help:"Bundle of the campaign (default: the one inside the program). 考试配置包。"`
	Name     string        `help:"Name of the office, for the sheet; without it there is room to write it. 机构名称。"`
	JSON     bool          `name:"json" help:"Print one JSON object on standard output and nothing else. 输出一个 JSON 对象。"`
	Sheet    string        `type:"path" xor:"paper" placeholder:"FILE.pdf" help:"Write the acceptance sheet. 生成验收单。"`
	Print    bool          `xor:"paper" help:"Print the acceptance sheet on --printer. 打印验收单。"`
	Fonts    string        `type:"path" help:"Folder of the bundle of fonts (default: the user's cache). 字体目录。"`
	Wait     time.Duration `default:"15s" help:"How long a device may take to show itself. 每件设备最多等多久。"`
	English  bool          `help:"Say it in English. The sheet stays Chinese. 用英文显示。"`
}

// The exit codes of kit. Anything else that goes wrong ends with 1.
const (
	kitAsk  = 2 // somebody must look at something
	kitFail = 3 // something is missing or too weak
)

// Validate is called by kong.
func (k kitCommand) Validate() error {
	if k.Print && k.Printer == "" {
		return errors.New("--print needs --printer")
	}
	if k.Wait <= 0 {
		return errors.New("--wait must be longer than nothing")
	}
	return nil
}

// Run compares this machine with the least that the campaign asks of its
// office.
func (k kitCommand) Run(ctx context.Context) error {
	t := teller{out: os.Stdout, english: k.English, mute: k.JSON}
	c, err := readCampaign(k.Campaign)
	if err != nil {
		return err
	}
	kit, ok := c.Kit(k.Office)
	if !ok {
		return fmt.Errorf("campaign %s names no least equipment for a %s", c.ID, k.Office)
	}
	t.say("begin", t.pick(kit.Zh, k.Office), t.pick(c.Zh, c.ID))
	t.say("source", kit.Source)
	t.say("look", t.devices(k))
	checked := acceptance.Check(ctx, kit, acceptance.Options{Reader: k.Reader, Camera: k.Camera, Printer: k.Printer, Colour: k.Colour, Hub: k.Hub, Limit: k.Wait})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("interrupted: nothing was decided: %w", err)
	}
	checked.Name, checked.Program = k.Name, "provision "+version
	t.show(checked)
	if k.JSON {
		if err := writeJSON(os.Stdout, c, checked); err != nil {
			return err
		}
	}
	if k.Sheet != "" || k.Print {
		if err := k.paper(ctx, t, c, checked); err != nil {
			return err
		}
	}
	verdict := acceptance.Verdict(checked.Lines)
	t.say("then "+string(verdict), t.again(k))
	switch verdict {
	case acceptance.Pass:
		return nil
	case acceptance.Ask:
		return exitCode(kitAsk)
	}
	return exitCode(kitFail)
}

// readCampaign gives the campaign of a bundle, or the one inside the program.
func readCampaign(path string) (campaign.Campaign, error) {
	if path == "" {
		return campaign.Adult2019(), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return campaign.Campaign{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, campaign.MaxBundle+1))
	if err != nil {
		return campaign.Campaign{}, err
	}
	c, err := campaign.Decode(b)
	if err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	if p := c.Validate(); len(p) > 0 {
		return c, fmt.Errorf("%s: this campaign cannot be used: %s (%d problems)", path, p[0], len(p))
	}
	return c, nil
}

// kitOutput is the JSON object. Its names are a contract.
type kitOutput struct {
	Campaign string            `json:"campaign"`
	Version  uint32            `json:"version"` // of the campaign
	Office   string            `json:"office"`
	Source   string            `json:"source"`
	Verdict  acceptance.State  `json:"verdict"` // pass, fail or ask
	At       time.Time         `json:"at"`
	Facts    acceptance.Facts  `json:"facts"`
	Lines    []acceptance.Line `json:"lines"`
}

func writeJSON(w io.Writer, c campaign.Campaign, k acceptance.Checked) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(kitOutput{Campaign: c.ID, Version: c.Version, Office: k.Kit.Office, Source: k.Kit.Source,
		Verdict: acceptance.Verdict(k.Lines), At: k.At.UTC().Truncate(time.Second), Facts: k.Facts, Lines: k.Lines})
}

// teller tells the technician, in one language. Mute, it is for a script.
type teller struct {
	out     io.Writer
	english bool
	mute    bool
}

func (t teller) pick(zh, en string) string {
	if t.english {
		return en
	}
	return zh
}

func (t teller) text(s acceptance.Text) string { return t.pick(s.Zh, s.En) }

// say writes a sentence of kitWords; what cannot be written to the terminal
// nobody could be told.
func (t teller) say(key string, args ...any) {
	if s, ok := kitWords[key]; ok && !t.mute {
		fmt.Fprintf(t.out, t.pick(s[0], s[1])+"\n", args...)
	}
}

func (t teller) word(key string) string { return t.pick(kitWords[key][0], kitWords[key][1]) }

// devices names what will be looked at.
func (t teller) devices(k kitCommand) string {
	all := []string{t.word("machine")}
	for _, d := range [][2]string{{"reader", k.Reader}, {"camera", k.Camera}, {"printer", k.Printer}, {"colour", k.Colour}, {"hub", k.Hub}} {
		if d[1] != "" {
			all = append(all, t.word(d[0])+" "+d[1])
		}
	}
	return strings.Join(all, t.pick("、", ", "))
}

// show writes what was found, line by line.
func (t teller) show(c acceptance.Checked) {
	f := c.Facts
	for _, m := range [][2]string{{"model", f.Machine}, {"cpu", f.CPU}, {"system", f.System}} {
		if m[1] != "" {
			t.say("fact", t.word(m[0]), m[1])
		}
	}
	n := map[acceptance.State]int{}
	tag, item := 0, 0
	for _, l := range c.Lines {
		n[l.State]++
		tag, item = max(tag, columns(t.word("state "+string(l.State)))), max(item, columns(t.text(l.Item)))
	}
	t.say("blank")
	for _, l := range c.Lines {
		have := t.text(l.Have)
		if have == "" {
			have = t.word("there")
		}
		t.say("line", pad(t.word("state "+string(l.State)), tag), pad(t.text(l.Item), item), t.text(l.Want), have)
		if l.Remedy != (acceptance.Text{}) {
			t.say("remedy", strings.Repeat(" ", tag), t.text(l.Remedy))
		}
	}
	t.say("blank")
	t.say("verdict", t.word("state "+string(acceptance.Verdict(c.Lines))), n[acceptance.Pass], n[acceptance.Fail], n[acceptance.Ask])
}

// again is the command to give once more, with the paper.
func (t teller) again(k kitCommand) string {
	if k.Sheet != "" || k.Print {
		return ""
	}
	return t.word("paper too")
}

// columns is how wide a text stands in a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x2E80 {
			n++
		}
	}
	return n
}

func pad(s string, to int) string { return s + strings.Repeat(" ", max(to-columns(s), 0)) }
