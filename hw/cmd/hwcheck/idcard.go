package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/idcard"
)

// The exit codes; doc.go explains them.
const (
	exitRead   = 0
	exitUsage  = 1
	exitNoCard = 2
	exitAgain  = 3
	exitReader = 4
	exitLine   = 5
)

const (
	// replug is how long an unplugged reader is given to come back.
	replug = 3 * time.Second
	// settle is how much longer than the time for a card a reader is given to
	// show itself: some restart when the port is opened, some know only the
	// commands for cards, and finding that out takes seconds.
	settle = 6 * time.Second
	// finish is how much longer a card being read at the end of the time is
	// waited for: two whole sequences with their retries.
	finish = 12 * time.Second
)

// idcardCmd is "hwcheck idcard".
type idcardCmd struct {
	Port    string        `required:"" help:"Path of the reader: /dev/serial/by-path/…, /dev/hidraw…, tcp://host:port. 读卡器的端口路径。"`
	JSON    bool          `name:"json" help:"Print one JSON object. 输出一个 JSON 对象。"`
	Timeout time.Duration `default:"10s" help:"How long to wait for a card, from when the reader is ready. 读卡器就绪后等证件的时间。"`
	Baud    int           `help:"Try only this speed. 只试这个波特率。"`
	Verbose bool          `short:"v" help:"Show commands, statuses and times on standard error. 显示命令与状态。"`
}

// verdict is how the probe ended.
type verdict struct {
	code int
	key  string
	err  error
	card *idcard.Card
}

func (c *idcardCmd) run(ctx context.Context, out, errs io.Writer) int {
	reader, err := idcard.New(idcard.Options{Port: c.Port, Baud: c.Baud, Append: false, Log: logTo(errs, c.Verbose)})
	if err != nil {
		say(errs, "absent", err)
		return exitLine
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = reader.Run(ctx) // returns only ctx's error
	}()
	v := watch(ctx, reader.Events(), c.Timeout, func() { say(errs, "ready", nil) })
	cancel()
	<-done
	if v.card != nil {
		if err := show(out, v.card, c.JSON); err != nil {
			fmt.Fprintln(errs, err)
			return exitUsage
		}
	}
	say(errs, v.key, v.err)
	return v.code
}

// watch follows the events until they amount to a verdict.
func watch(ctx context.Context, events <-chan idcard.Event, timeout time.Duration, onReady func()) verdict {
	end := time.NewTimer(timeout)
	defer end.Stop()
	back := time.NewTimer(time.Hour) // for an unplugged reader
	defer back.Stop()
	back.Stop()
	var (
		ready, greeted, placed, late, settling bool
		trouble                                error
	)
	for {
		select {
		case <-ctx.Done():
			return verdict{code: exitUsage, key: "stopped"}
		case <-back.C:
			return failed(trouble)
		case <-end.C:
			switch {
			case placed && !late:
				late = true
				end.Reset(finish)
				continue
			case placed: // neither read nor refused in all that time
				return verdict{code: exitAgain, key: "again"}
			case !ready && trouble != nil:
				return failed(trouble)
			case !ready && !settling:
				settling = true
				end.Reset(settle)
				continue
			case !ready:
				return verdict{code: exitLine, key: "silent"}
			}
			return verdict{code: exitNoCard, key: "no card"}
		case e := <-events:
			switch e := e.(type) {
			case idcard.ReaderReady:
				ready, trouble = true, nil
				back.Stop()
				if !greeted {
					greeted = true
					end.Reset(timeout)
					onReady()
				}
			case idcard.ReaderLost:
				ready, trouble = false, e.Err
				if !errors.Is(e.Err, fault.Absent) {
					return failed(e.Err)
				}
				back.Reset(replug)
			case idcard.ReaderFault:
				v := failed(e.Err)
				v.code, v.key = exitReader, deviceKey(v.key)
				return v
			case idcard.CardPlaced:
				placed = true
			case idcard.CardRead:
				return verdict{code: exitRead, key: "read", card: e.Card}
			case idcard.CardUnreadable:
				return failed(e.Err)
			case idcard.CardRemoved:
				placed = false
			}
		}
	}
}

// failed turns a fault into code and sentence.
func failed(err error) verdict {
	v := verdict{err: err}
	switch fault.ClassOf(err) {
	case fault.ClassMedium, fault.ClassTransient:
		v.code = exitAgain
	case fault.ClassLine:
		v.code = exitLine
	default:
		v.code = exitReader
	}
	switch w := fault.WordOf(err); w {
	case fault.WrongMedium:
		v.key = "other"
	case fault.Removed:
		v.key = "hold"
	case fault.Unauthorised:
		v.key = "no key"
	case fault.Absent:
		v.key = "absent"
	case fault.Busy:
		v.key = "busy"
	case fault.Denied:
		v.key = "denied"
	case fault.Timeout:
		v.key = "silent"
	case fault.Line:
		v.key = "noise"
	default:
		v.key = "device"
		if v.code == exitAgain {
			v.key = "again"
		}
	}
	return v
}

// deviceKey keeps a sentence about the card from being said of a reader that
// cannot even look for one.
func deviceKey(key string) string {
	if key == "no key" {
		return key
	}
	return "device"
}

// output is the JSON object. Its names are a contract; what a layout lacks is
// an empty string.
type output struct {
	Type        string `json:"type"`
	Name        string `json:"name"`
	NameEn      string `json:"name_en"`
	Sex         string `json:"sex"`
	Ethnic      string `json:"ethnic"`
	Birth       string `json:"birth"`
	Address     string `json:"address"`
	Number      string `json:"number"`
	Issuer      string `json:"issuer"`
	ValidFrom   string `json:"valid_from"`
	ValidTo     string `json:"valid_to"`
	PassNumber  string `json:"pass_number"`
	IssueCount  string `json:"issue_count"`
	Nationality string `json:"nationality"`
	PhotoBytes  int    `json:"photo_bytes"`
}

func show(w io.Writer, c *idcard.Card, asJSON bool) error {
	o := output{
		Type: c.Kind.String(), Name: c.Name, NameEn: c.NameEn, Sex: c.Sex, Ethnic: c.Ethnic, Birth: c.Birth,
		Address: c.Address, Number: c.Number, Issuer: c.Issuer, ValidFrom: c.ValidFrom, ValidTo: c.ValidTo,
		PassNumber: c.PassNumber, IssueCount: c.IssueCount, Nationality: c.Nationality, PhotoBytes: len(c.WLT),
	}
	if asJSON {
		return writeJSON(w, o)
	}
	lines := [][2]string{
		{"证件 type", words[o.Type][0]}, {"姓名 name", o.Name}, {"英文名 name_en", o.NameEn}, {"性别代码 sex", o.Sex},
		{"民族代码 ethnic", o.Ethnic}, {"出生 birth", o.Birth}, {"住址 address", o.Address}, {"号码 number", o.Number},
		{"签发 issuer", o.Issuer}, {"有效期起 valid_from", o.ValidFrom}, {"有效期止 valid_to", o.ValidTo},
		{"通行证 pass_number", o.PassNumber}, {"签发次数 issue_count", o.IssueCount}, {"国籍 nationality", o.Nationality},
		{"芯片照片 photo_bytes", fmt.Sprint(o.PhotoBytes)},
	}
	return writeLines(w, lines)
}
