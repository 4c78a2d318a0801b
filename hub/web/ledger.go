package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/web/console"
	"zhunkao/protocol/window"
)

// ledger shows the books of one channel over one day, and whether they balance
// (domain §4.5).
func (s *server) ledger(c *gin.Context, v *visit) {
	ctx, now := c.Request.Context(), s.Flow.Now()
	view := console.Ledger{Channel: c.Query("channel"), Day: c.Query("day"), Channels: s.channelOptions(v)}
	if view.Channel == "" {
		view.Channel = payChannels()[0]
	}
	if view.Day == "" {
		view.Day = dayText(now)
	}
	from, to, okDay := dayOf(view.Day)
	after, okAfter := orderCursor(c.Query("before"))
	if !okDay || !okAfter || !slices.Contains(payChannels(), view.Channel) {
		s.refuse(c, v, refusalBad)
		return
	}
	view.Name = s.channelKey(view.Channel)
	beside := func(days int) string {
		return "/gl/ledger?" + url.Values{"channel": {view.Channel}, "day": {dayText(ms(from).AddDate(0, 0, days))}}.Encode()
	}
	if view.Before = beside(-1); to <= now.UnixMilli() {
		view.After = beside(1)
	}
	if s.exportAs(c) != "" {
		s.exportLedger(c, v, view.Channel, from, to)
		return
	}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		l, err := payment.LedgerOf(ctx, tx, view.Channel, from, to)
		if err != nil {
			return err
		}
		s.ledgerView(l, &view)
		entries, err := payment.EntriesOfDay(ctx, tx, view.Channel, from, to, after, pageRows+1)
		if err != nil {
			return err
		}
		n := pageNumber(c)
		view.Pages = console.Pages{Number: n}
		if n > 1 {
			view.Pages.First = moneyLink(c, "", 0)
		}
		if len(entries) > pageRows {
			entries = entries[:pageRows]
			last := entries[pageRows-1]
			view.Pages.Next = moneyLink(c, strconv.FormatInt(last.At, 10)+"."+last.ID, n+1)
		}
		names := map[string]string{}
		for _, e := range entries {
			row := console.LedgerRow{At: ms(e.At), Number: e.Movement.Number, Path: "/gl/movements/" + e.Movement.ID, Order: e.Owner, Key: entryKey(e.Step), Postings: s.postings(e.Postings)}
			if by := e.Entry.By; by != "" {
				if row.By, err = s.author(ctx, tx, v, staffAuthor(by), names); err != nil {
					return err
				}
			}
			view.Rows = append(view.Rows, row)
		}
		return nil
	})
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.show(c, v, http.StatusOK, "ledger", "payments", view)
}

func (s *server) ledgerView(l payment.DayLedger, view *console.Ledger) {
	view.Booked, view.Posted, view.Reverted, view.Uneven, view.Balanced = l.Booked, l.Posted, l.Reverted, l.Uneven, l.Balanced()
	view.OffFunds, view.OffMoved = l.Off()
	for _, f := range []payment.Fund{payment.FundOf(l.Channel), payment.Fees, payment.Suspense, payment.Returning} {
		line := s.postings([]payment.Posting{{Fund: f}})[0]
		view.Funds = append(view.Funds, console.LedgerFund{Fund: line.Fund, Name: line.Name, Opening: l.Opening[f], Change: l.Closing[f] - l.Opening[f], Closing: l.Closing[f]})
	}
}

// exportLedger writes the postings of the day, one a row.
func (s *server) exportLedger(c *gin.Context, v *visit, channel string, from, to int64) {
	ctx := c.Request.Context()
	heads := s.heads(v, "pay.booked", "pay.channel", "pay.serial", "pay.number", "pay.entry", "pay.fund", "pay.debit")
	s.export(c, v, "ledger", heads, func(row func(...any) error) error {
		return s.DB.Read(ctx, func(tx *db.Tx) error {
			after := payment.Cursor{}
			say := func(key string) string { return s.pages.Text(v.lang, key) }
			for {
				entries, err := payment.EntriesOfDay(ctx, tx, channel, from, to, after, rowsAtOnce)
				if err != nil {
					return err
				}
				for _, e := range entries {
					for _, p := range s.postings(e.Postings) {
						if err := row(ms(e.At), say(s.channelKey(channel)), e.Movement.Number, e.Owner, say(entryKey(e.Step)), s.fundText(v.lang, p), float64(p.Fen)/100); err != nil {
							return err
						}
					}
				}
				if len(entries) < rowsAtOnce {
					return nil
				}
				last := entries[len(entries)-1]
				after = payment.Cursor{At: last.At, Number: last.ID}
			}
		})
	})
}

func (s *server) fundText(l console.Lang, p console.MovementPosting) string {
	if p.Name == "" {
		return s.pages.Text(l, p.Fund)
	}
	return s.pages.Text(l, p.Fund, s.pages.Text(l, p.Name))
}

// yuanOf reads an amount that somebody typed, in yuan with up to two decimals; false
// for what is none.
func yuanOf(text string) (fen int64, ok bool) {
	var whole, cents int64
	dot := -1
	for i, r := range text {
		switch {
		case r == '.' && dot < 0 && i > 0:
			dot = i
		case r < '0' || r > '9' || i > 9:
			return 0, false
		case dot < 0:
			whole = whole*10 + int64(r-'0')
		case i-dot > 2:
			return 0, false
		case i-dot == 1:
			cents = int64(r-'0') * 10
		default:
			cents += int64(r - '0')
		}
	}
	return whole*100 + cents, text != "" && dot != len(text)-1
}

// noonOf is the middle of a civil day: of a transfer the bank tells the day alone.
func noonOf(day string) (int64, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, window.Zone())
	if err != nil {
		return 0, fmt.Errorf("web: day: %w", err)
	}
	return t.Add(12 * time.Hour).UnixMilli(), nil
}
