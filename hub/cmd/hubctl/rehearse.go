package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/datadir"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/hub/staff"
	rules "zhunkao/protocol/campaign"
)

// versions are the commands on a version's way into force. They need a hub,
// running or stopped.
type versions struct {
	Draft    draftVersion    `cmd:"" help:"Store a bundle as a draft; nothing changes for anybody."`
	Rehearse rehearseVersion `cmd:"" help:"Check every application against a draft beside the version in force, and say who is concerned. Ctrl-C stops it."`
	Effects  listEffects     `cmd:"" help:"List the applications that a rehearsed draft concerns, by id."`
	Sign     signVersion     `cmd:"" help:"Sign a rehearsed draft; with the last signature that is needed it comes into force."`
	List     listVersions    `cmd:"" help:"List the versions in force and the drafts."`
}

// steps is the flow of a hub that is stopped.
func steps(ring *keys.Ring) *flow.Flow {
	return &flow.Flow{Candidates: candidate.New(ring, time.Now), Now: time.Now}
}

// told turns a refusal into an answer in the person's language.
func told(err error) error {
	if code := flow.CampaignRefusal(err); code != "" {
		if _, known := words[code]; known {
			return refusal{code, nil}
		}
	}
	return err
}

type draftVersion struct {
	File string `arg:"" type:"path" help:"The bundle."`
}

// Run checks the bundle here first, so that the person sees all problems.
func (c draftVersion) Run(h *hand) error {
	raw, err := readUpTo(c.File, rules.MaxBundle)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refusal{"no-file", []any{c.File}}
	case err != nil:
		return refusal{"bad-file", []any{c.File}}
	}
	bundle, err := rules.Decode(raw)
	if err != nil {
		return told(err)
	}
	if problems := bundle.Validate(); len(problems) > 0 {
		for _, p := range problems {
			fmt.Fprintf(h.out, "%s\t%s\n", plain(p.Place), plain([...]string{p.Zh, p.En}[h.say]))
		}
		return refusal{"bundle-problems", []any{len(problems)}}
	}
	var d campaign.Underway
	err = h.either(func(ring *keys.Ring, database *db.DB) error {
		return database.Write(h.ctx, func(tx *db.Tx) error {
			made, err := steps(ring).Draft(h.ctx, tx, raw, flow.Operator())
			d = campaign.Underway{Draft: made.Name(), Campaign: made.Campaign, Version: made.Version}
			return err
		})
	}, http.MethodPost, "/campaign/draft", map[string][]byte{"bundle": raw}, &d)
	if err != nil {
		return told(err)
	}
	h.print("draft-stored", brief(d.Draft), d.Campaign, d.Version, brief(d.Draft))
	return nil
}

// brief is as much of a draft's name as people type.
func brief(name string) string { return name[:min(len(name), 12)] }

// readUpTo reads a file that is no longer than that.
func readUpTo(path string, most int64) (raw []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	raw, err = io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(raw)) > most {
		return nil, fmt.Errorf("%s: more than %d bytes", path, most)
	}
	return raw, err
}

type rehearseVersion struct {
	Draft string `arg:"" help:"The draft: its digest, or how that begins."`
}

// Run rehearses, says how far it is, and then what came of it.
func (c rehearseVersion) Run(h *hand) error {
	bar := &bar{h: h}
	var r campaign.Rehearsal
	err := h.stopped(func(ring *keys.Ring, database *db.DB) error {
		var d campaign.Draft
		err := database.Read(h.ctx, func(tx *db.Tx) (err error) {
			d, err = campaign.FindDraft(h.ctx, tx, c.Draft)
			return err
		})
		if err == nil {
			r, err = steps(ring).Rehearse(h.ctx, database, d.Digest, bar.at, flow.Operator())
		}
		return err
	})
	if errors.Is(err, datadir.ErrInUse) {
		if asked := h.rehearse(c.Draft, bar, &r); !errors.Is(asked, errNotRunning) {
			err = asked
		}
	}
	bar.end()
	if h.ctx.Err() != nil {
		return refusal{"rehearsal-halted", nil}
	}
	if err != nil {
		return told(err)
	}
	h.rehearsed(r)
	return h.effects(campaign.EffectsAsked{Draft: c.Draft, Division: province, Limit: 1}, false)
}

