package web

import (
	"context"
	"errors"
	"slices"

	"zhunkao/hub/blob"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
)

// gatherProof fills the page of a case: the copies as pictures, what the clerk
// typed and what any card said later beside the application, and what was decided.
func (s *server) gatherProof(ctx context.Context, tx *db.Tx, v *visit, out *console.ProofCase) error {
	of, err := s.Flow.Papers(ctx, tx, v.record.ID)
	if err != nil {
		return err
	}
	r := of.Record
	if err := s.Flow.View(ctx, tx, r, "papers", v.by()); err != nil {
		return err
	}
	content, err := confirmation.Open(ctx, tx, s.Keys, r.ID)
	if err != nil {
		return err
	}
	camp, err := s.campaigns.version(ctx, tx, r.Campaign, r.CampaignVersion)
	if err != nil && !missing(err) {
		return err
	}
	now, err := s.campaigns.current(ctx, tx, r.Campaign)
	if err != nil && !missing(err) {
		return err
	}
	w := words{s.pages, v.lang, camp}
	points := pointNames{}
	out.ID, out.Name, out.Number, out.Application = r.ID, string(content.Application.Name()), r.NumberMasked, ends(r.Application)
	out.State, out.Proof = recordState(r.State), proofState(r.Proof)
	if out.Point, err = points.name(ctx, tx, r.Point); err != nil {
		return err
	}
	out.Sealed, out.Received = sealedAt(r), ms(r.Committed)
	if of.Open() {
		out.Seen = of.Seen()
		if r.Proof == confirmation.Provisional {
			out.Due = now.PapersDue(ms(r.Committed))
			out.Overdue = !out.Due.IsZero() && !s.Flow.Now().Before(out.Due)
		}
	}
	s.proofPapers(s.Blob.In(ctx, tx), w, r, content, out)
	out.Stranger = slices.ContainsFunc(r.Checks, func(c confirmation.Check) bool {
		return (c.Name == confirmation.CheckClerk || c.Name == confirmation.CheckOverrides) && c.Note == confirmation.NoteStranger
	})
	if c := content.Clerk; c != nil {
		if out.Clerk, err = s.author(ctx, tx, v, staffAuthor(c.Account), map[string]string{}); err != nil {
			return err
		}
	}
	out.Photo = s.photo(s.Blob.In(ctx, tx), w, r, content)
	heads, chips := []string{w.t("papers.signed"), w.t(shownBy(r))}, []form.Chip{content.Chip}
	for n, x := range of.Verifications {
		card, err := confirmation.OpenCard(ctx, tx, s.Keys, x.ID)
		if err != nil {
			return err
		}
		head := w.t("papers.card", n+1)
		heads, chips = append(heads, head), append(chips, card.Chip)
		one := console.ProofCard{Head: head, At: ms(x.At), Outcome: "papers.outcome." + string(x.Outcome), Differs: x.Outcome == confirmation.CardDiffers}
		if one.Point, err = points.name(ctx, tx, x.Point); err != nil {
			return err
		}
		out.Cards = append(out.Cards, one)
	}
	out.Rows = console.DisputeTable{Heads: heads, Rows: w.proofRows(content.Application, chips)}
	if err := s.proofActs(ctx, tx, v, of, out); err != nil {
		return err
	}
	return s.proofRulings(ctx, tx, v, r, out)
}

// proofPapers are the papers themselves.
func (s *server) proofPapers(blobs *blob.Store, w words, r confirmation.Record, content confirmation.Content, out *console.ProofCase) {
	p := content.Papers
	if p == nil { // made with a card that is reviewed, at a box that asked for no copies
		d, _ := w.camp.ReviewedCard(content.Application, content.Chip)
		p = &confirmation.Papers{Why: confirmation.WhyReview, Document: d.Code}
	}
	if out.Reason = "papers.why." + p.Why; !w.pages.Has(out.Reason) {
		out.Reason = "papers.why.other"
	}
	out.Document, out.Note = w.codeIn("document", p.Document), p.Note
	for _, d := range w.camp.Documents {
		if d.Code == p.Document {
			out.Asked = d.Copies
		}
	}
	for n := range p.Copies {
		one := console.Photo{}
		var err error
		if one.JPEG, one.Width, one.Height, err = hand.Copy(blobs, r, content, n+1); err != nil {
			one.Why = "papers.copy.broken"
			if !errors.Is(err, hand.ErrNone) {
				s.Log.Warn("web: a copy of a confirmation does not open", "record", r.ID, "error", err.Error())
			}
		}
		out.Copies = append(out.Copies, one)
	}
}

// shownBy is the phrase for where what stands beside the application comes from.
func shownBy(r confirmation.Record) string {
	if r.ByCard() {
		return "papers.chip"
	}
	return "papers.typed"
}

