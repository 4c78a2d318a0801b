package dossier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"zhunkao/hub/applicant"
	"zhunkao/hub/blob"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/consent"
	"zhunkao/hub/db"
	"zhunkao/hub/draft"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/journal"
	"zhunkao/hub/keys"
	"zhunkao/hub/notice"
	"zhunkao/hub/picture"
	"zhunkao/hub/site"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
)

// Sources is where what is kept lies.
type Sources struct {
	Keys       *keys.Ring
	Blobs      *blob.Store
	Candidates *candidate.Store
	Drafts     *draft.Store
	Consents   *consent.Store
	Accounts   *applicant.Desk // nil leaves the account itself out
}

// Whose says whose copy is made.
type Whose struct {
	Campaign    campaign.Campaign // for the words of what is in it
	Account     string            // id, "" for who has none
	Application string            // id, "" before there is one
	English     bool
	At          time.Time // the hub's civil clock
}

// collecting is a copy being made.
type collecting struct {
	Sources
	Whose
	speaker
	ctx context.Context
	tx  *db.Tx
	out Copy
}

// Collect reads all that is kept about a person, on one snapshot. Who hands it
// out has asked who she is, and has journalled it.
func Collect(ctx context.Context, tx *db.Tx, s Sources, w Whose) (Copy, error) {
	words, err := catalogue()
	if err != nil {
		return Copy{}, err
	}
	items, err := Items()
	if err != nil {
		return Copy{}, err
	}
	s.Blobs = s.Blobs.In(ctx, tx)
	k := &collecting{s, w, speaker{words, w.English}, ctx, tx, Copy{Made: stamp(w.At.UnixMilli()), Campaign: w.Campaign.Zh, english: w.English}}
	if w.English && w.Campaign.En != "" {
		k.out.Campaign = w.Campaign.En
	}
	for _, part := range []func() error{k.account, k.application, k.draft, k.consents, k.evidence, k.confirmations, k.reviews, k.payments, k.seat, k.results, k.messages, k.requests, k.journal} {
		if err := part(); err != nil {
			return Copy{}, err
		}
	}
	for _, i := range items {
		k.out.Kept = append(k.out.Kept, Keeping{i.What.In(w.English), i.Why.In(w.English), i.Kept.In(w.English), i.Who.In(w.English)})
	}
	return k.out, nil
}

func (k *collecting) add(key string, entries ...Entry) {
	if len(entries) > 0 {
		k.out.Sections = append(k.out.Sections, Section{key, k.t(key), entries})
	}
}

func (k *collecting) line(key, value string) []Line {
	if value == "" {
		return nil
	}
	return []Line{{Key: key, Label: k.t(key), Value: value}}
}

func (k *collecting) account() error {
	if k.Account == "" || k.Accounts == nil {
		return nil
	}
	a, err := k.Accounts.Get(k.ctx, k.tx, k.Account)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	lines := slices.Concat(k.line("account.login", a.Login), k.line("account.phone", a.Phone.Reveal()), k.line("account.created", k.out.day(stamp(a.Created))))
	k.add("account", Entry{Lines: lines})
	return nil
}

func (k *collecting) application() error {
	if k.Application == "" {
		return nil
	}
	row, err := k.Candidates.Row(k.ctx, k.tx, k.Application)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	lines := append(k.line("application.point", row.Point), Line{"application.state", k.t("application.state"), string(row.State), k.t("state." + string(row.State))})
	if row.ConfirmedAt != 0 {
		lines = append(lines, k.line("application.confirmed", k.out.day(stamp(row.ConfirmedAt)))...)
	}
	entries := []Entry{{Lines: lines}}
	all, err := k.Candidates.Versions(k.ctx, k.tx, k.Application)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	slices.Reverse(all)
	for _, v := range all {
		from := []Line{{"version.by", k.t("version.by"), v.Origin, k.t("origin." + v.Origin)}}
		title := k.t("version", v.Number)
		if v.Superseded {
			title += " · " + k.t("version.superseded")
		}
		entries = append(entries, Entry{Title: title, At: stamp(v.At), Lines: append(from, k.filled(v.Application)...)})
	}
	moves, err := k.moves()
	k.add("application", append(entries, moves...)...)
	return err
}

