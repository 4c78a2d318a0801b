package desk

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"zhunkao/appliance/store"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// ErrReviewStopped: the box seals nothing now.
var ErrReviewStopped = errors.New("desk: the box seals no review now")

// Reviewing is what a clerk asks the box to seal: what she looked at for one
// application of the roster. Pictures are JPEG and the caller's to clear.
type Reviewing struct {
	Person store.Person
	Items  []protocol.ReviewItem
	Claims []protocol.ReviewClaim
	Note   string
	Pledge []byte   // the picture of the pledge copied by hand; nil: there is none
	Copies [][]byte // pictures of evidence; Claims name them from 1
	Clerk  store.DayAct
	How    string // she signed in: protocol.HowCode or HowCard
}

// String names nothing of the person.
func (Reviewing) String() string { return "review" }

// Body is what is sealed; point and blobs are the caller's to name.
func (v Reviewing) Body() protocol.Review {
	r := protocol.Review{
		Application: v.Person.Application.ID, Version: v.Person.Application.Version, Record: v.Person.Record,
		Items: v.Items, Claims: v.Claims, Note: v.Note, Blobs: []protocol.BlobRef{},
		Clerk: protocol.Assent{Account: v.Clerk.Account, Role: protocol.AssentClerk, How: v.How, At: v.Clerk.At},
	}
	if v.Pledge != nil {
		r.Pledge = protocol.HashOf(v.Pledge)
	}
	return r
}

// reviewWork is the review that a session has in hand, one at a time: with
// another person the pictures of the one before are gone.
type reviewWork struct {
	mu          sync.Mutex // guards what follows
	id          string     // stands in the form: a page from before is told so
	application string
	sealed      string // the id of the last one that was sealed
}

// The albums of the review in hand.
const (
	albumPledge = "review-pledge"
	albumCopies = "review-copies"
)

// begin takes a person in hand and forgets the pictures of the one before.
func (s *session) beginReview(application string) string {
	s.review.mu.Lock()
	defer s.review.mu.Unlock()
	s.albums.of(albumPledge).clear()
	s.albums.of(albumCopies).clear()
	s.review.id, s.review.application = rand.Text(), application
	return s.review.id
}

// holdsReview says whether a form is of the review in hand, or of one that is
// sealed already.
func (s *session) holdsReview(id, application string) (mine, done bool) {
	s.review.mu.Lock()
	defer s.review.mu.Unlock()
	return id != "" && id == s.review.id && application == s.review.application, id != "" && id == s.review.sealed
}

// endReview claims the review in hand for sealing: of two presses one gets it.
// Given back, it can be pressed again.
func (s *session) endReview(id string) (back func(), ok bool) {
	s.review.mu.Lock()
	defer s.review.mu.Unlock()
	if id != s.review.id {
		return nil, false
	}
	was := s.review.sealed
	s.review.id, s.review.sealed = "", id
	return func() {
		s.review.mu.Lock()
		defer s.review.mu.Unlock()
		if s.review.id == "" {
			s.review.id, s.review.sealed = id, was
		}
	}, true
}

// reviewForm is the page of one person, with what was typed.
type reviewForm struct {
	Work   string
	Person store.Person
	Items  []reviewItem
	Claims []reviewClaim
	Others []campaign.ClaimKind // that she cannot claim, each with why
	Note   string
	Pledge *album
	Copies *album
	Number string // typed to find somebody; never in an address
	Seen   []store.Seen
	// Present is the application of the visit whose help is attended; "": none.
	Present string
	// Elsewhere is the point where somebody is registered who was looked for here.
	Elsewhere string
}

// reviewItem is one line of the form.
type reviewItem struct {
	campaign.Review
	Words  []fieldWords
	Until  protocol.Time // 0: not known
	Result string
	Note   string
}

// IsPledge reports whether it is the pledge, which passes by its picture.
func (i reviewItem) IsPledge() bool { return i.Kind == campaign.ReviewPledge }

// fieldWords is one field of her application beside what is looked at.
type fieldWords struct{ Field, Value visit.Text }

type reviewClaim struct {
	campaign.ClaimKind
	Claimed bool   // in her application
	Shown   string // "": not claimed here
	Copies  []int  // numbers of pictures in the album
}

