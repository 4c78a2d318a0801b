package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/daybook"
	"zhunkao/hub/payment/reconcile"
	"zhunkao/hub/web/console"
)

// dayRows is how many residues of a day a page shows: the export has all.
const dayRows = 200

func (s *server) day(c *gin.Context, v *visit) {
	if s.exportAs(c) != "" {
		s.exportDay(c, v, v.subject.(daybook.Day))
		return
	}
	if key := "day.done." + c.Query("done"); s.pages.Has(key) {
		class := "done"
		if c.Query("done") == "conflict" {
			class = "must"
		}
		v.notice = &console.Notice{Class: class, Key: key}
	}
	s.showDay(c, v, http.StatusOK, v.subject.(daybook.Day), c.Query("pick"), console.Day{})
}

// showDay shows a day; 0 is the first that is open.
func (s *server) showDay(c *gin.Context, v *visit, status int, day daybook.Day, picked string, view console.Day) {
	ctx := c.Request.Context()
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		first, err := daybook.FirstOpen(ctx, tx)
		if err != nil {
			return err
		}
		if day == 0 {
			day = first
		}
		view.Day, view.Options = day.String(), s.statementOptions(v)
		before, after, err := daybook.Beside(ctx, tx, day)
		if err != nil {
			return err
		}
		for to, d := range map[*string]daybook.Day{&view.Before: before, &view.After: after} {
			if d != 0 {
				*to = "/gl/" + ofDay + d.String()
			}
		}
		if err := s.dayFigures(ctx, tx, day, &view); err != nil {
			return err
		}
		if err := s.dayResidues(ctx, tx, v, day, first, picked, &view); err != nil {
			return err
		}
		if err := s.dayFiles(ctx, tx, v, day, &view); err != nil {
			return err
		}
		return s.dayClosing(ctx, tx, v, day, &view)
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.showAt(c, v, status, "day", "days", "/gl/"+ofDay+view.Day, view)
}

// dayFigures fills in the sums and the channels.
func (s *server) dayFigures(ctx context.Context, tx *db.Tx, day daybook.Day, view *console.Day) error {
	books, err := daybook.BooksOf(ctx, tx, day)
	if err != nil {
		return err
	}
	files, err := daybook.FilesOf(ctx, tx, day)
	if err != nil {
		return err
	}
	errands, err := daybook.ErrandsOf(ctx, tx, day)
	if err != nil {
		return err
	}
	var all daybook.Figures
	for _, name := range daybook.Channels() {
		f := books[name].Figures
		had := slices.IndexFunc(files, func(f daybook.File) bool { return f.Channel == name })
		errand, tried := errands[name]
		if had < 0 && !tried && daybook.Count(f.Own) == 0 && !slices.Contains(s.PayChannels, name) {
			continue
		}
		all = all.Plus(f)
		view.Lacking = view.Lacking || had < 0 && daybook.Count(f.Own) > 0
		line := console.DayChannel{Key: "day.channel." + name, Matched: daybook.Count(f.Matched), Extra: f.Extra, Missing: f.Missing, Different: f.Different,
			File: console.State{Class: "wait", Icon: "clock", Key: "day.file.waits"}}
		switch {
		case had >= 0 && files[had].Source == daybook.None:
			line.File = console.State{Class: "done", Icon: "check", Key: "day.file.none"}
		case had >= 0:
			line.File = console.State{Class: "done", Icon: "check", Key: "day.file.checked"}
		case tried && errand.Said == "away":
			line.File.Key, line.Next = "day.file.away", ms(errand.NextAt)
		case tried && errand.Said == daybook.Fault:
			line.File.Key, line.Next = "day.file.fault", ms(errand.NextAt)
		case tried:
			line.File, line.Next, line.Line = console.State{Class: "must", Icon: "alert", Key: "day.file.refused"}, ms(errand.NextAt), errand.Line
		}
		view.Channels = append(view.Channels, line)
	}
	view.Own, view.OwnFen, view.Stated, view.StatedFen = daybook.Count(all.Own), daybook.Net(all.Own), daybook.Count(all.Stated), daybook.Net(all.Stated)
	view.Matched, view.MatchedFen = daybook.Count(all.Matched), daybook.Net(all.Matched)
	view.Difference, view.Out, view.Cut, view.CameIn, view.Cleared = all.Difference(), all.Unexplained(), all.Cut, all.CameIn, all.Cleared
	view.Total = console.DayChannel{Matched: view.Matched, Extra: all.Extra, Missing: all.Missing, Different: all.Different}
	view.Hours = all.Hours[:]
	return nil
}

