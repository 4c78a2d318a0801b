package intake

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"zhunkao/hub/candidate"
	"zhunkao/hub/confirmation"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
	"zhunkao/protocol"
	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
	"zhunkao/protocol/window"
)

// entering is what a confirmation brings along whose application was first
// entered at the point (demand A56): it may be unknown here, or stand here under
// another id, because she registered meanwhile or was entered at two points.
type entering struct {
	app     form.Application     // as sealed
	content confirmation.Content // with it
	whose   candidate.Numbered
	form    *form.Definition
	opened  []byte // content as it was sealed at first
}

// enter notes what is needed to take an application that was entered at the
// point. An id that no honest box gives is refused.
func (it *item) enter(in *Intake, body protocol.Confirmation, named, last *ready, content confirmation.Content) *item {
	if !body.Entered {
		return it
	}
	if id, err := hex.DecodeString(body.Application.ID); err != nil || len(id) != len(protocol.ID{}) || body.StartedFrom != 0 {
		return it.refuse(confirmation.CheckApplication, protocol.ReasonContent)
	}
	t := it.m.Time
	sealed := window.Interval{Earliest: t.Earliest.Time(), Latest: t.Latest.Time(), Bounded: t.Latest != 0}
	it.facts.Entered = true
	it.facts.Register = last.calendar.Judge(window.Register, last.Subject(body.Application, it.division), sealed).State
	it.entered = &entering{app: body.Application, content: content, form: &named.Form, opened: it.content,
		whose: in.opts.Flow.Candidates.Whose(it.m.Campaign, body.Application.Number())}
	return it
}

// again forgets under which id it stands here: the transaction that found out
// may have come to nothing.
func (it *item) again(candidates *candidate.Store) {
	if e := it.entered; e != nil && it.app.ID != e.app.ID {
		it.app, it.content = e.app, e.opened
		it.rec.Application = e.app.ID
		it.mark = candidates.Mark(e.app)
	}
	if it.named != "" {
		it.app.ID = it.named
	}
}

// standsAs makes it a confirmation of an application that is here: what she
// signed, with what only offices fill in as it stands here.
func (it *item) standsAs(app candidate.Standing, o *Options) error {
	e := it.entered
	it.app = e.app.Clone()
	if app.Opened != nil {
		it.app = flow.StandsAs(it.app, *app.Opened, e.form)
	}
	it.app.ID = app.ID
	it.rec.Application = app.ID
	it.mark = o.Flow.Candidates.Mark(it.app)
	content := e.content
	content.Application = it.app
	var err error
	it.content, err = confirmation.SealContent(o.Keys, it.rec.ID, content)
	return err
}

// readEntered finds under which ids the applications stand here that records of
// a batch call by the id of a box, and what acts came before the confirmation
// that they rest on.
func (k *known) readEntered(ctx context.Context, tx *db.Tx, candidates *candidate.Store, batch []*item) error {
	var ids []string
	var asked []candidate.Numbered
	for _, it := range batch {
		it.again(candidates)
		switch {
		case it.refused != "" || it.app.ID == "":
		case it.entered != nil:
			ids, asked = append(ids, it.app.ID), append(asked, it.entered.whose)
		case it.act != nil:
			ids = append(ids, it.app.ID)
		}
	}
	var err error
	if k.met, err = candidate.Met(ctx, tx, ids); err != nil {
		return err
	}
	if k.numbers, err = candidates.ByNumbers(ctx, tx, asked); err != nil {
		return err
	}
	k.erased = map[string]bool{}
	for _, it := range batch {
		if it.entered != nil && it.refused == "" {
			switch _, err := candidate.GetErased(ctx, tx, it.app.ID); {
			case err == nil:
				k.erased[it.app.ID] = true
			case !errors.Is(err, candidate.ErrNotFound):
				return err
			}
		}
		if id := k.met[it.app.ID]; it.act != nil && id != "" {
			it.named, it.app.ID = it.app.ID, id
		}
	}
	return nil
}

// besides are the applications to be read because a record of the batch may be of
// one of them.
func (k *known) besides() (ids []string) {
	for _, id := range k.met {
		ids = append(ids, id)
	}
	for _, id := range k.numbers {
		ids = append(ids, id)
	}
	return ids
}

// meet finds under which id the application of a confirmation stands here, if
// not under its own. What is found by the number alone need not be hers: a clerk may
// have typed the number wrong, of this record or of what stands here. Then they are
// two people, and only the one whose chip tells the number, or else who was registered
// first, is found by it (flow.Facts: Stranger, Displaces).
func (k *known) meet(ctx context.Context, tx *db.Tx, it *item, o *Options) error {
	e := it.entered
	if e == nil || it.refused != "" {
		return nil
	}
	it.facts.Stranger, it.facts.Displaces = false, ""
	id := k.met[e.app.ID]
	if _, own := k.apps[e.app.ID]; own && id == "" {
		return nil
	}
	byNumber := id == ""
	if byNumber {
		id = k.numbers[e.whose]
	}
	app, ok := k.apps[id]
	if !ok {
		return nil
	}
	if byNumber && app.Opened != nil && !e.samePerson(*app.Opened) {
		if it.facts.Papers.Typed {
			it.facts.Stranger = true
			return nil
		}
		typed, err := k.onlyTyped(ctx, tx, id)
		if typed {
			it.facts.Displaces = id
		}
		if typed || err != nil {
			return err
		}
	}
	return it.standsAs(app, o)
}

