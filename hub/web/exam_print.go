package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/db"
	"zhunkao/hub/exampapers"
	"zhunkao/hub/printroom"
	"zhunkao/hub/web/console"
)

// remitPrint is a rule for papers on their way to a printer.
const remitPrint rule = "print"

// examPrintPart sends papers of sites to a printer of the office, and lets a person decide
// where nobody but a person can (package printroom).
func (s *server) examPrintPart() part {
	post := http.MethodPost
	return part{routes: []route{
		{method: post, path: "/gl/batches/:id/print", who: officers(), remit: remitBatch, do: s.sendBatch},
		{method: post, path: "/gl/prints/:id/halt", who: officers(), remit: remitPrint, do: s.haltPrint},
		{method: post, path: "/gl/prints/:id/resume", who: officers(), remit: remitPrint, do: s.resumePrint},
		{method: post, path: "/gl/prints/:id/settle", who: officers(), remit: remitPrint, do: s.settlePrint},
	}, finders: map[rule]finder{remitPrint: findPrint}}
}

func findPrint(ctx context.Context, tx *db.Tx, v *visit, id string) (where, error) {
	p, err := printroom.Get(ctx, tx, id)
	if errors.Is(err, printroom.ErrNotFound) {
		return where{}, errNoSubject
	}
	v.subject = p
	return where{division: p.Division}, err
}

// sendBatch sends a batch to one of the office's printers.
func (s *server) sendBatch(c *gin.Context, v *visit) {
	ctx, b := c.Request.Context(), v.subject.(exampapers.Batch)
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		at, err := printroom.GetPrinter(ctx, tx, c.PostForm("printer"))
		if err == nil && at.Office != v.session.Account.Office {
			err = printroom.ErrNotFound
		}
		if err != nil {
			return err
		}
		_, err = s.Flow.SendBatch(ctx, tx, printroom.Asked{Batch: b, Printer: at, Look: c.PostForm("look") != ""}, v.by())
		return err
	})
	s.afterPrint(c, v, b, err)
}

// haltPrint wants no more of a print.
func (s *server) haltPrint(c *gin.Context, v *visit) {
	s.onPrint(c, v, false, func(ctx context.Context, tx *db.Tx, p printroom.Print) error {
		return s.Flow.HaltPrint(ctx, tx, p.ID, v.by())
	})
}

// resumePrint goes on with one that was held.
func (s *server) resumePrint(c *gin.Context, v *visit) {
	s.onPrint(c, v, true, func(ctx context.Context, tx *db.Tx, p printroom.Print) error {
		return s.Flow.ResumePrint(ctx, tx, p.ID, v.by())
	})
}

// settlePrint takes a person's word about a part of which nobody knows.
func (s *server) settlePrint(c *gin.Context, v *visit) {
	n, err := strconv.Atoi(c.PostForm("part"))
	there := c.PostForm("there")
	if err != nil || there != "yes" && there != "no" {
		s.refuse(c, v, refusalBad)
		return
	}
	s.onPrint(c, v, true, func(ctx context.Context, tx *db.Tx, p printroom.Print) error {
		return s.Flow.SettlePrint(ctx, tx, p.ID, n, there == "yes", v.by())
	})
}

// onPrint does something to a print and shows its batch. At the tray only the office
// whose printer it is can look.
func (s *server) onPrint(c *gin.Context, v *visit, tray bool, do func(context.Context, *db.Tx, printroom.Print) error) {
	ctx, p := c.Request.Context(), v.subject.(printroom.Print)
	var b exampapers.Batch
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if b, err = exampapers.Get(ctx, tx, p.Batch); err != nil {
			return err
		}
		if own, err := ownPrinter(ctx, tx, v, p.Printer); err != nil || tray && !own {
			return errors.Join(err, printroom.ErrNotFound)
		}
		return do(ctx, tx, p)
	})
	s.afterPrint(c, v, b, err)
}

// ownPrinter reports whether a printer is the office's, or nobody's any more.
func ownPrinter(ctx context.Context, tx *db.Tx, v *visit, id string) (bool, error) {
	at, err := printroom.GetPrinter(ctx, tx, id)
	if errors.Is(err, printroom.ErrNotFound) {
		return true, nil
	}
	return at.Office == v.session.Account.Office, err
}

// afterPrint shows the batch, with what was refused.
func (s *server) afterPrint(c *gin.Context, v *visit, b exampapers.Batch, err error) {
	wrong := ""
	switch {
	case err == nil:
		c.Redirect(http.StatusSeeOther, "/gl/batches/"+b.ID)
		return
	case errors.Is(err, printroom.ErrNotFound):
		wrong = "print.error.printer"
	case errors.Is(err, printroom.ErrUnsure):
		wrong = "print.error.unsure"
	case errors.Is(err, printroom.ErrState):
		wrong = "print.error.state"
	case errors.Is(err, exampapers.ErrVoid):
		wrong = "exam.error.void"
	case errors.Is(err, exampapers.ErrState):
		wrong = "exam.error.gone"
	default:
		s.fault(c, v, err)
		return
	}
	v.subject = b
	s.showBatch(c, v, http.StatusConflict, wrong)
}