// nextKey is the phrase of what comes next with a residue.
func nextKey(r daybook.Residue, today daybook.Day) string {
	switch {
	case r.State == daybook.Settled:
		return "day.next.settled"
	case r.State == daybook.Done:
		return "day.next." + r.Why
	}
	return "day.next." + string(r.Remedy(today).Next)
}

func residueState(r daybook.Residue, today daybook.Day) console.State {
	switch remedy := r.Remedy(today); {
	case r.State == daybook.Settled:
		return console.State{Class: "done", Icon: "people", Key: "day.state.settled"}
	case r.State == daybook.Done:
		return console.State{Class: "done", Icon: "check", Key: "day.state.done"}
	case remedy.Owner == reconcile.Hub:
		return console.State{Class: "open", Icon: "clock", Key: "day.state.hub"}
	case r.Age(today) > remedy.Days:
		return console.State{Class: "must", Icon: "alert", Key: "day.state.pressing"}
	}
	return console.State{Class: "wait", Icon: "hand", Key: "day.state.finance"}
}

// dayResidues fills in what is left over, and the picked one with both sides.
func (s *server) dayResidues(ctx context.Context, tx *db.Tx, v *visit, day, first daybook.Day, picked string, view *console.Day) error {
	all, err := daybook.ResiduesOf(ctx, tx, day, first == day)
	if err != nil {
		return err
	}
	today := daybook.DayOf(s.Flow.Now())
	for _, r := range all {
		if r.State == daybook.Left {
			view.Open++
		}
	}
	if !slices.ContainsFunc(all, func(r daybook.Residue) bool { return r.ID == picked }) && len(all) > 0 {
		picked = all[0].ID
	}
	for i, r := range all {
		row := console.DayResidue{ID: r.ID, Pick: "/gl/" + ofDay + day.String() + "?pick=" + r.ID + "#sides", At: ms(r.MovedAt), Channel: "day.channel." + r.Channel, Signed: r.Signed(), Fen: r.Fen(), Refund: r.Kind == "refund",
			Class: "day.class." + r.Class, Next: nextKey(r, today), State: residueState(r, today), Carried: r.FoundDay != day, Found: r.FoundDay.String(), Chosen: r.ID == picked}
		if row.Chosen {
			if view.Picked, err = s.pickedResidue(ctx, tx, v, r, row, today); err != nil {
				return err
			}
		}
		if i < dayRows {
			view.Rows = append(view.Rows, row)
		}
	}
	return nil
}

