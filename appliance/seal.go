package appliance

import (
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sys/cpu"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// beginSeal seals in a goroutine of its own: the disk may take long, and the
// screen must go on. What is sealed is copied, so that a visit may end
// meanwhile. One record is sealed at a time: while one that gave no answer is
// still under way, whoever signs next is told at once that hers was not saved.
//
// The window is judged again, and that verdict is sealed: she may have taken
// longer than it was open (design, section 2 "Time": never accepts when now
// lies wholly after the close).
func (l *loop) beginSeal(f visit.Seal) visit.Event {
	if l.looked != nil {
		f.Token = l.usable(f.Token)
		f.Verdict = l.looked.JudgeQueued(window.Confirm, f.Application, l.point.Division, l.clock.Interval(), f.Token.Drawn)
	}
	if f.Verdict.State == window.Closed {
		return visit.SealFailed{Visit: f.Visit, Closed: f.Verdict}
	}
	select {
	case l.sealing <- struct{}{}:
	default:
		l.log.Error("a sealing before this one has given no answer yet", "visit", f.Visit)
		return visit.SealFailed{Visit: f.Visit}
	}
	f.Card.Text = append([]byte(nil), f.Card.Text...)
	f.Card.WLT = append([]byte(nil), f.Card.WLT...)
	f.Photo.JPEG = append([]byte(nil), f.Photo.JPEG...)
	f.Photo.Original = append([]byte(nil), f.Photo.Original...)
	copies := make([][]byte, len(f.Copies))
	for i, c := range f.Copies {
		copies[i] = append([]byte(nil), c...)
	}
	f.Copies, f.Consent = copies, append([]byte(nil), f.Consent...)
	in := sealing{Seal: f, entered: l.entered, campaign: l.looked, checker: l.checking, point: l.point}
	for _, m := range f.Timeline {
		in.timeline = append(in.timeline, protocol.Event{Step: m.Step, At: l.timeOf(m.At)})
	}
	let, err := l.holdSealing(in.entered)
	if err != nil {
		<-l.sealing
		l.log.Error("sealing failed", "visit", f.Visit, "attempt", f.Attempt, "err", err)
		return visit.SealFailed{Visit: f.Visit}
	}
	go func() {
		e := l.seal(in)
		let()
		clear(f.Card.Text)
		clear(f.Card.WLT)
		clear(f.Photo.Original)
		for _, c := range f.Copies {
			clear(c)
		}
		clear(f.Consent)
		if s, ok := e.(visit.Sealed); ok {
			l.keeping.Go(func() { l.keepReadable(in, s) })
		} else {
			clear(f.Photo.JPEG)
		}
		<-l.sealing
		if e == nil {
			return // the store is broken, and the loop knows
		}
		select {
		case l.results <- e:
		case <-l.over:
		}
	}()
	return nil
}

// sealing is what one sealing needs of the loop.
type sealing struct {
	visit.Seal
	campaign *campaign.Campaign
	checker  *campaign.Checker
	point    protocol.PointInfo
	entered  *store.Draft // what her application was made by, if it was entered here
	timeline []protocol.Event
}

// seal makes one durable record: blobs first, then the record that names them.
// nil: the disk failed, and nobody knows what is on it.
func (l *loop) seal(in sealing) visit.Event {
	at := protocol.TimeOf(l.clock.Now())
	rec, err := l.sealRecord(in, at)
	switch {
	case err == nil:
		l.sealed()
		if in.Papers.Why != "" {
			if err := l.store.MarkProvisional(in.Application.ID, rec.Manifest.ID); err != nil {
				l.log.Error("a confirmation on papers is not marked; the hub will say so", "err", err)
			}
		}
		// The time that stands in the record: the hub prints it on her sheet too.
		fee, slip := l.payable(in, rec.Manifest.ID, at.Time())
		return visit.Sealed{Visit: in.Visit, Record: rec.Manifest.ID, Sequence: rec.Manifest.Sequence, At: at.Time(), Fee: fee, Slip: slip}
	case errors.Is(err, store.ErrBroken):
		return nil
	}
	l.log.Error("sealing failed", "visit", in.Visit, "attempt", in.Attempt, "err", err)
	return visit.SealFailed{Visit: in.Visit, Confirmed: errors.Is(err, store.ErrConfirmed)}
}

func (l *loop) sealRecord(in sealing, at protocol.Time) (protocol.Record, error) {
	var none protocol.Record
	if in.campaign == nil {
		return none, errors.New("appliance: no campaign at sealing")
	}
	id, err := l.store.Identity()
	if err != nil {
		return none, err
	}
	hub, err := id.Opening()
	if err != nil {
		return none, err
	}
	suite := preferredSuite()
	// While the blobs are on their way to the disk the processor is idle: it
	// agrees on the body's key meanwhile.
	var body *protocol.BodySeal
	var bodyErr error
	var agreed sync.WaitGroup
	agreed.Go(func() { body, bodyErr = protocol.PrepareBody(suite, hub) })
	refs, err := l.putBlobs(suite, in)
	agreed.Wait()
	if err := errors.Join(err, bodyErr); err != nil {
		return none, err
	}
	// The desk may be taking a confirmation back: that is one short write. No
	// context ends the waiting: what she signed is sealed.
	l.turn <- struct{}{}
	defer l.giveTurn()
	seq, previous, err := l.store.Head()
	if err != nil {
		return none, err
	}
	verdict := protocol.VerdictUndecidable
	if in.Verdict.State == window.Open {
		verdict = protocol.VerdictOpen
	}
	head := protocol.Manifest{
		ID: protocol.NewID(), Kind: protocol.RecordConfirmation, Box: id.Box(), Epoch: id.Grant.Epoch,
		Sequence: seq + 1, Previous: previous,
		Campaign: in.campaign.ID, CampaignVersion: in.campaign.Version, Time: l.clock.Evidence(verdict),
	}
	confirmation := protocol.Confirmation{
		Application: in.Application, StartedFrom: in.StartedFrom, Point: in.point.Code,
		Chip: in.Card.Chip, Differences: in.Differences, Pledge: protocol.HashOf([]byte(in.Pledge)),
		Timeline:   append(in.timeline, protocol.Event{Step: protocol.StepSealed, At: at}),
		Checks:     l.checks(in),
		OutOfHours: in.Verdict.OutsideHours, Blobs: refs,
		Settled: in.Settled, Portrait: &in.Portrait, Overrides: in.Overrides,
	}
	if in.Token.Statement != "" {
		confirmation.Token = []byte(in.Token.Statement)
	}
	if in.Papers.Why != "" {
		confirmation.Papers = &in.Papers
	}
	if in.Clerk.Account != "" {
		confirmation.Clerk = &in.Clerk
	}
	if in.Guardian.Whole() {
		confirmation.Guardian = &in.Guardian
	}
	enteredHere(&confirmation, in.entered)
	rec, err := body.Record(head, confirmation, refs, l.signer)
	for _, r := range refs {
		clear(r.Key) // from here on only the hub can open them
	}
	if err != nil {
		return none, err
	}
	if key, ok := tokenKey(in.Token); ok {
		return rec, l.store.CommitQueued(rec, in.Application.ID, at, key)
	}
	return rec, l.store.Commit(rec, in.Application.ID, at)
}

// putBlobs makes chip text, portrait, signature and photo durable, side by side: their
// syncs then share one write of the file system's journal.
func (l *loop) putBlobs(suite protocol.Suite, in sealing) ([]protocol.BlobRef, error) {
	drawn, err := protocol.Encode(in.Signature)
	if err != nil {
		return nil, err
	}
	defer clear(drawn)
	plain := []struct {
		role, media string
		data        []byte
	}{
		{protocol.RoleChipText, "application/octet-stream", in.Card.Text},
		{protocol.RoleChipWLT, "application/octet-stream", in.Card.WLT},
		{protocol.RoleSignature, "application/cbor", drawn},
		{protocol.RolePhoto, "image/jpeg", in.Photo.JPEG},
		{protocol.RolePhotoOriginal, "image/jpeg", in.Photo.Original},
		{protocol.RoleGuardian, "image/jpeg", in.Consent},
	}
	for i, c := range in.Copies {
		plain = append(plain, struct {
			role, media string
			data        []byte
		}{protocol.RoleCopy(i + 1), "image/jpeg", c})
	}
	var refs []protocol.BlobRef
	var all sync.WaitGroup
	errs := make([]error, len(plain))
	for i, p := range plain {
		if len(p.data) == 0 {
			continue // a card without a portrait is a card all the same, and so is a record without a photo
		}
		b, err := protocol.SealBlob(suite, p.role, p.media, p.data)
		if err != nil {
			return nil, err
		}
		refs = append(refs, b.Ref)
		all.Go(func() { _, errs[i] = l.store.PutBlob(b.Ciphertext) })
	}
	all.Wait()
	return refs, errors.Join(errs...)
}

// preferredSuite is AES where the processor has instructions for it, which is
// both faster and free of timing leaks, and ChaCha20 elsewhere.
func preferredSuite() protocol.Suite {
	if cpu.X86.HasAES && cpu.X86.HasPCLMULQDQ || cpu.ARM64.HasAES && cpu.ARM64.HasPMULL {
		return protocol.SuiteAES
	}
	return protocol.SuiteChaCha
}

// checks lists what the box examined, as the hub shows it.
func (l *loop) checks(in sealing) []protocol.Check {
	app, chip := in.Application, in.Card.Chip
	result := func(name string, ok bool, otherwise, note string) protocol.Check {
		if ok {
			return protocol.Check{Name: name, Result: protocol.Pass}
		}
		return protocol.Check{Name: name, Result: otherwise, Note: note}
	}
	graded := func(field string) form.Grade {
		for _, d := range in.Differences {
			if d.Field == field {
				return d.Grade
			}
		}
		return ""
	}
	now := l.clock.Interval()
	validity := form.Expired(chip, now.Earliest, now.Latest)
	missing := len(check(in.checker, app, in.point, now).Findings)
	numberBad := chip.Number.Valid() != nil
	all := []protocol.Check{
		result(protocol.CheckNumber, !numberBad || len(chip.Number) != 18, protocol.Warn, ""),
		result(protocol.CheckMatch, graded(form.DocumentNumber) == "", worse(graded(form.DocumentNumber)), string(graded(form.DocumentNumber))),
		result(protocol.CheckName, graded(form.FullName) == "", protocol.Warn, string(graded(form.FullName))),
		result(protocol.CheckExpiry, validity == form.InForce, protocol.Warn, string(validity)),
		result(protocol.CheckForm, missing == 0, protocol.Warn, fmt.Sprintf("%d findings", missing)),
		result(protocol.CheckWindow, in.Verdict.State == window.Open, protocol.Warn, string(in.Verdict.Reason)),
		result(protocol.CheckHours, !in.Verdict.OutsideHours, protocol.Warn, ""),
	}
	if in.Child {
		all = append(all, result(protocol.CheckGuardian, in.Guardian.Whole(), protocol.Warn, ""))
	}
	return all
}

// worse is the result of a check that found a difference of this grade.
func worse(g form.Grade) string {
	if g == form.GradeStop {
		return protocol.Fail
	}
	return protocol.Warn
}