// samePerson reports whether what stands under her number says nothing else of who
// she is: name and birthday, as far as both say them. Spelling makes no difference,
// and of a foreigner's two names either will do.
func (e *entering) samePerson(has form.Application) bool {
	if a, b := e.app.Get(form.BirthDate), has.Get(form.BirthDate); a != "" && b != "" && a != b {
		return false
	}
	name := has.Name()
	if name == "" {
		return true
	}
	for _, n := range []identity.Name{e.app.Name(), e.content.Chip.Name, identity.Name(e.content.Chip.NameEn)} {
		if n != "" && identity.SameName(n, name) {
			return true
		}
	}
	return false
}

// onlyTyped reports whether the number of an application stands here only because
// clerks typed it from papers: nobody registered with it, and no chip told it.
func (k *known) onlyTyped(ctx context.Context, tx *db.Tx, id string) (bool, error) {
	if typed, is := k.typed[id]; is {
		return typed, nil
	}
	if only, err := candidate.OnlyFromBoxes(ctx, tx, id); err != nil || !only {
		return false, err
	}
	all, err := confirmation.List(ctx, tx, confirmation.Filter{Application: id, Limit: 500})
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(all, func(r confirmation.Record) bool {
		return !r.OnPapers() || r.ByCard() || r.Proof == confirmation.Verified
	}), nil
}

// created lets the records after it see an application that came with it.
func (k *known) created(it *item, step flow.Step) {
	row := candidate.Row{ID: it.app.ID, Campaign: it.m.Campaign, Version: it.app.Version, Point: it.app.Point, Division: it.division, State: candidate.Registered}
	row.Apart = step.Apart
	k.apps[it.app.ID] = candidate.Standing{Row: row, Mark: it.mark, Opened: &it.app}
	k.typed[it.app.ID] = true
	if !step.Apart {
		k.numbers[it.entered.whose] = it.app.ID
	}
	if app, ok := k.apps[step.Displace]; ok {
		app.Apart = true
		k.apps[step.Displace] = app
	}
	for i := range k.priors[step.Displace] {
		if p := &k.priors[step.Displace][i]; p.State.Stands() {
			p.State = confirmation.Disputed
		}
	}
}

// early reports whether an act is about an application that may still come: its
// box sealed something before it that is not here. It gets no word yet: see
// keepEarly.
func (k *known) early(ctx context.Context, tx *db.Tx, it *item) (bool, error) {
	if it.act == nil || it.app.ID == "" || it.refused != "" || it.m.Sequence < 2 {
		return false, nil
	}
	if _, ok := k.apps[it.app.ID]; ok {
		return false, nil
	}
	var here int64
	if err := tx.QueryRow(ctx, `SELECT count(*) FROM envelope WHERE box = $1 AND epoch = $2 AND seq < $3 AND chained`,
		it.box.ID, int64(it.m.Epoch), int64(it.m.Sequence&maxSequence)).Scan(&here); err != nil {
		return false, fmt.Errorf("intake: what came before: %w", err)
	}
	return uint64(here) < it.m.Sequence-1, nil
}

// alias is the id by which boxes call an application that stands here under
// another one.
func (it *item) alias() string {
	if it.entered != nil && it.entered.app.ID != it.app.ID {
		return it.entered.app.ID
	}
	return ""
}

// earlyPerBox is how many acts of a box may wait for what they rest on. A box has
// 16 records under way; what is beyond that is said again.
const earlyPerBox = 16

// keepEarly lets an act of the wire wait for the records before it: a small void
// overtakes a confirmation with its pictures. Its box hears nothing and says it again.
// Whoever carries one by hand is told: see WordEarly; it is not kept as well, or it
// would be taken behind her back after she heard that it was not.
func (c *committer) keepEarly(it *item) {
	waiting := c.early[it.box.ID]
	for _, o := range waiting {
		if o.hash == it.hash {
			return // said again meanwhile
		}
	}
	if len(waiting) < earlyPerBox {
		c.early[it.box.ID] = append(waiting, it)
	}
}

// settleEarly deals anew with the acts that waited for a box whose records have
// been committed.
func (c *committer) settleEarly(ctx context.Context, batch []*item) {
	for _, it := range batch {
		waiting := c.early[it.box.ID]
		if it.early || it.word.hash == "" || len(waiting) == 0 {
			continue
		}
		delete(c.early, it.box.ID)
		slices.SortStableFunc(waiting, func(a, b *item) int { // as they were sealed
			return cmp.Or(cmp.Compare(a.m.Epoch, b.m.Epoch), cmp.Compare(a.m.Sequence, b.m.Sequence))
		})
		for _, o := range waiting { // each is committed alone; those that are early again wait again
			c.settle(ctx, []*item{o})
		}
	}
}