// codeIn is a code of one of the form's tables with its words, or the code alone.
func (w words) codeIn(table, code string) string {
	t, ok := w.camp.Form.Table(table)
	if !ok {
		return code
	}
	for _, e := range t.Entries {
		if e.Code != code {
			continue
		}
		if w.lang == console.En && e.En != "" {
			return e.En
		}
		return e.Zh
	}
	return code
}

// proofRows are what the application as signed says, what the clerk typed from the
// papers, and what each card says. A cell is marked where it is not as signed.
// Numbers stay masked, and are marked where they differ.
func (w words) proofRows(signed form.Application, chips []form.Chip) (rows []console.DisputeRow) {
	marks := make([]map[string]bool, len(chips))
	for i, c := range chips {
		marks[i] = map[string]bool{}
		for _, d := range form.Compare(signed, c) {
			marks[i][d.Field] = d.Grade != form.GradeNote // another way to write it is no other name
		}
	}
	add := func(key, label, own string, of func(form.Chip) string) {
		row := console.DisputeRow{Label: label, Cells: []console.DisputeCell{{Text: own}}}
		any := own != ""
		for i, c := range chips {
			text := of(c)
			row.Cells = append(row.Cells, console.DisputeCell{Text: text, Differs: marks[i][key]})
			any = any || text != ""
		}
		if any {
			rows = append(rows, row)
		}
	}
	field := func(key string, of func(form.Chip) string) {
		add(key, w.label(key), w.value(key, signed.Get(key)), func(c form.Chip) string { return w.value(key, of(c)) })
	}
	field(form.FullName, func(c form.Chip) string { return string(c.Name) })
	add(form.DocumentNumber, w.label(form.DocumentNumber), signed.Number().String(), func(c form.Chip) string { return c.Number.String() })
	field(form.Sex, func(c form.Chip) string { return c.Sex })
	field(form.Ethnic, func(c form.Chip) string { return c.Ethnic })
	field(form.BirthDate, func(c form.Chip) string { return c.Birth })
	add("", w.t("dispute.chip.valid"), "", func(c form.Chip) string {
		if c.ValidFrom == "" && c.ValidTo == "" {
			return ""
		}
		return w.value(form.BirthDate, c.ValidFrom) + " — " + w.value(form.BirthDate, c.ValidTo)
	})
	add("", w.t("dispute.chip.issuer"), "", func(c form.Chip) string { return c.Issuer })
	return rows
}

// proofActs says who decides and whether she may.
func (s *server) proofActs(ctx context.Context, tx *db.Tx, v *visit, of flow.PapersCase, out *console.ProofCase) error {
	if !of.Open() {
		return nil
	}
	camp, err := s.campaigns.current(ctx, tx, of.Record.Campaign)
	if err != nil && !missing(err) {
		return err
	}
	may := permitted(camp, flow.ActReviewDocument, v.session.Account.Role)
	if !may.known || !may.high {
		out.Refuse = may.refusal()
		return nil
	}
	for _, to := range verdicts {
		if to == confirmation.Returned && of.Record.Proof == confirmation.Returned {
			continue
		}
		out.Options = append(out.Options, string(to))
		state, err := s.standingSecond(ctx, tx, v, may, secondProof(of.Record, to, out.Seen))
		if err != nil {
			return err
		}
		if out.Second == "" || state == "waiting" || state == "agreed" {
			if out.Second = state; state == "agreed" {
				out.To = string(to)
				break
			}
		}
	}
	return nil
}

// proofRulings are what became of the papers so far, the newest first, from the
// journal.
func (s *server) proofRulings(ctx context.Context, tx *db.Tx, v *visit, r confirmation.Record, out *console.ProofCase) error {
	entries, err := journal.Of(ctx, tx, journal.Subject{Kind: journal.OfConfirmation, ID: r.ID})
	if err != nil {
		return err
	}
	names := map[string]string{}
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		switch e.Act {
		case journal.PapersAccepted, journal.PapersReturned, journal.PapersRefused, journal.CardVerified, journal.CardDiffers:
		default:
			continue
		}
		one := console.ProofRuling{Class: "done", At: e.At, What: "act." + string(e.Act), Reason: e.Reason}
		switch e.Act {
		case journal.PapersReturned, journal.CardDiffers:
			one.Class = "wait"
		case journal.PapersRefused:
			one.Class = "must"
		}
		if one.By, err = s.author(ctx, tx, v, e.Author, names); err != nil {
			return err
		}
		if e.Author.Kind != journal.ByStaff { // of a box, where the card was read; the entry's division is no clerk's office
			if one.Where, err = org.DivisionName(ctx, tx, e.Division); err != nil {
				return err
			}
		}
		out.Rulings = append(out.Rulings, one)
	}
	return nil
}
