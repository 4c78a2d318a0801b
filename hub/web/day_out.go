package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/paper"
	"zhunkao/hub/payment/daybook"
	"zhunkao/hub/payment/reconcile"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/sheet"
)

// exportDay writes a day for the treasury: ?what=lines each movement, else the sums by
// county and level.
func (s *server) exportDay(c *gin.Context, v *visit, day daybook.Day) {
	ctx := c.Request.Context()
	var all []daybook.Moved
	names := map[string]string{}
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if all, err = daybook.MovedOn(ctx, tx, day); err != nil {
			return err
		}
		for _, m := range all {
			if _, ok := names[m.Division]; ok || m.Division == "" {
				continue
			}
			if names[m.Division], err = org.DivisionName(ctx, tx, m.Division); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	say := func(key string) string { return s.pages.Text(v.lang, key) }
	place := func(division string) string {
		if division == "" {
			return say("day.nobody")
		}
		return names[division]
	}
	if c.Query("what") == "lines" {
		heads := s.heads(v, "day.time", "day.channel", "day.kind", "day.number", "day.order", "day.county", "day.level", "day.fen", "day.ours", "day.theirs", "day.what")
		s.export(c, v, "day-lines", heads, func(row func(...any) error) error {
			for _, m := range all {
				if err := row(ms(m.At), say("day.channel."+m.Channel), say("day.kind."+m.Kind), m.Number, m.Order, place(m.Division), m.Level, float64(m.Fen)/100, yes(say, m.Booked), yes(say, m.Stated), say("day.class."+m.Class)); err != nil {
					return err
				}
			}
			return nil
		})
		return
	}
	heads := s.heads(v, "day.channel", "day.county", "day.level", "day.payments", "day.payments.fen", "day.refunds", "day.refunds.fen", "day.net")
	s.export(c, v, "day-sums", heads, func(row func(...any) error) error {
		for _, x := range daySums(all) {
			t := x.total
			if err := row(say("day.channel."+x.channel), place(x.division), x.level, t.Payments, float64(t.PaymentsFen)/100, t.Refunds, float64(t.RefundsFen)/100, float64(daybook.Net(t))/100); err != nil {
				return err
			}
		}
		return nil
	})
}

func yes(say func(string) string, is bool) string {
	if is {
		return say("day.yes")
	}
	return say("day.no")
}

type daySum struct {
	channel, division, level string
	total                    reconcile.Total
}

// daySums adds up what the channels stated on this day by channel, county and level:
// what the treasury gets. What was carried over was added up on its own day.
func daySums(all []daybook.Moved) (out []daySum) {
	at := map[[3]string]int{}
	for _, m := range all {
		if !m.Stated || m.Carried {
			continue
		}
		key := [3]string{m.Channel, m.Division, m.Level}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key], out = i, append(out, daySum{channel: m.Channel, division: m.Division, level: m.Level})
		}
		t := &out[i].total
		if m.Kind == "refund" {
			t.Refunds, t.RefundsFen = t.Refunds+1, t.RefundsFen+m.Fen
		} else {
			t.Payments, t.PaymentsFen = t.Payments+1, t.PaymentsFen+m.Fen
		}
	}
	slices.SortFunc(out, func(a, b daySum) int {
		order := func(x daySum) int { return slices.Index(daybook.Channels(), x.channel) }
		return cmp.Or(order(a)-order(b), cmp.Compare(a.division, b.division), cmp.Compare(a.level, b.level))
	})
	return out
}

// daySheet sends the day's closing sheet (准表 17).
func (s *server) daySheet(c *gin.Context, v *visit) {
	ctx, day := c.Request.Context(), v.subject.(daybook.Day)
	var out paper.Closing
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) { out, err = s.closingSheet(ctx, tx, v, day); return err })
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.sendPaper(c, v, "day-"+day.String(), out)
}