// rehearse asks the running hub, which tells how far it is line by line.
func (h *hand) rehearse(draft string, bar *bar, r *campaign.Rehearsal) error {
	resp, err := h.dial(http.MethodPost, "/campaign/rehearse", map[string]string{"draft": draft})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for lines := json.NewDecoder(resp.Body); ; {
		var line struct {
			Done, Of    int64
			Error, Code string
			Rehearsal   *campaign.Rehearsal
		}
		if err := lines.Decode(&line); err != nil {
			return fmt.Errorf("ask hubd: answer: %w", err)
		}
		switch {
		case line.Error != "":
			return said(line.Code, line.Error)
		case line.Rehearsal != nil:
			*r = *line.Rehearsal
			return nil
		}
		bar.at(line.Done, line.Of)
	}
}

// bar is the line that says how far a rehearsal is: one that is written over at
// a terminal, one for each tenth elsewhere.
type bar struct {
	h     *hand
	tenth int64
	drawn bool
	last  time.Time
}

func (b *bar) at(done, of int64) {
	if file, ok := b.h.out.(*os.File); ok && isTerminal(file) {
		if now := time.Now(); done == of || now.Sub(b.last) >= time.Second/5 {
			b.last, b.drawn = now, true
			fmt.Fprint(b.h.out, "\r"+b.h.say.text("rehearsing", done, of))
		}
		return
	}
	if tenth := 10 * done / max(of, 1); tenth > b.tenth {
		b.tenth = tenth
		b.h.print("rehearsing", done, of)
	}
}

func (b *bar) end() {
	if b.drawn {
		fmt.Fprintln(b.h.out)
	}
}

// rehearsed prints the numbers of a rehearsal.
func (h *hand) rehearsed(r campaign.Rehearsal) {
	h.print("rehearsed", brief(fmt.Sprintf("%x", r.Digest)), r.Version, r.Against, r.Day, r.Applications)
	h.print("rehearsed-kinds", r.Invalid, r.Valid, r.Choice, r.Fee, r.Unreadable)
}

type listEffects struct {
	Draft    string `arg:"" help:"The draft: its digest, or how that begins."`
	Division string `default:"430000" help:"Of this province, city or county."`
	Kind     string `enum:"all,invalid,valid,choice,fee,unreadable" default:"all" help:"Of this kind: ${enum}."`
}

// Run prints the newest rehearsal's list, page after page.
func (c listEffects) Run(h *hand) error {
	const page = 500
	return h.effects(campaign.EffectsAsked{Draft: c.Draft, Division: c.Division, Kinds: campaign.KindOf(c.Kind), Limit: page}, true)
}

// effects prints the counts of the counties, and the list if it is asked for.
func (h *hand) effects(ask campaign.EffectsAsked, list bool) error {
	t := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	for first := true; ; first = false {
		var p campaign.EffectsPage
		err := h.either(func(_ *keys.Ring, d *db.DB) error {
			return d.Read(h.ctx, func(tx *db.Tx) (err error) {
				p, err = campaign.Page(h.ctx, tx, ask)
				return err
			})
		}, http.MethodPost, "/campaign/effects", ask, &p)
		if err != nil {
			return told(err)
		}
		if !list {
			fmt.Fprintln(t, h.say.text("rehearsed-head"))
			for _, d := range p.Divisions {
				fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\n", d.Division, d.Applications, d.Invalid, d.Valid, d.Choice, d.Fee, d.Unreadable)
			}
			if err := t.Flush(); err != nil {
				return err
			}
			h.print("sign-next", brief(fmt.Sprintf("%x", p.Rehearsal.Digest)))
			return nil
		}
		if first {
			h.rehearsed(p.Rehearsal)
			fmt.Fprintln(t, h.say.text("effects-head"))
		}
		for _, e := range p.Effects {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", e.Application, e.Point, h.kinds(e.Kinds), fen(e.OldFee), fen(e.NewFee), h.findings(e.Codes, p.Words))
			ask.After = e.Application
		}
		if len(p.Effects) < ask.Limit {
			return t.Flush()
		}
	}
}