// moves are the areas that an office gave her by hand, the last first.
func (k *collecting) moves() (out []Entry, err error) {
	all, err := site.MovesOf(k.ctx, k.tx, k.Application)
	if err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	for _, m := range all {
		to := m.To
		if to == "" {
			to = k.t("move.back")
		}
		out = append(out, Entry{Title: k.t("move"), At: stamp(m.At), Lines: slices.Concat(k.line("move.from", m.From), k.line("move.to", to), k.line("move.reason", m.Reason))})
	}
	proposed, err := site.ProposedOf(k.ctx, k.tx, k.Application)
	if err != nil {
		return nil, fmt.Errorf("dossier: %w", err)
	}
	for _, m := range proposed {
		her := m.Rows[0]
		out = append(out, Entry{Title: k.t("move.proposed"), At: stamp(m.At), Lines: slices.Concat(k.line("move.from", her.From), k.line("move.to", her.To))})
	}
	return out, nil
}

// filled are the values of a form, in its order; what the form does not know any
// more comes last.
func (k *collecting) filled(app form.Application) (out []Line) {
	done := map[string]bool{}
	for _, f := range k.Campaign.Form.Fields {
		if v := app.Get(f.Key); v != "" {
			label := f.Zh
			if k.English && f.En != "" {
				label = f.En
			}
			l := Line{Key: f.Key, Label: label, Value: v}
			switch {
			case f.Kind == form.KindCode && f.Table != "":
				l.Text = k.Campaign.TableName(f.Table, v)
			case f.Kind == form.KindDivision:
				l.Text = k.Campaign.TableName("division", v)
			}
			out = append(out, l)
		}
		done[f.Key] = true
	}
	var rest []string
	for key := range app.Fields {
		if !done[key] && app.Fields[key] != "" {
			rest = append(rest, key)
		}
	}
	slices.Sort(rest)
	for _, key := range rest {
		out = append(out, Line{Key: key, Label: key, Value: app.Fields[key]})
	}
	for _, c := range app.Choices {
		out = append(out, Line{Key: fmt.Sprintf("choice-%d", c.Order), Label: k.t("choice", c.Order), Value: strings.Join([]string{c.Level, c.Category, c.School, c.Major, c.Form, c.Years}, " "),
			Text: strings.TrimSpace(strings.Join([]string{k.Campaign.TableName("level", c.Level), c.SchoolName, c.MajorName}, " "))})
	}
	for _, c := range app.Claims {
		out = append(out, Line{Key: "claim", Label: k.t("claim"), Value: strings.TrimSpace(c.Kind + " " + c.Code + " " + c.Evidence)})
	}
	return out
}

