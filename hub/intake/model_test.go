package intake_test

import (
	"context"

	"pgregory.net/rapid"

	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/review"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
)

// model is what a person would say of what one candidate went through, with none of
// the hub's rules but three: what was signed and nobody ended goes on to count, in
// itself or in what was put in its place; an answer comes after its question; a card
// that was read counts as long as its confirmation may.
type model struct {
	page     []byte
	signedAt map[string]int64              // confirmations, ms
	askedAt  map[string]int64              // … whose papers were sent back, last
	here     map[string]bool               // … that have come
	ended    map[string]confirmation.State // … that were taken back or refused
	set      map[string]aside              // … that were set aside
	cards    map[string]bool               // … of which her own card has come
	voids    map[string]bool               // … of which a void has come
	reviews  []review.Review               // that were sealed
}

// aside is in whose favour a confirmation was set aside: by "" nobody's.
type aside struct {
	by     string
	ruling bool // by the county; else she answered the city by it
}

func newModel(page []byte) model {
	return model{page: page, signedAt: map[string]int64{}, askedAt: map[string]int64{}, here: map[string]bool{}, ended: map[string]confirmation.State{},
		set: map[string]aside{}, cards: map[string]bool{}, voids: map[string]bool{}}
}

// counts reports whether a confirmation, or what stands for it, must count.
func (m *model) counts(id string) bool {
	if m.ended[id] != "" {
		return false
	}
	for a, is := m.set[id]; is; a, is = m.set[a.by] {
		switch end := m.ended[a.by]; {
		case a.by == "":
			return false
		case end == confirmation.Voided && a.ruling, end == confirmation.Refused && a.ruling:
			return true
		case end == confirmation.Refused:
			return false
		case end == confirmation.Voided: // as if it had never been: what it was answered by itself is next
			if _, more := m.set[a.by]; !more {
				return true
			}
		}
	}
	return true
}

func (h *race) records() (all []confirmation.Record) {
	h.read(func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = confirmation.List(ctx, tx, confirmation.Filter{Application: h.app, Limit: 500})
		return err
	})
	return all
}

// confirms seals a confirmation, by her chip or on papers.
func (h *race) confirms(n int, p synthetic.Person) (s sealed) {
	if rapid.Bool().Draw(h.t, "on papers") {
		s = h.boxes[n].papersOf(p, [][]byte{h.page}, nil)
	} else {
		s = h.boxes[n].seal(p, making{})
	}
	h.signedAt[s.Manifest.ID.String()] = int64(s.Manifest.Time.Latest)
	return s
}