// examPrints fills in how a batch stands at printers, and whether it can be sent.
func (s *server) examPrints(ctx context.Context, tx *db.Tx, v *visit, sections []exampapers.Section, view *console.ExamBatch) error {
	prints, err := printroom.OfBatch(ctx, tx, view.ID)
	if err != nil {
		return err
	}
	mine, err := printroom.Printers(ctx, tx, v.session.Account.Office)
	if err != nil {
		return err
	}
	names, out := map[string]string{}, map[int]bool{}
	blocked := false
	for _, p := range prints {
		own, err := ownPrinter(ctx, tx, v, p.Printer)
		if err != nil {
			return err
		}
		x := s.examPrint(v, p, sections, own)
		if x.By, err = s.author(ctx, tx, v, staffAuthor(p.AskedBy), names); err != nil {
			return err
		}
		for _, part := range p.Parts {
			out[part.N] = out[part.N] || part.State == printroom.Printed
		}
		blocked = blocked || p.State.Open() || p.Count(printroom.Unsure) > 0
		view.Prints = append(view.Prints, x)
	}
	if !view.MayFetch || blocked {
		return nil
	}
	view.AllOut = len(sections) > 0 && !slices.ContainsFunc(sections, func(x exampapers.Section) bool { return !out[x.N] })
	view.Rest = len(out) > 0
	view.MayPrint = !view.AllOut
	for _, p := range mine {
		view.Printers = append(view.Printers, console.Option{Value: p.ID, Text: p.Name})
	}
	return nil
}

// examPrint says a print in words. Of another office's printer no name is told.
func (s *server) examPrint(v *visit, p printroom.Print, sections []exampapers.Section, own bool) console.ExamPrint {
	x := console.ExamPrint{Path: "/gl/prints/" + p.ID, Printer: p.Name, At: ms(p.AskedAt), State: printState(p.State), Open: p.State.Open(), Stopping: p.Stop && p.State.Open(),
		MayResume: own && p.State == printroom.Held && p.Count(printroom.Unsure) == 0}
	if !own {
		x.Printer = s.pages.Text(v.lang, "print.elsewhere")
	}
	if p.EndedAt > 0 {
		x.Ended = ms(p.EndedAt)
	}
	x.Out, x.Pages = p.Pages()
	if p.Why != "" {
		x.Why = "print.why." + p.Why
	}
	for _, part := range p.Parts {
		line := console.ExamPrintPart{N: part.N, Name: s.sectionName(v, sections, part.N), Pages: part.Pages, State: partState(part.State), Unsure: own && part.State == printroom.Unsure && p.State != printroom.Printing && p.State != printroom.Queued}
		if part.State == printroom.Sent || part.State == printroom.Sending {
			line.Out = min(part.Done, part.Pages)
		}
		x.Unsure = x.Unsure || line.Unsure
		x.Parts = append(x.Parts, line)
	}
	return x
}

// sectionName is a part as people call it: the paper and its rooms.
func (s *server) sectionName(v *visit, sections []exampapers.Section, n int) string {
	i := slices.IndexFunc(sections, func(x exampapers.Section) bool { return x.N == n })
	if i < 0 {
		return strconv.Itoa(n)
	}
	x := sections[i]
	name := s.pages.Text(v.lang, "exam.cover")
	if k, ok := exampapers.KindOf(x.Paper); ok {
		name = s.paperName(v, k)
	}
	if x.First > 0 {
		name += "　" + console.RoomRun(x.First, x.Last)
	}
	return name
}

func printState(state printroom.State) console.State {
	out := console.State{Class: "open", Icon: "clock", Key: "print.state." + string(state)}
	switch state {
	case printroom.Queued, printroom.Printing:
		out.Class = "wait"
	case printroom.Held:
		out.Class, out.Icon = "must", "hand"
	case printroom.Done:
		out.Class, out.Icon = "done", "check"
	case printroom.Ended:
		out.Icon = "cross"
	}
	return out
}

func partState(state printroom.PartState) console.State {
	out := console.State{Class: "open", Icon: "clock", Key: "print.part." + string(state)}
	switch state {
	case printroom.Sending, printroom.Sent:
		out.Class = "wait"
	case printroom.Printed:
		out.Class, out.Icon = "done", "check"
	case printroom.Unsure:
		out.Class, out.Icon = "must", "alert"
	case printroom.Dropped:
		out.Icon = "cross"
	}
	return out
}

// heldPrints are the batches that wait for a person at the printers of her office.
func heldPrints(ctx context.Context, tx *db.Tx, v *visit) (out []console.HeldPrint, err error) {
	held, err := printroom.HeldAt(ctx, tx, v.session.Account.Office)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	all, err := printroom.Printers(ctx, tx, v.session.Account.Office)
	for _, p := range held {
		x := console.HeldPrint{Path: "/gl/batches/" + p.Batch, Why: "print.why." + p.Why}
		for _, at := range all {
			if at.ID == p.Printer {
				x.Printer = at.Name
			}
		}
		out = append(out, x)
	}
	return out, err
}
