package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/intake/hand"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/form"
)

// remitRecord: :id is a confirmation.
const remitRecord rule = "record"

// recordPart is what boxes sealed: the list, one of them, and what waits for a
// decision.
func (s *server) recordPart() part {
	get, post := http.MethodGet, http.MethodPost
	return part{routes: []route{
		{method: get, path: "/gl/confirmations", who: readers(), remit: remitList, right: "confirmations", do: s.confirmations},
		{method: get, path: "/gl/confirmations/:id", who: readers(), remit: remitRecord, do: s.record},
		{method: post, path: "/gl/confirmations/:id/reveal", who: officers(), remit: remitRecord, right: "reveal", do: s.reveal},
	}, finders: map[rule]finder{remitRecord: findRecord}}
}

func findRecord(ctx context.Context, tx *db.Tx, v *visit, id string) (at where, err error) {
	v.record, err = confirmation.Get(ctx, tx, id)
	if errors.Is(err, confirmation.ErrNotFound) {
		return at, errNoSubject
	} else if err != nil {
		return at, err
	}
	v.place, err = org.GetPoint(ctx, tx, v.record.Point)
	return where{v.place.Division, v.place.Code}, err
}

// record shows one confirmation. That she was looked at is journalled in the
// transaction that opens the content; without the entry nothing is shown.
func (s *server) record(c *gin.Context, v *visit) {
	s.showRecord(c, v, false, func(ctx context.Context, tx *db.Tx) error {
		return s.Flow.View(ctx, tx, v.record, "page", v.by())
	})
}

// reveal shows the same page with the whole ID number, once, for a reason, as
// on a candidate's page.
func (s *server) reveal(c *gin.Context, v *visit) {
	why, ok := reason(c)
	if !ok {
		why = "" // asked for below, where one is needed
	}
	out, err := s.mayReveal(c.Request.Context(), v, v.record.Campaign, secondRecord(v.record), why)
	switch {
	case err != nil:
		s.fault(c, v, err)
	case out.asked:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done=asked")
	case out.refuse != "":
		v.notice = &console.Notice{Class: "must", Key: out.refuse}
		s.record(c, v)
	default:
		s.showRecord(c, v, true, func(ctx context.Context, tx *db.Tx) error {
			if err := s.usedSecond(ctx, tx, v, out.use); err != nil {
				return err
			}
			return s.Flow.Reveal(ctx, tx, v.record, out.reason, v.by())
		})
	}
}

func secondRecord(r confirmation.Record) countersign.Act {
	return countersign.Act{Act: actReveal, Subject: ofRecord + r.ID, Campaign: r.Campaign, Division: r.Division, Point: r.Point}
}

func (s *server) showRecord(c *gin.Context, v *visit, whole bool, entry func(context.Context, *db.Tx) error) {
	ctx := c.Request.Context()
	var content confirmation.Content
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if err = entry(ctx, tx); err != nil {
			return err
		}
		content, err = confirmation.Open(ctx, tx, s.Keys, v.record.ID)
		return err
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	view, err := s.recordView(ctx, v, content)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	if whole {
		view.Number, view.Whole = string(content.Chip.Number), true
	}
	status := http.StatusOK
	if v.notice != nil {
		status = http.StatusUnprocessableEntity
	}
	menu := "confirmations"
	if v.record.State == confirmation.Disputed {
		menu = "disputes"
	}
	s.show(c, v, status, "record", menu, view)
}

// recordView gathers what stands on the page.
func (s *server) recordView(ctx context.Context, v *visit, content confirmation.Content) (console.Record, error) {
	r := v.record
	out := console.Record{Apart: r.StateReason == confirmation.NoteOtherPerson, ID: r.ID, Name: string(content.Application.Name()), Number: r.NumberMasked, State: recordState(r.State),
		Application: ends(r.Application), Version: r.Version, From: r.StartedFrom, ChipPhoto: "record.photo.none", ForClerk: content.ForClerk()}
	if r.OnPapers() {
		out.Proof, out.ByCard = proofState(r.Proof), r.ByCard()
	}
	for _, b := range r.Blobs {
		if b.Role == "chip.wlt" {
			out.ChipPhoto = "record.photo.undecoded"
		}
	}
	if w, h, strokes, err := hand.Open(s.Blob, r, content); err == nil {
		out.Signature = console.Signature{Width: int(w), Height: int(h), Strokes: strokes}
	} else {
		s.Log.Warn("web: signature of a confirmation does not open", "record", r.ID, "error", err.Error())
	}
	out.Guardian = s.guardian(r, content)
	unit := 0
	if b, ok := s.Flow.Fleet.Box(r.Box); ok {
		unit = int(b.Unit)
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		camp, err := s.campaigns.version(ctx, tx, r.Campaign, r.CampaignVersion)
		if err != nil && !missing(err) {
			return err
		}
		words := words{s.pages, v.lang, camp}
		typed, err := s.typed(ctx, tx, r, content)
		if err != nil {
			return err
		}
		out.Rows = words.compared(typed, content)
		out.Photo = s.photo(s.Blob.In(ctx, tx), words, r, content)
		out.Choices, out.More = words.choices(content.Application), words.more(content.Application)
		out.Checks = words.checks(r)
		out.Line = words.line(r, unit)
		out.Envelope = words.envelope(r, unit)
		now, err := s.campaigns.current(ctx, tx, r.Campaign)
		if err != nil && !missing(err) {
			return err
		}
		if out.Second, err = s.standingSecond(ctx, tx, v, permitted(now, actReveal, v.session.Account.Role), secondRecord(r)); err != nil {
			return err
		}
		if out.Void, out.VoidCodes, err = s.voiding(ctx, tx, v, v.session.Account.Role); err != nil {
			return err
		}
		if out.DisputedBy, err = s.siblings(ctx, tx, v); err != nil {
			return err
		}
		if out.Missing, err = s.lacking(ctx, tx, r); err != nil {
			return err
		}
		entries, err := journal.List(ctx, tx, journal.Filter{Act: journal.ConfirmationReceived, Subject: journal.Subject{Kind: journal.OfConfirmation, ID: r.ID}, Limit: 1})
		if len(entries) > 0 {
			out.Journal = entries[0].Number
		}
		return err
	})
	return out, err
}

