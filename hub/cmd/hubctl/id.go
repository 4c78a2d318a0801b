package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"zhunkao/protocol/identity"
)

// identities judges numbers of identity documents. It uses no hub.
type identities struct {
	Check idCheck `cmd:"" help:"Judge numbers of identity cards: one JSON object a line. Status 2 when one is not valid."`
}

type idCheck struct {
	Numbers []string `arg:"" optional:"" name:"number" help:"The numbers; lines of standard input when none is given, which other users of this machine do not see."`
}

// idVerdict is a contract with scripts: keys, their order and their words stay.
type idVerdict struct {
	Input    string           `json:"input"`
	Valid    bool             `json:"valid"`
	Type     string           `json:"type"`     // the words of hwcheck; "" when not valid
	Birth    string           `json:"birth"`    // YYYY-MM-DD
	Sex      string           `json:"sex"`      // 男, 女; "" where the number does not say
	Division string           `json:"division"` // of first registration; "" for foreigners
	Warnings []identity.Doubt `json:"warnings"`
	Error    string           `json:"error"` // what to do
}

// doubtInside is the warning of this door alone: a form asks instead.
const doubtInside = identity.Doubt(identity.ChangeInside)

// Run judges by today's date in China.
func (c idCheck) Run(h *hand) error {
	now := time.Now().In(time.FixedZone("CST", 8*60*60))
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	return h.judge(c.Numbers, func(s string) (any, error) { return h.judgeNumber(s, today) })
}

func (h *hand) judgeNumber(s string, today time.Time) (idVerdict, error) {
	v := idVerdict{Input: s, Warnings: []identity.Doubt{}}
	n, changes, err := identity.ParseCard(s)
	if err == nil {
		err = n.CheckBirth(today)
	}
	if err != nil {
		v.Error = h.remedy(err)
		return v, err
	}
	v.Valid = true
	switch n.Kind() {
	case identity.KindResident:
		v.Type = "resident"
	case identity.KindHKMacaoPermit, identity.KindTaiwanPermit:
		v.Type = "hmt"
	case identity.KindForeigner2017:
		v.Type = "foreigner2017"
	case identity.KindForeigner2023:
		v.Type = "foreigner2023"
	}
	v.Birth = n.BirthBy(today).Format(time.DateOnly)
	v.Sex = map[string]string{"1": "男", "2": "女"}[n.Sex()]
	v.Division = n.Division()
	for _, c := range changes {
		if c == identity.ChangeInside {
			v.Warnings = append(v.Warnings, doubtInside)
		}
	}
	v.Warnings = append(v.Warnings, n.Doubts(today)...)
	return v, nil
}

// remedy is what a person should do about a number or a name.
func (h *hand) remedy(err error) string {
	var r *identity.Refusal
	switch {
	case !errors.As(err, &r):
		return err.Error()
	case h.say == chinese:
		return r.Zh
	}
	return r.En
}

// maxLine bounds a line of standard input.
const maxLine = 64 << 10

// faulty is an error that is no verdict: judging ends with it.
type faulty struct{ error }

// judge writes f's verdict on each text as a line of JSON: on each argument, or
// without any on each line of standard input. It is errFound when f refused one;
// a faulty of f ends it.
func (h *hand) judge(args []string, f func(string) (any, error)) error {
	enc := json.NewEncoder(h.out)
	enc.SetEscapeHTML(false)
	refused := false
	one := func(s string) error {
		if err := h.ctx.Err(); err != nil {
			return err
		}
		verdict, err := f(s)
		var fault faulty
		if errors.As(err, &fault) {
			return fault.error
		}
		refused = refused || err != nil
		if err := enc.Encode(verdict); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		return nil
	}
	for _, s := range args {
		if err := one(s); err != nil {
			return err
		}
	}
	if len(args) == 0 {
		lines := bufio.NewScanner(h.in)
		lines.Buffer(nil, maxLine)
		some := false
		for lines.Scan() {
			some = true
			if err := one(strings.TrimSuffix(lines.Text(), "\r")); err != nil {
				return err
			}
		}
		switch err := lines.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			return refusal{"line-long", []any{maxLine}}
		case err != nil:
			return fmt.Errorf("standard input: %w", err)
		case !some:
			return refusal{"nothing-given", nil}
		}
	}
	if refused {
		return errFound
	}
	return nil
}
