package main

import (
	"encoding/hex"
	"fmt"

	"zhunkao/protocol/gbk"
	"zhunkao/protocol/identity"
)

// names judges names of persons. It uses no hub.
type names struct {
	Check nameCheck `cmd:"" help:"Judge names and show their normal form: one JSON object a line. Status 2 when one is not valid."`
}

type nameCheck struct {
	Texts []string `arg:"" optional:"" name:"text" help:"The names; lines of standard input when none is given, which other users of this machine do not see."`
}

// nameVerdict is a contract with scripts: keys, their order and their words
// stay. What to do about a name that is not valid goes to standard error.
type nameVerdict struct {
	Input   string            `json:"input"`
	Name    string            `json:"name"` // normalised; "" where that cannot be
	Valid   bool              `json:"valid"`
	Changes []identity.Change `json:"changes"`
	GBK     *string           `json:"gbk"` // bytes of Name in hex; null where a character does not fit
	GB18030 *string           `json:"gb18030"`
}

// Run judges each name and says on standard error what is wrong, without it.
func (c nameCheck) Run(h *hand) error {
	n := 0
	return h.judge(c.Texts, func(s string) (any, error) {
		n++
		v, err := judgeName(s)
		if err != nil {
			fmt.Fprintln(h.errs, h.say.text("name-wrong", n, h.remedy(err)))
		}
		return v, err
	})
}

func judgeName(s string) (nameVerdict, error) {
	name, changes, err := identity.CheckName(s)
	v := nameVerdict{Input: s, Name: name.Reveal(), Valid: err == nil, Changes: []identity.Change{}}
	v.Changes = append(v.Changes, changes...)
	if name != "" {
		v.GBK, v.GB18030 = inHex(gbk.GBK, v.Name), inHex(gbk.GB18030, v.Name)
	}
	return v, err
}

func inHex(cs gbk.Charset, s string) *string {
	b, err := gbk.Encode(cs, s)
	if err != nil {
		return nil
	}
	out := hex.EncodeToString(b)
	return &out
}