// guardian is who consented for a child at the point; nil if nobody is named.
func (s *server) guardian(r confirmation.Record, content confirmation.Content) *console.Guardian {
	g := content.Guardian
	if g == nil {
		return nil
	}
	out := &console.Guardian{Name: g.Name.Reveal(), Phone: g.Phone.String(), Relation: "relation." + g.Relation}
	if !s.pages.Has(out.Relation) {
		out.Relation = "relation.other"
	}
	var err error
	if out.Sheet.JPEG, out.Sheet.Width, out.Sheet.Height, err = hand.Guardian(s.Blob, r, content); err != nil {
		out.Sheet.Why = "papers.copy.broken"
		if !errors.Is(err, hand.ErrNone) {
			s.Log.Warn("web: the sheet of a guardian does not open", "record", r.ID, "error", err.Error())
		}
	}
	return out
}

// atThePoint is what a clerk entered at the point, where there is no version
// before: what was signed, without what was taken over from the card.
func atThePoint(c confirmation.Content) form.Application {
	app := c.Application.Clone()
	for _, s := range c.Settled {
		for _, d := range c.Differences {
			if s.Decision == confirmation.SettledChip && d.Field == s.Field {
				app.Fields[d.Field] = d.Typed
			}
		}
	}
	return app
}

// typed gives the version she started from, as it was filled in; the zero
// application when it is not here.
func (s *server) typed(ctx context.Context, tx *db.Tx, r confirmation.Record, content confirmation.Content) (form.Application, error) {
	if r.StartedFrom == 0 {
		return atThePoint(content), nil
	}
	versions, err := s.Flow.Candidates.Versions(ctx, tx, r.Application)
	if missing(err) {
		return form.Application{}, nil
	}
	for _, x := range versions {
		if x.Number == r.StartedFrom {
			return x.Application, nil
		}
	}
	return form.Application{}, err
}

// siblings are the other confirmations of the application that lie in the remit.
func (s *server) siblings(ctx context.Context, tx *db.Tx, v *visit) ([]console.Link, error) {
	all, err := confirmation.List(ctx, tx, confirmation.Filter{Application: v.record.Application, Division: v.remit().division, Point: v.remit().point})
	if err != nil {
		return nil, err
	}
	var out []console.Link
	points := pointNames{}
	for _, r := range all {
		if r.ID == v.record.ID {
			continue
		}
		name, err := points.name(ctx, tx, r.Point)
		if err != nil {
			return nil, err
		}
		out = append(out, console.Link{Path: "/gl/confirmations/" + r.ID, Text: console.When(ms(r.Committed)) + "　" + name})
	}
	return out, nil
}

// lacking are up to twelve sequences before this record, in the box's present
// epoch, that have not come.
func (s *server) lacking(ctx context.Context, tx *db.Tx, r confirmation.Record) ([]uint64, error) {
	b, ok := s.Flow.Fleet.Box(r.Box)
	if !ok || b.Epoch != r.Epoch || r.Sequence <= b.Held {
		return nil, nil
	}
	gaps, err := s.gaps(ctx, tx, b)
	var out []uint64
	for _, g := range gaps {
		for n := g.From; n <= g.To && n < r.Sequence && len(out) < 12; n++ {
			out = append(out, n)
		}
	}
	return out, err
}

// missing reports whether err says that something is simply not there.
func missing(err error) bool {
	return errors.Is(err, candidate.ErrNotFound) || errors.Is(err, campaign.ErrNotFound) || errors.Is(err, confirmation.ErrNotFound) || errors.Is(err, org.ErrNotFound)
}
