package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"text/tabwriter"
	"unicode"

	rules "zhunkao/protocol/campaign"
)

// campaigns is the group `hubctl campaign`: what a version says and how two
// differ needs no hub; what becomes of a version needs one (rehearse.go).
type campaigns struct {
	Check checkCampaign `cmd:"" hub:"none" help:"Say everything that is wrong with a bundle, by place. Status 2 when it is refused; no hub is needed."`
	Diff  diffCampaigns `cmd:"" hub:"none" help:"Say in words what one version does otherwise than another; no hub is needed."`
	Show  showCampaign  `cmd:"" hub:"none" help:"Write the bundle of a campaign, or what was assumed in it; no hub is needed."`

	versions
}

type checkCampaign struct {
	Campaign string `arg:"" help:"Name of a campaign that ships (adult-2019, gaokao-2014), or a bundle."`
	JSON     bool   `name:"json" help:"One JSON object a line: place, code, zh, en."`
}

// Run ends with status 2 when the bundle would be refused.
func (c checkCampaign) Run(h *hand) error {
	bundle, err := h.bundle(c.Campaign)
	if err != nil {
		return err
	}
	problems := bundle.Validate()
	if c.JSON {
		return h.lines(len(problems), func(i int) any { return problems[i] }, len(problems) > 0)
	}
	if len(problems) == 0 {
		f := bundle.Form
		h.report("check-good", plain(bundle.Short), plain(bundle.ID), bundle.Version, len(f.Fields), len(f.Levels), len(f.Categories), len(bundle.Windows),
			len(bundle.Rules), len(bundle.Catalogue), len(bundle.Assumptions))
		return nil
	}
	t := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	for _, p := range problems {
		fmt.Fprintf(t, "%s\t%s\n", plain(p.Place), plain([...]string{p.Zh, p.En}[h.say]))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	h.report("check-bad", len(problems))
	return errFound
}

type diffCampaigns struct {
	Old  string `arg:"" help:"Name of a campaign that ships, or a bundle."`
	New  string `arg:"" help:"Name of a campaign that ships, or a bundle."`
	JSON bool   `name:"json" help:"One JSON object a line: place, kind, zh, en."`
}

// Run prints a sentence a line. Two alike are no failure, and neither are two
// that differ.
func (c diffCampaigns) Run(h *hand) error {
	old, err := h.bundle(c.Old)
	if err != nil {
		return err
	}
	now, err := h.bundle(c.New)
	if err != nil {
		return err
	}
	changes := rules.Diff(old, now)
	if c.JSON {
		return h.lines(len(changes), func(i int) any { return changes[i] }, false)
	}
	for _, change := range changes {
		fmt.Fprintln(h.out, plain([...]string{change.Zh, change.En}[h.say]))
	}
	switch {
	case len(changes) == 0:
		h.report("diff-none")
	case old.ID != now.ID:
		h.report("diff-other", len(changes))
	case now.Version <= old.Version:
		h.report("diff-version", len(changes), now.Version, old.Version)
	default:
		h.report("diff-count", len(changes))
	}
	return nil
}

type showCampaign struct {
	Campaign    string `arg:"" help:"Name of a campaign that ships (adult-2019, gaokao-2014), or a bundle."`
	AsVersion   uint32 `help:"Write it as this version, to be drafted after the one in force."`
	Assumptions bool   `help:"Instead of the bundle, list what nobody official has confirmed, and where it stands."`
}

// Run writes the bundle to standard output, as a hub takes it.
func (c showCampaign) Run(h *hand) error {
	bundle, err := h.bundle(c.Campaign)
	if err != nil {
		return err
	}
	if c.Assumptions {
		for _, a := range bundle.Assumptions {
			fmt.Fprintf(h.out, "[%s] %s\n      %s\n", plain(a.Status), plain([...]string{a.Zh, a.En}[h.say]), plain(strings.Join(a.Places, "; ")))
		}
		h.report("assumed", len(bundle.Assumptions))
		return nil
	}
	if c.AsVersion != 0 {
		bundle.Version = c.AsVersion
	}
	raw, err := rules.Encode(bundle)
	if err != nil {
		return err
	}
	_, err = h.out.Write(raw)
	return err
}

// bundle reads a bundle, or takes one that ships. What is no bundle is said,
// and ends with status 2 as any other refused bundle does.
func (h *hand) bundle(name string) (rules.Campaign, error) {
	ids := make([]string, 0, 2)
	for _, c := range rules.Shipped() {
		if c.ID == name {
			return c, nil
		}
		ids = append(ids, c.ID)
	}
	raw, err := readUpTo(name, rules.MaxBundle)
	if errors.Is(err, fs.ErrNotExist) {
		return rules.Campaign{}, refusal{"no-campaign", []any{name, strings.Join(ids, "、")}}
	}
	if err != nil {
		return rules.Campaign{}, err
	}
	c, err := rules.Decode(raw)
	if errors.Is(err, rules.ErrBundle) {
		h.report("no-bundle", plain(name), plain(err.Error()))
		return rules.Campaign{}, errFound
	}
	return c, err
}

// lines prints JSON objects; found makes them the answer of a check that found
// something.
func (h *hand) lines(n int, at func(int) any, found bool) error {
	e := json.NewEncoder(h.out)
	e.SetEscapeHTML(false)
	for i := range n {
		if err := e.Encode(at(i)); err != nil {
			return err
		}
	}
	if found {
		return errFound
	}
	return nil
}

// plain keeps what a bundle of strangers holds from steering the terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return '?'
		}
		return r
	}, s)
}