func (k *collecting) draft() error {
	if k.Account == "" {
		return nil
	}
	d, err := k.Drafts.Get(k.ctx, k.tx, k.Account, k.Campaign.ID)
	if errors.Is(err, draft.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	k.add("draft", Entry{At: stamp(d.ChangedAt), Lines: append(k.line("application.point", d.Application.Point), k.filled(d.Application)...)})
	return nil
}

func (k *collecting) consents() error {
	if k.Account == "" {
		return nil
	}
	all, err := k.Consents.Of(k.ctx, k.tx, k.Account, k.Campaign.ID)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	var entries []Entry
	for _, g := range all {
		said := "consent.no"
		if g.Agreed {
			said = "consent.yes"
		}
		lines := slices.Concat(k.line("consent.name", string(g.Name)), k.line("consent.relation", k.relation(g.Relation)), k.line("consent.phone", g.Phone.Reveal()))
		entries = append(entries, Entry{Title: k.t("consent."+string(g.Kind)) + " · " + k.t(said), At: stamp(g.At), Lines: lines})
	}
	k.add("consent", entries...)
	return nil
}

const jpeg = "image/jpeg"

func (k *collecting) evidence() error {
	if k.Account == "" {
		return nil
	}
	all, err := picture.List(k.ctx, k.tx, k.Account, k.Campaign.ID)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	var entries []Entry
	for _, p := range all {
		e := Entry{Title: p.Kind + " " + p.Code, At: stamp(p.At)}
		if b, err := picture.Open(k.Keys, k.Blobs, p); err == nil {
			e.Pictures = []Picture{{Label: e.Title, Type: jpeg, Data: b}}
		} else {
			e.Lines = []Line{{Key: "picture", Label: k.t("evidence"), Value: k.t("confirmation.none")}}
		}
		entries = append(entries, e)
	}
	k.add("evidence", entries...)
	return nil
}

func (k *collecting) confirmations() error {
	if k.Application == "" {
		return nil
	}
	all, err := confirmation.List(k.ctx, k.tx, confirmation.Filter{Application: k.Application, Limit: 100})
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	later, err := k.later(all)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	var entries []Entry
	for _, r := range all {
		content, err := confirmation.Open(k.ctx, k.tx, k.Keys, r.ID)
		if err != nil {
			return fmt.Errorf("dossier: %w", err)
		}
		c := content.Chip
		e := Entry{Title: k.t("state." + string(r.State)), At: stamp(r.Committed), Lines: slices.Concat(k.line("application.point", r.Point), k.line("confirmation.box", r.Box),
			k.line("chip.name", string(c.Name)), k.line("chip.sex", c.Sex), k.line("chip.ethnic", c.Ethnic), k.line("chip.birth", c.Birth), k.line("chip.address", c.Address),
			k.line("chip.number", c.Number.Reveal()), k.line("chip.issuer", c.Issuer), k.line("chip.valid", strings.Trim(c.ValidFrom+"—"+c.ValidTo, "—")))}
		switch b, _, _, err := hand.Photo(k.Blobs, r, content); {
		case err == nil:
			e.Pictures = []Picture{{Label: k.t("confirmation.photo"), Type: jpeg, Data: b}}
		case !errors.Is(err, hand.ErrNone):
			e.Lines = append(e.Lines, Line{Key: "photo", Label: k.t("confirmation.photo"), Value: k.t("confirmation.none")})
		}
		k.papers(&e, r, content)
		k.guardian(&e, r, content)
		e.Lines = append(append(e.Lines, later[r.ID]...), k.filled(content.Application)...)
		entries = append(entries, e)
	}
	early, err := k.early()
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	k.add("confirmation", append(entries, early...)...)
	return nil
}

// early is what came of confirmations that have not: cards that were read for them,
// and what took them back.
func (k *collecting) early() (out []Entry, err error) {
	cards, err := confirmation.VerificationsWaiting(k.ctx, k.tx, k.Application)
	if err != nil {
		return nil, err
	}
	for _, v := range cards {
		lines, err := k.card(v)
		if err != nil {
			return nil, err
		}
		out = append(out, Entry{Title: k.t("confirmation.early"), At: stamp(v.At), Lines: lines})
	}
	voids, err := confirmation.VoidsWaiting(k.ctx, k.tx, k.Application)
	for _, v := range voids {
		out = append(out, Entry{Title: k.t("confirmation.early"), At: stamp(v.At), Lines: k.line("confirmation.void."+string(v.State), stamp(v.At))})
	}
	return out, err
}

// card is what a card said that was read later, and what came of it.
func (k *collecting) card(v confirmation.Verification) ([]Line, error) {
	card, err := confirmation.OpenCard(k.ctx, k.tx, k.Keys, v.ID)
	if err != nil {
		return nil, err
	}
	c := card.Chip
	outcome := Line{Key: "confirmation.card.outcome", Label: k.t("confirmation.card.outcome"), Value: string(v.Outcome), Text: k.t("confirmation.card." + string(v.Outcome))}
	return slices.Concat(k.line("confirmation.card", stamp(v.At)), []Line{outcome}, k.line("chip.name", string(c.Name)), k.line("chip.sex", c.Sex), k.line("chip.ethnic", c.Ethnic),
		k.line("chip.birth", c.Birth), k.line("chip.address", c.Address), k.line("chip.number", c.Number.Reveal()), k.line("chip.issuer", c.Issuer),
		k.line("chip.valid", strings.Trim(c.ValidFrom+"—"+c.ValidTo, "—"))), nil
}

// later is what became of each confirmation: when an office decided about it,
// and when it was taken back, or was to be.
func (k *collecting) later(all []confirmation.Record) (map[string][]Line, error) {
	out, ids := map[string][]Line{}, make([]string, len(all))
	rulings, err := confirmation.Rulings(k.ctx, k.tx, k.Application, "", 100)
	if err != nil {
		return nil, err
	}
	for i, r := range all {
		ids[i] = r.ID
		for _, x := range rulings {
			if x.About(r.ID) {
				out[r.ID] = append(out[r.ID], k.line("confirmation.ruled", stamp(x.At))...)
			}
		}
	}
	voids, err := confirmation.VoidsOf(k.ctx, k.tx, ids)
	if err != nil {
		return nil, err
	}
	for _, v := range voids {
		out[v.Record] = append(out[v.Record], k.line("confirmation.void."+string(v.State), stamp(v.At))...)
	}
	cards, err := confirmation.VerificationsOf(k.ctx, k.tx, ids)
	if err != nil {
		return nil, err
	}
	for _, v := range cards {
		lines, err := k.card(v)
		if err != nil {
			return nil, err
		}
		out[v.Record] = append(out[v.Record], lines...)
	}
	return out, nil
}

// papers are what she showed instead of a chip, with their pictures.
func (k *collecting) papers(e *Entry, r confirmation.Record, content confirmation.Content) {
	if !r.OnPapers() {
		return
	}
	proof := "confirmation.proof."
	if r.ByCard() {
		proof += "card."
	}
	e.Lines = append(e.Lines, k.line("confirmation.proof", k.t(proof+string(r.Proof)))...)
	p := content.Papers
	if p == nil {
		return
	}
	e.Lines = append(e.Lines, k.line("confirmation.note", p.Note)...)
	for n := range p.Copies {
		b, _, _, err := hand.Copy(k.Blobs, r, content, n+1)
		if err != nil {
			e.Lines = append(e.Lines, Line{Key: "copy", Label: k.t("confirmation.copy"), Value: k.t("confirmation.none")})
			continue
		}
		e.Pictures = append(e.Pictures, Picture{Label: k.t("confirmation.copy"), Type: jpeg, Data: b})
	}
}

// relation names what a guardian is to her.
func (k *collecting) relation(code string) string {
	if code == "" {
		return ""
	}
	return k.t("relation." + code)
}

// guardian is who consented for her as a child at the point, with the sheet.
func (k *collecting) guardian(e *Entry, r confirmation.Record, content confirmation.Content) {
	g := content.Guardian
	if g == nil {
		return
	}
	e.Lines = slices.Concat(e.Lines, k.line("confirmation.guardian.name", g.Name.Reveal()), k.line("confirmation.guardian.relation", k.relation(g.Relation)), k.line("confirmation.guardian.phone", g.Phone.Reveal()))
	b, _, _, err := hand.Guardian(k.Blobs, r, content)
	if err != nil {
		e.Lines = append(e.Lines, Line{Key: "guardian", Label: k.t("confirmation.guardian"), Value: k.t("confirmation.none")})
		return
	}
	e.Pictures = append(e.Pictures, Picture{Label: k.t("confirmation.guardian"), Type: jpeg, Data: b})
}

func (k *collecting) messages() error {
	all, err := notice.List(k.ctx, k.tx, notice.Reader{Account: k.Account, Applications: []string{k.Application}}, "", 500)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	var entries []Entry
	for _, n := range all {
		entries = append(entries, Entry{Title: string(n.Kind), At: stamp(n.At)})
	}
	k.add("message", entries...)
	return nil
}

func (k *collecting) requests() error {
	all, err := Of(k.ctx, k.tx, k.Keys, k.Application, k.Account)
	if err != nil {
		return err
	}
	var entries []Entry
	for _, r := range all {
		label := r.Content.Field
		if f, ok := k.Campaign.Form.Field(label); ok {
			label = Words{f.Zh, f.En}.In(k.English)
		}
		entries = append(entries, Entry{Title: strings.TrimSpace(k.t("request."+string(r.Kind)) + " " + label + " · " + k.t("request."+string(r.State))), At: stamp(r.Asked),
			Lines: slices.Concat(k.line("request.wanted", r.Content.Wanted), k.line("request.why", r.Content.Why), k.line("request.answer", r.Answer))})
	}
	k.add("request", entries...)
	return nil
}

func (k *collecting) journal() error {
	var entries []Entry
	for _, s := range []journal.Subject{{Kind: journal.OfApplication, ID: k.Application}, {Kind: journal.OfAccount, ID: k.Account}} {
		if s.ID == "" {
			continue
		}
		all, err := journal.Of(k.ctx, k.tx, s)
		if err != nil {
			return fmt.Errorf("dossier: %w", err)
		}
		for _, e := range all {
			entries = append(entries, Entry{Title: string(e.Act) + " · " + k.t("by."+e.Author.Kind), At: stamp(e.At.UnixMilli())})
		}
	}
	k.add("journal", entries...)
	return nil
}