// findings says what is newly wrong with an application.
func (h *hand) findings(codes []string, words map[string][2]string) string {
	out := make([]string, len(codes))
	for i, code := range codes {
		if out[i] = plain(code); words[code][h.say] != "" {
			out[i] = plain(words[code][h.say])
		}
	}
	return strings.Join(out, [...]string{"；", "; "}[h.say])
}

// kinds says what happens to an application, each kind by its word.
func (h *hand) kinds(k campaign.Kinds) string {
	names := k.Names()
	for i, n := range names {
		names[i] = h.say.text("kind-" + n)
	}
	return strings.Join(names, "+")
}

func fen(n int64) string {
	if n == campaign.NoFee {
		return "-"
	}
	return fmt.Sprint(n)
}

type signVersion struct {
	Draft   string `arg:"" help:"The draft: its digest, or how that begins."`
	Account string `required:"" help:"Sign-in name of the person who signs; the password is asked for."`
	Reason  string `required:"" help:"Why; it is kept in the journal."`
}

// Run signs for one person. The password is asked for before anything is locked.
func (c signVersion) Run(h *hand) error {
	if err := known("--reason", c.Reason); err != nil {
		return err
	}
	if _, err := os.Stat(h.dir.Keys()); err != nil {
		return err
	}
	password, err := h.askSecret("ask-password")
	if err != nil {
		return err
	}
	code, err := h.askSecret("ask-code")
	if err != nil {
		return err
	}
	ask := map[string]string{"draft": c.Draft, "account": c.Account, "password": password, "code": code, "reason": c.Reason}
	var s flow.Signed
	running := true
	err = h.either(func(ring *keys.Ring, d *db.DB) (err error) {
		running = false
		s, err = steps(ring).SignAt(h.ctx, d, staff.New(staff.Options{DB: d, Keys: ring}), c.Draft, c.Account, password, code, c.Reason)
		return err
	}, http.MethodPost, "/campaign/sign", ask, &s)
	if err != nil {
		return told(err)
	}
	r := s.Rehearsal
	h.print("signed-over", r.Applications, r.Invalid, r.Valid, r.Choice, r.Fee, r.Unreadable)
	if s.Changed != 0 {
		h.print("signed-changed", s.Changed)
	}
	if s.Moved {
		h.print("signed-moved")
	}
	h.print("signed", len(s.Signatures), s.Act.Persons)
	switch {
	case s.Published && running:
		h.print("published", s.Version)
	case s.Published:
		h.print("published-later", s.Version)
	}
	return nil
}

type listVersions struct{}

// Run prints a line for each version and each draft.
func (listVersions) Run(h *hand) error {
	var o campaign.Overview
	err := h.either(func(_ *keys.Ring, d *db.DB) error {
		return d.Read(h.ctx, func(tx *db.Tx) (err error) {
			o, err = campaign.Look(h.ctx, tx)
			return err
		})
	}, http.MethodGet, "/campaign", nil, &o)
	if err != nil {
		return told(err)
	}
	t := tabwriter.NewWriter(h.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, h.say.text("campaign-head"))
	newest := ""
	for _, v := range o.Versions {
		state := "state-former"
		if v.Campaign != newest {
			newest, state = v.Campaign, "state-force"
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\n", v.Campaign, v.Version, h.say.text(state), brief(v.Digest), when(v.At))
	}
	for _, u := range o.Drafts {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\n", u.Campaign, u.Version, h.underway(u), brief(u.Draft), when(u.At))
	}
	return t.Flush()
}

func (h *hand) underway(u campaign.Underway) string {
	switch {
	case u.Overtaken:
		return h.say.text("state-overtaken")
	case u.Rehearsal == nil:
		return h.say.text("state-draft")
	case u.Stale:
		return h.say.text("state-stale")
	}
	return h.say.text("state-signing", u.Signed, u.Persons)
}
