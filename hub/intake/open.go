package intake

import (
	"context"
	"errors"
	"strings"
	"time"

	"zhunkao/hub/blob"
	"zhunkao/hub/campaign"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/fleet"
	"zhunkao/hub/flow"
	"zhunkao/hub/keys"
	"zhunkao/protocol"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// The lengths of what a chip holds (GA 450; the WLT portrait), in bytes.
const (
	chipTextSize = 256
	chipWLTSize  = 1024
	maxScratch   = 256 << 10 // the room for opened blobs that a lane keeps
	checksUsual  = 8         // checks of ours before its transaction, of an ordinary record
)

// item is an envelope on its way into the database: opened, or refused.
type item struct {
	box      fleet.Box
	m        protocol.Manifest // as far as it could be read, when refused
	raw      []byte            // the envelope
	hash     string
	division string
	refused  protocol.Reason
	signed   bool // bears the box's signature: it holds its sequence
	checks   []confirmation.Check

	rec     confirmation.Record
	content []byte
	app     form.Application
	number  []byte // keyed hash of the number that was signed
	mark    []byte // of the application that was signed: see candidate.Store
	facts   flow.Facts
	parts   map[blob.Hash][]byte
	staged  []blob.Hash
	pooled  bool // listed as under way, for all hubs

	carrier   string                      // "" is CarrierWire
	answer    func(Word, protocol.Reason) // nil unless somebody waits for the word
	known     bool                        // it had its word before
	completed bool                        // … and was held without all of it: the rest came with this

	clerk     *confirmation.Assent    // who attended the visit; nil: nobody
	overrides []confirmation.Override // what the staff let pass
	entered   *entering               // of a confirmation whose application was first entered at the point
	named     string                  // the id by which an act calls an application that stands here under another
	early     bool                    // an act that came before what it rests on: no word
	elsewhere bool                    // of what was set aside: its box stood at another point when it sealed it
	act       act                     // nil of a confirmation
	forbidden protocol.Reason         // why the act may not count, as judged in the last attempt to commit it

	heard time.Time // real time of its last part; zero when it was refused before

	word row // what the hub says about it, when decided
}

// open does everything with a record that needs no transaction: it opens the
// body and each blob, and finds the facts that the record itself tells. What it
// refuses comes back as a refused item; an error is a fault of ours. scratch is
// where blobs are opened, one after the other.
func (in *Intake) open(ctx context.Context, b fleet.Box, p *pending, parts map[protocol.Hash][]byte, scratch *[]byte) (*item, error) {
	it := &item{box: b, m: p.m, raw: p.raw, heard: p.moved, hash: p.hash.String(), signed: true, parts: make(map[blob.Hash][]byte, len(parts))}
	for h, ct := range parts {
		it.parts[blob.Hash(h)] = ct
	}
	at, err := in.cases.place(ctx, b.Point)
	if err != nil {
		return nil, err
	}
	it.division = at.Division
	it.check(confirmation.CheckSignature, true)
	it.check(confirmation.CheckEpoch, true)
	named, last, err := in.cases.of(ctx, p.m.Campaign, p.m.CampaignVersion)
	if errors.Is(err, campaign.ErrNotFound) {
		return it.refuse(confirmation.CheckCampaign, protocol.ReasonCampaign), nil
	}
	if err != nil {
		return nil, err
	}
	it.check(confirmation.CheckCampaign, true)
	opener, err := in.opts.Keys.Opener(keys.ID(p.m.HubKey))
	if err != nil {
		return it.refuse(confirmation.CheckSeal, protocol.ReasonKey), nil
	}
	if open, ok := acts[p.m.Kind]; ok {
		return open(it, p, parts, opener), nil
	}
	if p.m.Kind != protocol.RecordConfirmation {
		return it.refuse(confirmation.CheckSeal, protocol.ReasonVersion), nil
	}
	var body protocol.Confirmation
	if err := protocol.OpenBody(p.m, parts[p.m.Body.Hash], opener, &body); err != nil {
		return it.refuse(confirmation.CheckSeal, reasonOf(err)), nil
	}
	it.check(confirmation.CheckSeal, true)
	if it.elsewhere = p.held && body.Point != b.Point; it.elsewhere {
		if at, err = in.cases.place(ctx, body.Point); err != nil {
			return nil, err
		}
		it.division = at.Division
	}
	if body.Application.Campaign != p.m.Campaign || body.Point != b.Point && (!it.elsewhere || at.Division == "") {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent), nil
	}
	if err := it.blobs(body, parts, scratch); err != nil {
		return it.refuse(confirmation.CheckParts, reasonOf(err)), nil
	}
	it.tell(body, in.opts.Now())
	it.judge(body, named, last, at, in.opts.Now())
	if err := it.token(ctx, in, body, last); err != nil {
		return nil, err
	}
	it.number = in.opts.Keys.NumberKey(body.Application.Number().Reveal())
	it.rec.NumberKey = it.number
	it.mark = in.opts.Flow.Candidates.Mark(body.Application)
	content := contentOf(body)
	it.photo(body, named.Campaign)
	it.attended(body, named.Campaign)
	it.consented(body, named.Campaign)
	it.facts.Settled, it.facts.ForClerk = len(content.Settled), content.ForClerk()
	if it.content, err = confirmation.SealContent(in.opts.Keys, it.rec.ID, content); err != nil {
		return nil, err
	}
	return it.enter(in, body, named, last, content), nil
}