// Key names the claim in the form.
func (c reviewClaim) Key() string { return c.Kind + "." + c.Code }

func (d *Desk) reviews(w http.ResponseWriter, r *http.Request, s *session) {
	d.showReviews(w, r, s, "", reviewForm{})
}

func (d *Desk) showReviews(w http.ResponseWriter, r *http.Request, s *session, why string, f reviewForm) {
	var err error
	if f.Seen, err = d.o.Store.SeenOn(d.today(), window.Zone()); err != nil {
		d.fault(w, r, err)
		return
	}
	if d.o.Present != nil {
		f.Present = d.o.Present()
	}
	d.show(w, r, s, "reviews", "page", func(p *page) { p.Review, p.Error = f, why })
}

// findReview finds somebody by the number on her sheet or her identity number.
// What was typed comes by the form and goes nowhere.
func (d *Desk) findReview(w http.ResponseWriter, r *http.Request, s *session) {
	typed := strings.Map(func(c rune) rune {
		if c == ' ' || c == '　' || c == '-' {
			return -1
		}
		return c
	}, r.PostFormValue("number"))
	found, err := d.o.Store.Find(identity.Number(strings.ToUpper(typed)))
	switch {
	case err != nil:
		d.fault(w, r, err)
		return
	case found.Application != nil:
		http.Redirect(w, r, reviewPath(found.Application.ID), http.StatusSeeOther)
		return
	case found.Confirmed != nil: // entered here, and the roster does not name her yet
		http.Redirect(w, r, reviewPath(found.Confirmed.Application), http.StatusSeeOther)
		return
	case found.Elsewhere != nil:
		d.showReviews(w, r, s, "review-elsewhere", reviewForm{Elsewhere: found.Elsewhere.PointName})
		return
	}
	application, err := d.o.Store.ByNumber(typed)
	switch {
	case errors.Is(err, store.ErrNotFound):
		d.showReviews(w, r, s, "review-not-found", reviewForm{Number: r.PostFormValue("number")})
	case err != nil:
		d.fault(w, r, err)
	default:
		http.Redirect(w, r, reviewPath(application), http.StatusSeeOther)
	}
}

func reviewPath(application string) string { return "/review/" + application }

// reviewPage takes one person in hand: a form without ticks, for what was ticked
// before is sealed and only the hub can read it.
func (d *Desk) reviewPage(w http.ResponseWriter, r *http.Request, s *session) {
	f, ok := d.reviewOf(w, r, s)
	if !ok {
		return
	}
	f.Work = s.beginReview(f.Person.Application.ID)
	d.show(w, r, s, "review", "page", func(p *page) { p.Review = f })
}

// reviewOf gathers what is looked at for the person the address names.
func (d *Desk) reviewOf(w http.ResponseWriter, r *http.Request, s *session) (f reviewForm, ok bool) {
	person, err := d.o.Store.Person(r.PathValue("application"))
	if errors.Is(err, store.ErrNotFound) {
		switch unsigned, entered := d.o.Store.WasEntered(r.PathValue("application")); {
		case unsigned:
			d.showReviews(w, r, s, "review-unsigned", reviewForm{})
		case entered:
			d.showReviews(w, r, s, "review-entered", reviewForm{})
		default:
			http.NotFound(w, r)
		}
		return f, false
	}
	if err == nil {
		f, err = d.asked(person)
	}
	if err != nil {
		d.fault(w, r, err)
		return f, false
	}
	f.Pledge, f.Copies = s.albums.of(albumPledge), s.albums.of(albumCopies)
	return f, true
}