// judgePapers has the city decide about papers that are open.
func (h *race) judgePapers() {
	var open []confirmation.Record
	for _, r := range h.records() {
		if r.State.Stands() && r.Proof.Open() {
			open = append(open, r)
		}
	}
	if len(open) == 0 {
		return
	}
	r := open[rapid.IntRange(0, len(open)-1).Draw(h.t, "papers of")]
	to := rapid.SampledFrom([]confirmation.Proof{confirmation.Returned, confirmation.Returned, confirmation.Accepted, confirmation.NotProven}).Draw(h.t, "the city says")
	if to == confirmation.Returned && r.Proof == confirmation.Returned {
		return
	}
	id, err := protocol.ParseID(r.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.judge(id, to); err != nil {
		h.t.Fatal(err)
	}
	switch to {
	case confirmation.Returned:
		h.askedAt[r.ID] = h.clock.Now().UnixMilli()
	case confirmation.NotProven:
		h.ended[r.ID] = confirmation.Refused
	}
}

// readCard seals her card, read after a confirmation on papers.
func (h *race) readCard() {
	var papers []int
	for i, s := range h.sealed {
		if len(s.Manifest.Blobs) == 2 { // her hand and a copy
			papers = append(papers, i)
		}
	}
	if len(papers) == 0 {
		return
	}
	i := papers[rapid.IntRange(0, len(papers)-1).Draw(h.t, "card of")]
	n := rapid.IntRange(0, 1).Draw(h.t, "read at")
	h.open = append(h.open, waiting{n, h.boxes[n].cardOf(h.sealed[i], h.p, nil), h.sealed[i].Manifest.ID.String()})
}

// lookAt seals a review of somebody whom the box has confirmed.
func (h *race) lookAt() {
	if len(h.sealed) == 0 {
		return
	}
	i := rapid.IntRange(0, len(h.sealed)-1).Draw(h.t, "looked at")
	n, of := h.at[i], h.sealed[i].Manifest.ID
	s := h.boxes[n].review(form.Application{ID: h.app, Version: h.version}, h.crews[n].clerk, reviewing{pictures: map[string][]byte{}, change: func(v *protocol.Review) {
		v.Record, v.Claims = of, nil
	}})
	h.reviews = append(h.reviews, review.Review{ID: s.Manifest.ID.String(), Looked: h.clock.Now().UnixMilli()})
	h.open = append(h.open, waiting{n, s, ""})
}

// came notes what arrived.
func (h *race) came(w waiting, before []confirmation.Record) {
	id := w.s.Manifest.ID.String()
	switch w.s.Manifest.Kind {
	case protocol.RecordConfirmation:
		h.here[id] = true
	case protocol.RecordVoid:
		h.voids[w.of] = true
	case protocol.RecordVerification:
		h.cards[w.of] = true
	}
	for of := range h.voids {
		if h.here[of] {
			h.ended[of] = confirmation.Voided
		}
	}
	for _, was := range before {
		for _, is := range h.records() {
			if is.ID != was.ID || is.StateReason != confirmation.NoteReplaced || was.StateReason == confirmation.NoteReplaced {
				continue
			}
			if h.set[is.ID] = (aside{by: id}); was.Proof != confirmation.Returned || h.signedAt[id] < h.askedAt[is.ID] {
				h.t.Fatalf("signed at %d it took the place of one that was asked about at %d (%q)", h.signedAt[id], h.askedAt[is.ID], was.Proof)
			}
		}
	}
}

// ruled notes what the county said.
func (h *race) ruled(c confirmation.Case, keep string) {
	for _, side := range c.Sides {
		if h.set[side.ID] = (aside{by: keep, ruling: true}); side.ID == keep {
			delete(h.set, side.ID)
		}
	}
}

// holds is what the model knows to hold after every step.
func (h *race) holds(all []confirmation.Record) {
	must, stands := "", false
	for id := range h.here {
		if h.counts(id) {
			must = id
		}
	}
	for _, r := range all {
		stands = stands || r.State.Stands()
		if r.State.Stands() && r.OnPapers() && h.cards[r.ID] && r.Proof != confirmation.Verified {
			h.t.Fatalf("her card was read, and a record that is %s is %q", r.State, r.Proof)
		}
	}
	if stands != (must != "") {
		for _, r := range all {
			h.t.Logf("%s %s (%s) %s, set aside %+v, ended %q", r.ID[:8], r.State, r.StateReason, r.Proof, h.set[r.ID], h.ended[r.ID])
		}
		h.t.Fatalf("something stands: %v; must count: %q", stands, must)
	}
}

// reviewed: when all has come no review waits, and the newest look stands.
func (h *race) reviewed(ctx context.Context, tx *db.Tx) error {
	all, err := review.Of(ctx, tx, h.app)
	if err != nil {
		return err
	}
	newest := review.Review{}
	for _, r := range h.reviews {
		if r.Looked > newest.Looked || r.Looked == newest.Looked && r.ID > newest.ID {
			newest = r
		}
	}
	if len(all) != len(h.reviews) {
		h.t.Fatalf("%d reviews of %d are here", len(all), len(h.reviews))
	}
	for _, r := range all {
		if (r.State == review.Stands) != (r.ID == newest.ID) || r.State == review.Waiting {
			h.t.Fatalf("a review of %d is %s, and the newest of %d", r.Looked, r.State, newest.Looked)
		}
	}
	return nil
}
