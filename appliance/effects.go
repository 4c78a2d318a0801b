package appliance

import (
	"log/slog"
	"runtime/debug"
	"time"

	"zhunkao/appliance/health"
	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// do carries one effect out and gives its answer, if that is there at once.
func (l *loop) do(f visit.Effect) visit.Event {
	switch f := f.(type) {
	case visit.Lookup:
		return l.lookup(f)
	case visit.Judge:
		return l.judge(f)
	case visit.Seal:
		return l.beginSeal(f)
	case visit.Verify:
		return l.beginVerify(f)
	case visit.CameraOn:
		l.cameraOn(f)
	case visit.CameraOff:
		l.cameraOff()
	case visit.TakePhoto:
		return l.takePhoto(f)
	case visit.PrintSheet:
		return l.printSheet(f)
	case visit.CancelPrint:
		l.cancelPrint(f)
	case visit.SheetWord:
		l.sheetWord(f)
	case visit.Speak:
		l.speak(f)
	case visit.Hush:
		l.hush()
	case visit.OwnCard:
		l.tookCard(f)
	case visit.Wipe:
		l.wipe(f)
	case visit.DrawToken:
		return l.drawn(f)
	case visit.Help:
		state := health.Ready
		if f.Called {
			state = health.Fault
		}
		l.board.Set(health.DeviceHelp, state, "")
		l.helpLamp(f.Called)
		if l.help = (time.Time{}); f.Called {
			l.help = l.clock.Now()
		}
		l.log.Info("help", "called", f.Called)
		l.link.Beat()
	case visit.Log:
		l.log.Info("screen", slog.Uint64("visit", f.Visit), slog.String("what", f.What), slog.String("detail", f.Detail))
	}
	return nil
}

// lookup asks the roster.
func (l *loop) lookup(f visit.Lookup) visit.Event {
	out := visit.Looked{Visit: f.Visit, Finding: visit.LookFault}
	found, err := l.find(f.Number, f.Chip)
	l.stranger = l.unknown(found, err)
	switch {
	case err != nil:
		l.log.Error("look-up", "err", err)
	case l.campaign == nil:
		// Blocked boxes do not look up; this is the moment between.
	case l.ticketed(&out, found):
	case found.Confirmed != nil && !l.anew(f, found):
		out.Finding, out.At, out.Here, out.Delivered = visit.FoundConfirmed, found.Confirmed.At.Time(), found.Here, found.Delivered
		if found.Confirmed.Point == l.point.Code {
			out.Point = l.point.Name
		}
		l.mayReprint(&out, found.Held)
		l.mayVerify(&out, f, found)
	case found.Application != nil:
		l.looked, l.checking = l.campaign, l.checker
		out.Finding, out.Application, out.Campaign = visit.FoundHere, *found.Application, *l.campaign
	case found.Elsewhere != nil:
		out.Finding, out.Point = visit.FoundElsewhere, found.Elsewhere.PointName
		l.whereElse(&out, found.Elsewhere.Point)
	default:
		out.Finding = visit.FoundNone
	}
	return out
}

// judge asks for the window, the card's dates and the form.
func (l *loop) judge(f visit.Judge) visit.Event {
	if l.looked == nil {
		return visit.Judged{Visit: f.Visit, Fault: true}
	}
	now := l.clock.Interval()
	out := visit.Judged{
		Visit:   f.Visit,
		Verdict: l.looked.JudgeQueued(window.Confirm, f.Application, l.point.Division, now, queued(f.Token, now)),
		Card:    form.Expired(f.Chip, now.Earliest, now.Latest),

		Unprintable: unprintable(l.fonts, *l.looked, f.Application, f.Chip),
	}
	found := check(l.checking, f.Application, l.point, now)
	for _, m := range found.Findings {
		if m.Code == form.Missing {
			out.Missing = append(out.Missing, m.Field)
		}
	}
	l.suits(&out, f.Application, found, now)
	// The earliest day: who may be a child is asked for a guardian.
	out.Child = l.entered != nil && campaign.NeedsGuardian(f.Application.Get(form.BirthDate), form.DayOf(now.Earliest.In(window.Zone())))
	return out
}

// check is the one live check of what she filled in. Whom the point serves is
// judged apart: see suits.
func check(k *campaign.Checker, app form.Application, at protocol.PointInfo, now window.Interval) campaign.Assessment {
	return k.Check(app, campaign.Place{Code: at.Code, Division: at.Division}, latestDay(now))
}

// latestDay is the latest day that is possible now: nobody is refused for a
// slow clock.
func latestDay(now window.Interval) time.Time {
	if now.Bounded {
		return now.Latest
	}
	return now.Earliest.AddDate(1, 0, 0)
}

// wipe ends the visit: nothing reachable holds what it knew.
func (l *loop) wipe(visit.Wipe) {
	for _, b := range l.private {
		clear(b)
	}
	l.private, l.looked, l.checking, l.stranger = nil, nil, nil, nil
	l.enter(nil)
	if l.browser != nil {
		l.browser.Fresh()
	}
	// Strings cannot be cleared; giving the memory back makes them unlikely to
	// be found, and keeps the box small.
	debug.FreeOSMemory()
}

// timeOf turns a monotonic moment of the visit into the box's best estimate of
// civil time.
func (l *loop) timeOf(at time.Duration) protocol.Time {
	return protocol.TimeOf(l.clock.Now().Add(at - l.mono()))
}