// asked is what the campaign asks to be looked at for a person.
func (d *Desk) asked(person store.Person) (reviewForm, error) {
	f := reviewForm{Person: person}
	st := d.o.Status()
	if st.Rules == nil {
		return f, nil
	}
	app, now := person.Application, d.o.Now()
	// A box is not told what its point is designated for: what hangs on that is asked.
	at := campaign.Place{Known: st.Point.Division != "", Code: st.Point.Code, Division: st.Point.Division, Medical: true, Minors: true}
	all, err := st.Rules.Reviewed(app, at, now)
	if err != nil {
		return f, err
	}
	who := st.Rules.Subject(app, st.Point.Division)
	for _, one := range all {
		item := reviewItem{Review: one, Words: fieldsInWords(*st.Rules, app, one.Fields)}
		if end := st.Rules.Deadline(window.Step(one.Until), who); !end.IsZero() {
			item.Until = protocol.TimeOf(end.Add(-1))
		}
		f.Items = append(f.Items, item)
	}
	checker, err := st.Rules.Checker()
	if err != nil {
		return f, err
	}
	for _, k := range st.Rules.ClaimKinds(checker, app, at, now) {
		claimed := slices.ContainsFunc(app.Claims, func(c form.Claim) bool { return c.Kind == k.Kind && c.Code == k.Code })
		if k.Why != "" && !claimed {
			f.Others = append(f.Others, k)
			continue
		}
		f.Claims = append(f.Claims, reviewClaim{ClaimKind: k, Claimed: claimed})
	}
	return f, nil
}

func fieldsInWords(c campaign.Campaign, app form.Application, keys []string) (out []fieldWords) {
	for _, key := range keys {
		if f, ok := c.Form.Field(key); ok {
			out = append(out, fieldWords{visit.Text{Zh: f.Zh, En: f.En}, visit.Value(c, f, app.Get(key))})
		}
	}
	return out
}

// review does what a button of the form asks: a picture, or the sealing. What
// was ticked and typed stays.
func (d *Desk) review(w http.ResponseWriter, r *http.Request, s *session) {
	f, ok := d.reviewOf(w, r, s)
	if !ok {
		return
	}
	f.Work = r.PostFormValue("work")
	mine, done := s.holdsReview(f.Work, f.Person.Application.ID)
	switch {
	case done:
		http.Redirect(w, r, reviewPath(f.Person.Application.ID), http.StatusSeeOther)
		return
	case !mine: // another page of hers took another person in hand
		f.Work = s.beginReview(f.Person.Application.ID)
		d.show(w, r, s, "review", "page", func(p *page) { p.Review, p.Error = f, "review-stale" })
		return
	}
	f.typed(r)
	again := func(why string) {
		d.show(w, r, s, "review", "page", func(p *page) { p.Review, p.Error = f, why })
	}
	act, arg, _ := strings.Cut(r.PostFormValue("do"), " ")
	switch act {
	case "seal":
		d.sealReview(w, r, s, f, again)
	case "pledge-take", "pledge-bring":
		again(d.replaceOne(r, act == "pledge-take", "pledge", f.Pledge))
	case "copy-take":
		again(d.take(r.Context(), f.Copies))
	case "copy-bring":
		again(d.bring(r, "copy", f.Copies))
	case "copy-drop":
		if n, err := strconv.Atoi(arg); err == nil {
			f.Copies.drop(n)
		}
		again("")
	default:
		again("")
	}
}

// replaceOne keeps one picture in an album, as of a pledge: the newest that came
// out, taken or brought in a field of the form.
func (d *Desk) replaceOne(r *http.Request, take bool, field string, a *album) (why string) {
	fresh := &album{}
	if take {
		why = d.take(r.Context(), fresh)
	} else {
		why = d.bring(r, field, fresh)
	}
	if why != "" {
		return why
	}
	a.clear()
	for _, jpeg := range fresh.pictures() {
		a.add(jpeg)
	}
	fresh.clear()
	return ""
}

// typed reads the form into what is shown again or sealed.
func (f *reviewForm) typed(r *http.Request) {
	one := func(name string, allowed ...string) string {
		if v := r.PostFormValue(name); slices.Contains(allowed, v) {
			return v
		}
		return ""
	}
	for i := range f.Items {
		f.Items[i].Result = one("item."+f.Items[i].Key, protocol.Pass, protocol.Warn, protocol.Fail)
		f.Items[i].Note = strings.TrimSpace(r.PostFormValue("note." + f.Items[i].Key))
	}
	of := map[string][]int{}
	for _, n := range f.Copies.Numbers() {
		if key := r.PostFormValue("of." + strconv.Itoa(n)); key != "" {
			of[key] = append(of[key], n)
		}
	}
	for i := range f.Claims {
		f.Claims[i].Shown = one("claim."+f.Claims[i].Key(), protocol.Pass, protocol.Warn, protocol.Fail)
		f.Claims[i].Copies = of[f.Claims[i].Key()]
	}
	f.Note = strings.TrimSpace(r.PostFormValue("note"))
}