func (s *server) pickedResidue(ctx context.Context, tx *db.Tx, v *visit, r daybook.Residue, row console.DayResidue, today daybook.Day) (*console.DayPicked, error) {
	out := &console.DayPicked{DayResidue: row, Say: "day.say." + r.Class, Age: r.Age(today)}
	sides, err := daybook.SidesOf(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	if b := sides.Booked; b != nil {
		out.Ours = console.DayFact{Has: true, Order: b.Order, Number: b.Number, Fen: b.Fen, At: ms(b.At)}
		out.Movement = "/gl/movements/" + b.ID
	}
	if e := sides.Stated; e != nil {
		out.Theirs = console.DayFact{Has: true, Order: payment.OrderOf(e.Order), Number: e.Number, Fen: e.Fen, At: ms(e.At)}
	}
	if out.Ours.Has && out.Theirs.Has {
		switch a, b := out.Ours, out.Theirs; {
		case a.Order != b.Order:
			out.Differ = "order"
		case a.Fen != b.Fen:
			out.Differ = "fen"
		}
	}
	if _, err := payment.GetOrder(ctx, tx, r.Order); err == nil {
		out.Order = "/gl/payments/" + r.Order
	} else if !errors.Is(err, payment.ErrNotFound) {
		return nil, err
	}
	names := map[string]string{}
	if r.State == daybook.Settled {
		out.EndedAt, out.Why = ms(r.EndedAt), r.Why
		if out.By, err = s.author(ctx, tx, v, staffAuthor(r.By), names); err != nil {
			return nil, err
		}
		out.Second, err = s.author(ctx, tx, v, staffAuthor(r.Second), names)
		return out, err
	}
	if r.State != daybook.Left {
		return out, nil
	}
	may, err := s.dayPermit(ctx, tx, v, actSettle)
	if err != nil {
		return nil, err
	}
	if out.Refuse = may.notSettle(); out.Refuse != "" {
		return out, nil
	}
	out.Settle, err = s.standingSecond(ctx, tx, v, may, secondResidue(r))
	return out, err
}

// dayFiles fills in the files, and what contradicts.
func (s *server) dayFiles(ctx context.Context, tx *db.Tx, v *visit, day daybook.Day, view *console.Day) error {
	files, err := daybook.FilesOf(ctx, tx, day)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, f := range files {
		row := console.DayFile{Channel: "day.channel." + f.Channel, At: ms(f.At), Source: "day.source." + string(f.Source), Lines: f.Lines, Fresh: f.Fresh, Known: f.Known, Change: f.Changed, Net: f.PaymentsFen - f.RefundsFen}
		if f.By != "" {
			if row.By, err = s.author(ctx, tx, v, staffAuthor(f.By), names); err != nil {
				return err
			}
		}
		view.Files = append(view.Files, row)
	}
	all, err := daybook.ConflictsOf(ctx, tx, day)
	if err != nil {
		return err
	}
	may, err := s.dayPermit(ctx, tx, v, actSettle)
	if err != nil {
		return err
	}
	fact := func(e daybook.Entry) console.DayFact {
		return console.DayFact{Has: true, Order: payment.OrderOf(e.Order), Number: e.Number, Fen: e.Fen, At: ms(e.At)}
	}
	for _, x := range all {
		row := console.DayConflict{ID: x.ID, Channel: "day.channel." + x.Channel, Old: fact(x.Old), Waits: x.State == daybook.Waits, State: console.State{Class: "must", Icon: "alert", Key: "day.conflict.waits"}, Why: x.Why}
		if x.New != nil {
			later := fact(*x.New)
			row.New = &later
		}
		if x.State != daybook.Waits {
			row.State, row.EndedAt = console.State{Class: "done", Icon: "people", Key: "day.conflict." + x.State}, ms(x.EndedAt)
			if row.By, err = s.author(ctx, tx, v, staffAuthor(x.By), names); err != nil {
				return err
			}
			if row.Second, err = s.author(ctx, tx, v, staffAuthor(x.Second), names); err != nil {
				return err
			}
		} else if row.Refuse = may.notSettle(); row.Refuse == "" {
			if row.Keep, err = s.standingSecond(ctx, tx, v, may, secondConflict(x, daybook.Kept)); err != nil {
				return err
			}
			if row.Take, err = s.standingSecond(ctx, tx, v, may, secondConflict(x, daybook.TakenNew)); err != nil {
				return err
			}
		}
		view.Conflicts = append(view.Conflicts, row)
	}
	return nil
}

// dayClosing says whether the day is closed, or can be.
func (s *server) dayClosing(ctx context.Context, tx *db.Tx, v *visit, day daybook.Day, view *console.Day) error {
	closing, err := daybook.GetClosing(ctx, tx, day)
	if err == nil {
		names := map[string]string{}
		done := console.DayClosed{At: ms(closing.At), Why: closing.Why, Seal: short(closing.Seal)}
		if done.By, err = s.author(ctx, tx, v, staffAuthor(closing.By), names); err != nil {
			return err
		}
		if done.Second, err = s.author(ctx, tx, v, staffAuthor(closing.Second), names); err != nil {
			return err
		}
		view.Closed, view.State = &done, console.State{Class: "done", Icon: "lock", Key: "day.closed"}
		return nil
	}
	if !errors.Is(err, daybook.ErrNotFound) {
		return err
	}
	if view.Seen, err = daybook.Seen(ctx, tx, day); err != nil {
		return err
	}
	var notYet *daybook.NotYetError
	switch err = s.dayBooks().Ready(ctx, tx, day, s.PayChannels); {
	case errors.As(err, &notYet):
		view.NotYet = "day.not." + notYet.Why
		if notYet.Channel != "" {
			view.NotArg = s.pages.Text(v.lang, "day.channel."+notYet.Channel)
		}
		if notYet.Day != 0 {
			view.NotArg = notYet.Day.String()
		}
	case errors.Is(err, daybook.ErrState): // it lies before one that is closed
		view.NotYet = "day.not.past"
	case err != nil:
		return err
	default:
		may, err := s.dayPermit(ctx, tx, v, actCloseDay)
		if err != nil {
			return err
		}
		if view.NotYet = may.notSettle(); view.NotYet == "" {
			if view.Close, err = s.standingSecond(ctx, tx, v, may, secondClose(day, view.Seen)); err != nil {
				return err
			}
		}
	}
	switch {
	case view.Open > 0:
		view.State = console.State{Class: "wait", Icon: "clock", Key: "day.left"}
	case strings.HasPrefix(view.NotYet, "day.not."):
		view.State = console.State{Class: "open", Icon: "clock", Key: "day.open"}
	default:
		view.State = console.State{Class: "act", Icon: "people", Key: "day.ready"}
	}
	return nil
}