func (it *item) check(name string, ok bool) {
	if it.checks == nil {
		it.checks = make([]confirmation.Check, 0, checksUsual)
	}
	c := confirmation.Check{By: confirmation.ByHub, Name: name, Result: confirmation.Pass}
	if !ok {
		c.Result = confirmation.Fail
	}
	it.checks = append(it.checks, c)
}

func (it *item) refuse(check string, why protocol.Reason) *item {
	it.refused = why
	it.checks = append(it.checks, confirmation.Check{By: confirmation.ByHub, Name: check, Result: confirmation.Fail, Note: string(why)})
	return it
}

func reasonOf(err error) protocol.Reason {
	switch {
	case errors.Is(err, protocol.ErrUnknownKey):
		return protocol.ReasonKey
	case errors.Is(err, protocol.ErrUnknownSuite), errors.Is(err, protocol.ErrUnknownVersion):
		return protocol.ReasonVersion
	case errors.Is(err, protocol.ErrMalformed), errors.Is(err, protocol.ErrTooLarge):
		return protocol.ReasonMalformed
	}
	return protocol.ReasonOpen
}

// blobs opens every blob and looks at those whose form is known. Their plain
// bytes are not kept: the ciphertext stays as it was received.
func (it *item) blobs(body protocol.Confirmation, parts map[protocol.Hash][]byte, scratch *[]byte) error {
	defer func() { clear((*scratch)[:cap(*scratch)]) }() // nobody's picture stays
	for _, ref := range body.Blobs {
		plain, err := protocol.AppendBlob(*scratch, ref, parts[ref.Hash])
		if err != nil {
			return err
		}
		if cap(plain) > cap(*scratch) && cap(plain) <= maxScratch {
			*scratch = plain[:0]
		}
		switch ref.Role {
		case protocol.RoleChipText:
			it.facts.ChipWhole = len(plain) == chipTextSize
		case protocol.RoleChipWLT:
			it.facts.PortraitWhole = len(plain) == chipWLTSize
		case protocol.RoleSignature:
			var s protocol.Signature
			it.facts.HandValid = protocol.Decode(plain, &s) == nil
		case protocol.RolePhoto:
			it.facts.Photo.Picture = pictureOf(plain, body.Portrait)
		case protocol.RolePhotoOriginal:
			it.facts.Photo.Original = true
		case protocol.RoleGuardian:
			it.facts.Guardian.Sheet = sheetOf(plain, body.Guardian)
		default:
			if copyOf(ref.Role, body.Papers) && pictureOf(plain, nil) == flow.PictureGood {
				it.facts.Papers.Readable++
			}
		}
		it.rec.Blobs = append(it.rec.Blobs, confirmation.Blob{Role: ref.Role, Media: ref.Media, Hash: ref.Hash.String(), Size: int64(ref.Size)})
	}
	return nil
}