// reviewing is what would be sealed; why is the key of what is wrong.
func (f *reviewForm) reviewing() (v Reviewing, why string) {
	v = Reviewing{Person: f.Person, Note: f.Note, Items: []protocol.ReviewItem{}}
	long := utf8.RuneCountInString(f.Note) > mostNote
	pledged := len(f.Pledge.Numbers()) > 0
	for _, i := range f.Items {
		switch {
		case i.Result == "":
			return v, "review-untouched"
		case i.Result == protocol.Fail && i.Note == "":
			return v, "review-why"
		case i.IsPledge() && i.Result == protocol.Pass && !pledged:
			return v, "review-pledge-picture"
		}
		long = long || utf8.RuneCountInString(i.Note) > mostNote
		v.Items = append(v.Items, protocol.ReviewItem{Key: i.Key, Result: i.Result, Note: i.Note})
	}
	numbers := f.Copies.Numbers()
	used := 0
	for _, c := range f.Claims {
		used += len(c.Copies)
		if c.Shown == "" && c.Claimed {
			return v, "review-claim-unsaid"
		}
		if c.Shown == "" {
			if len(c.Copies) > 0 {
				return v, "review-copy-unclaimed"
			}
			continue
		}
		if c.Shown == protocol.Pass && len(c.Copies) == 0 {
			return v, "review-claim-picture"
		}
		claim := protocol.ReviewClaim{Kind: c.Kind, Code: c.Code, Shown: c.Shown}
		for _, n := range c.Copies {
			claim.Copies = append(claim.Copies, uint16(slices.Index(numbers, n)+1))
		}
		v.Claims = append(v.Claims, claim)
	}
	switch {
	case used < len(numbers):
		return v, "review-copy-loose"
	case long:
		return v, "day-long-reason"
	}
	return v, ""
}

// sealReview seals the review once, however often it is pressed.
func (d *Desk) sealReview(w http.ResponseWriter, r *http.Request, s *session, f reviewForm, again func(string)) {
	v, why := f.reviewing()
	if why != "" {
		again(why)
		return
	}
	if d.o.Review == nil {
		again("review-stopped")
		return
	}
	back, ok := s.endReview(f.Work)
	if !ok { // the other press has it
		http.Redirect(w, r, reviewPath(f.Person.Application.ID), http.StatusSeeOther)
		return
	}
	if all := f.Pledge.pictures(); len(all) > 0 {
		v.Pledge = all[0]
	}
	v.Copies = f.Copies.pictures()
	defer func() {
		clear(v.Pledge)
		for _, c := range v.Copies {
			clear(c)
		}
	}()
	v.Clerk, v.How = store.DayAct{Account: s.ID, At: protocol.TimeOf(d.o.Now())}, s.How
	// Whoever leaves the page now has pressed all the same.
	err := d.o.Review(context.WithoutCancel(r.Context()), v)
	switch {
	case err == nil:
	case errors.Is(err, ErrReviewStopped):
		back()
		again("review-stopped")
		return
	case errors.Is(err, store.ErrFull):
		back()
		again("review-full")
		return
	default:
		back()
		d.fault(w, r, err)
		return
	}
	f.Pledge.clear()
	f.Copies.clear()
	d.o.Log.Info("desk: a review was sealed", "account", s.ID)
	http.Redirect(w, r, reviewPath(f.Person.Application.ID), http.StatusSeeOther)
}

// reviewPicture shows a picture of the review in hand back.
func (d *Desk) reviewPicture(w http.ResponseWriter, r *http.Request, s *session) {
	if mine, _ := s.holdsReview(r.PathValue("work"), r.PathValue("application")); !mine {
		http.NotFound(w, r)
		return
	}
	switch r.PathValue("album") {
	case "pledge":
		s.albums.of(albumPledge).serve(w, r)
	case "copy":
		s.albums.of(albumCopies).serve(w, r)
	default:
		http.NotFound(w, r)
	}
}
