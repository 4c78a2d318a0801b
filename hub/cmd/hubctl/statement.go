package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"zhunkao/hub/payment/statement"
	"zhunkao/protocol/window"
)

// statements are the commands for the daily files of payment channels. To check one
// needs no hub.
type statements struct {
	Check  checkStatement  `cmd:"" hub:"none" help:"Read a channel's daily file whole, hold it against its own counts and sums, and print a JSON summary; ends with 2 when anything is wrong."`
	Import importStatement `cmd:"" help:"Take a channel's daily file, or refuse it whole; the same file again changes nothing. Hub running or not."`
}

type checkStatement struct {
	Channel  string `required:"" enum:"wechat,alipay,unionpay" help:"Whose file it is: wechat, alipay or unionpay."`
	File     string `arg:"" type:"path" help:"The file as the channel gave it: WeChat's CSV or gzip of it, Alipay's archive or the list of movements out of it, UnionPay's answer, archive, ZM or ZME."`
	Lines    bool   `help:"Print the movements too, in \"movements\"."`
	Day      string `help:"The day that it must be of, as 2019-09-06; for UnionPay also where the file's name does not tell the clearing day."`
	Merchant string `help:"The merchant that it must be of."`
	SHA1     string `name:"sha1" help:"The hash that WeChat's API gave with the file."`
}

// movement is one line of a file, as the door prints it.
type movement struct {
	Line        int            `json:"line"`
	Kind        statement.Kind `json:"kind"`
	Time        string         `json:"time"`
	Transaction string         `json:"transaction"`
	Order       string         `json:"order"`
	Refund      string         `json:"refund"`
	AmountFen   int64          `json:"amount_fen"`
	OrderedFen  int64          `json:"ordered_fen"`
	Fee         json.Number    `json:"fee_fen"` // may have three decimals
}

// stated is the summary, as the door prints it: a contract with scripts.
type stated struct {
	Channel     statement.Channel `json:"channel"`
	Day         string            `json:"day"`
	Merchant    string            `json:"merchant"`
	Payments    int               `json:"payments"`
	PaymentsFen int64             `json:"payments_fen"`
	Refunds     int               `json:"refunds"`
	RefundsFen  int64             `json:"refunds_fen"`
	Adjustments int               `json:"adjustments"`
	FeeFen      int64             `json:"fee_fen"`
	Lines       int               `json:"lines"`
	Errors      []statement.Fault `json:"errors"`
	More        int               `json:"more_errors"`
	SHA256      string            `json:"sha256"`
}

// Run prints one JSON object. The movements of a file that is refused are printed
// as well, so that one sees what it says: none of them may be used.
func (c checkStatement) Run(h *hand) (err error) {
	opts := statement.Options{Merchant: c.Merchant, SHA1: c.SHA1, Name: filepath.Base(c.File)}
	if c.Day != "" {
		if opts.Day, err = time.ParseInLocation(time.DateOnly, c.Day, window.Zone()); err != nil {
			return refusal{"statement-day", nil}
		}
	}
	f, err := os.Open(c.File)
	if err != nil {
		return h.unreadable(c.File, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return h.unreadable(c.File, err)
	}
	if info.IsDir() {
		return refusal{"statement-dir", nil}
	}
	out := bufio.NewWriter(h.out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	list := &movements{out: out, on: c.Lines}
	fmt.Fprint(out, "{")
	sum, err := statement.Read(statement.Channel(c.Channel), io.NewSectionReader(f, 0, info.Size()), opts, func(l *statement.Line) error {
		if err := h.ctx.Err(); err != nil {
			return err
		}
		return list.add(l)
	})
	if err != nil {
		return err
	}
	if err := list.end(); err != nil {
		return err
	}
	s := stated{Channel: sum.Channel, Merchant: sum.Merchant, Payments: sum.Payments, PaymentsFen: sum.PaymentsFen, Refunds: sum.Refunds, RefundsFen: sum.RefundsFen,
		Adjustments: sum.Adjustments, FeeFen: sum.FeeFen(), Lines: sum.Lines, Errors: append([]statement.Fault{}, sum.Faults...), More: sum.More, SHA256: sum.SHA256}
	if !sum.Day.IsZero() {
		s.Day = sum.Day.Format(time.DateOnly)
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n", b[1:]) // the brace is there
	if len(sum.Faults) > 0 {
		return errFound
	}
	return nil
}

// movements writes the list as it comes: a day may have millions.
type movements struct {
	out   io.Writer
	on    bool
	begun bool
}

func (m *movements) add(l *statement.Line) error {
	if !m.on {
		return nil
	}
	before := ","
	if !m.begun {
		before, m.begun = `"movements":[`, true
	}
	fee := json.Number(fmt.Sprint(l.Fee / 1000))
	if l.Fee%1000 != 0 {
		fee = json.Number(fmt.Sprintf("%.3f", float64(l.Fee)/1000))
	}
	b, err := json.Marshal(movement{Line: l.Number, Kind: l.Kind, Time: l.Time.Format(time.RFC3339), Transaction: string(l.Transaction), Order: string(l.Order),
		Refund: string(l.Refund), AmountFen: l.Amount, OrderedFen: l.Ordered, Fee: fee})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(m.out, "%s\n%s", before, b)
	return err
}

func (m *movements) end() error {
	if !m.on {
		return nil
	}
	end := "],\n"
	if !m.begun {
		end = `"movements":[],` + "\n"
	}
	_, err := io.WriteString(m.out, end)
	return err
}