// tell writes down what the record says that names nobody.
func (it *item) tell(body protocol.Confirmation, now time.Time) {
	m, t := it.m, it.m.Time
	r := &it.rec
	r.ID, r.Box, r.Epoch, r.Sequence = m.ID.String(), it.box.ID, m.Epoch, m.Sequence
	r.EnvelopeHash, r.Previous, r.Envelope = it.hash, m.Previous.String(), it.raw
	r.Campaign, r.CampaignVersion = m.Campaign, m.CampaignVersion
	r.Application, r.Version, r.StartedFrom = body.Application.ID, body.Application.Version, body.StartedFrom
	r.Point, r.Division = body.Point, it.division
	r.NumberMasked = body.Application.Number().String()
	r.Received, r.OutOfHours = now.UnixMilli(), body.OutOfHours
	r.Time = confirmation.Time{Earliest: int64(t.Earliest), Latest: int64(t.Latest), Source: t.Source,
		HubTime: int64(t.HubTime), SinceHub: t.SinceHub, Boot: t.Boot, Verdict: t.Verdict}
	for _, c := range body.Checks {
		r.Checks = append(r.Checks, confirmation.Check{By: confirmation.ByBox, Name: c.Name, Result: c.Result, Note: c.Note})
	}
	for _, e := range body.Timeline {
		r.Timeline = append(r.Timeline, confirmation.Event{Step: e.Step, At: int64(e.At)})
	}
	r.Timeline = append(r.Timeline, confirmation.Event{Step: confirmation.StepReceived, At: r.Received, Hub: true})
	r.BodyHash, r.BodySize, r.OpenedWith = m.Body.Hash.String(), int64(m.Body.Size), m.HubKey.String()
	it.app = body.Application
}

// judge finds the facts that the record, the campaign and the clock tell. The
// rules are those of the version the box had, held against the point where she
// stood; the windows are the newest ones, because a postponement is for
// everybody.
func (it *item) judge(body protocol.Confirmation, named, last *ready, at rules.Place, now time.Time) {
	f, app, t := &it.facts, body.Application, it.m.Time
	f.BoxFrozen, f.BoxRevoked = it.box.State == fleet.Frozen, it.box.State == fleet.Revoked
	f.Signed, f.StartedFrom = app.Version, body.StartedFrom
	f.SignedPoint, f.Point = app.Point, body.Point
	f.ChipNumberIsSigned = sameNumber(string(body.Chip.Number), string(app.Number()))
	f.Differences = len(body.Differences)
	f.FormProblems = len(named.checker.Check(app, at, now).Findings)
	sealed := window.Interval{Earliest: t.Earliest.Time(), Latest: t.Latest.Time(), Bounded: t.Latest != 0}
	f.Latest = int64(t.Latest)
	f.BySealTime = last.confirming(app, it.division, sealed)
	f.ReviewTimes = last.Policy.Undecidable != rules.UndecidableAccept
	if f.BySealTime == window.Undecidable && !f.ReviewTimes {
		f.ByReceive = byReceive(last.Campaign, app, it.division, now)
	}
}

// byReceive judges by the time of receipt. Within the campaign's grace after a
// close, an instant of the open window lies no further back than that.
func byReceive(c *rules.Campaign, app form.Application, division string, now time.Time) window.State {
	grace := time.Duration(c.Policy.UndecidableS) * time.Second
	v := c.Judge(window.Confirm, app, division, window.Interval{Earliest: now.Add(-grace), Latest: now, Bounded: true})
	if v.State == window.Closed {
		return window.Closed
	}
	return window.Open
}

// sameNumber compares numbers in their stored form; case is the one spelling
// that a chip may bear otherwise.
func sameNumber(a, b string) bool { return a != "" && strings.EqualFold(a, b) }

func contentOf(body protocol.Confirmation) confirmation.Content {
	c := confirmation.Content{Application: body.Application, Chip: body.Chip, Differences: body.Differences, Pledge: body.Pledge.String(),
		Settled: settledOf(body.Settled), Portrait: portraitOf(body.Portrait),
		Papers: papersOf(body.Papers), Clerk: clerkOf(body.Clerk), Overrides: overridesOf(body.Overrides), Guardian: guardianOf(body.Guardian)}
	for _, ref := range body.Blobs {
		c.Keys = append(c.Keys, confirmation.BlobKey{Hash: ref.Hash.String(), Suite: uint16(ref.Suite), Key: ref.Key})
	}
	return c
}

// OpenBlob decrypts a blob of a record with its key from the record's content.
// Errors: blob.ErrNotFound, or that it does not open.
func OpenBlob(store *blob.Store, b confirmation.Blob, k confirmation.BlobKey) ([]byte, error) {
	h, err := protocol.ParseHash(b.Hash)
	if err != nil {
		return nil, err
	}
	ct, err := store.Get(blob.Hash(h))
	if err != nil {
		return nil, err
	}
	return protocol.OpenBlob(protocol.BlobRef{Part: protocol.Part{Hash: h, Size: uint64(b.Size)}, Role: b.Role, Media: b.Media,
		Suite: protocol.Suite(k.Suite), Key: k.Key}, ct)
}