// closingSheet fills the sheet from the books, or from the closing when the day is
// closed.
func (s *server) closingSheet(ctx context.Context, tx *db.Tx, v *visit, day daybook.Day) (out paper.Closing, err error) {
	out = paper.Closing{Day: day.Start(), Printed: s.Flow.Now()}
	if s.DB.Demo() {
		out.Marks = []sheet.Mark{sheet.Specimen}
	}
	camp, err := s.campaigns.current(ctx, tx, s.Campaign)
	if err != nil && !missing(err) {
		return out, err
	}
	out.Campaign = camp.Zh
	if out.Office, _, _, err = belongs(ctx, tx, v.session.Account); err != nil {
		return out, err
	}
	books, err := daybook.BooksOf(ctx, tx, day)
	if err != nil {
		return out, err
	}
	figures := map[string]daybook.Figures{}
	for name, b := range books {
		figures[name] = b.Figures
	}
	closing, err := daybook.GetClosing(ctx, tx, day)
	switch {
	case err == nil:
		names := map[string]string{}
		figures, out.Closed, out.At, out.Seal = closing.Figures, true, ms(closing.At), short(closing.Seal)
		if out.By, err = s.author(ctx, tx, v, staffAuthor(closing.By), names); err != nil {
			return out, err
		}
		if out.Second, err = s.author(ctx, tx, v, staffAuthor(closing.Second), names); err != nil {
			return out, err
		}
	case !errors.Is(err, daybook.ErrNotFound):
		return out, err
	}
	files, err := daybook.FilesOf(ctx, tx, day)
	if err != nil {
		return out, err
	}
	for _, f := range files {
		if at := ms(f.At); at.After(out.Had) {
			out.Had = at
		}
	}
	out.Refunds.Name = s.pages.Text(console.Zh, "day.kind.refund")
	for _, name := range daybook.Channels() {
		f, ok := figures[name]
		if !ok || f == (daybook.Figures{}) && !slices.ContainsFunc(files, func(x daybook.File) bool { return x.Channel == name }) {
			continue
		}
		out.Channels = append(out.Channels, paper.ClosingLine{Name: s.pages.Text(console.Zh, "day.channel."+name), Own: f.Own.Payments, OwnFen: f.Own.PaymentsFen,
			Stated: f.Stated.Payments, StatedFen: f.Stated.PaymentsFen, Listed: f.ListedBack - f.Listed})
		r := &out.Refunds
		r.Own, r.OwnFen, r.Stated, r.StatedFen, r.Listed = r.Own-f.Own.Refunds, r.OwnFen-f.Own.RefundsFen, r.Stated-f.Stated.Refunds, r.StatedFen-f.Stated.RefundsFen, r.Listed-f.ListedBack
		out.Came.N, out.Came.Fen = out.Came.N+f.CameIn, out.Came.Fen+f.CameFen
	}
	return out, s.closingRows(ctx, tx, day, closing, &out)
}

// closingRows are the exceptions of the sheet: what stood in the day's book, and what
// went on from it.
func (s *server) closingRows(ctx context.Context, tx *db.Tx, day daybook.Day, closing daybook.Closing, out *paper.Closing) error {
	all, err := daybook.ExceptionsOf(ctx, tx, day)
	if err != nil {
		return err
	}
	today := daybook.DayOf(s.Flow.Now())
	if out.Closed {
		today = daybook.DayOf(ms(closing.At))
	}
	say := func(key string) string { return s.pages.Text(console.Zh, key) }
	for i, r := range all {
		why := say("day.say."+r.Class) + "；" + say(nextKey(r, today))
		if r.State == daybook.Settled {
			why = r.Why
		}
		row := paper.ClosingRow{Class: say("day.sort." + sortOf(r)), Channel: say("day.channel." + r.Channel + ".short"), Order: r.Order, Fen: r.Signed(), Signed: true, Why: why}
		if row.Fen == 0 {
			row.Fen, row.Signed = r.Fen(), false
		}
		out.Rows = append(out.Rows, row)
		if r.State == daybook.Left || out.Closed && r.EndedAt > closing.At {
			if out.Goes.N++; out.Goes.N == 1 {
				out.Goes.Why = fmt.Sprintf(say("day.goes"), i+1)
			}
			out.Goes.Fen += r.Fen()
		}
	}
	for _, c := range []*paper.ClosingCarry{&out.Came, &out.Goes} {
		if c.N == 0 {
			c.Why = say("day.none")
		}
	}
	if out.Came.N > 0 {
		out.Came.Why = say("day.came")
	}
	return nil
}

// sortOf is in which of the words of book-keepers a residue falls.
func sortOf(r daybook.Residue) string {
	switch {
	case r.Booked && !r.Stated:
		return "missing"
	case r.Stated && !r.Booked:
		return "surplus"
	}
	return "other"
}
