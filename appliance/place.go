package appliance

import (
	"strings"

	"zhunkao/appliance/visit"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// othersShown is how many other points she is told of: what a screen holds.
const othersShown = 3

// cityDigits is how much of a division's code names its city (GB/T 2260).
const cityDigits = 4

func spotOf(p protocol.Place) visit.Spot {
	return visit.Spot{Name: p.Name, Address: p.Address, Hours: p.Hours, Phone: p.Phone}
}

// whereElse says where the point lies that she chose.
func (l *loop) whereElse(out *visit.Looked, code string) {
	p, there, err := l.store.Place(code)
	switch {
	case err != nil:
		l.log.Error("places", "err", err)
	case there:
		out.Place = spotOf(p)
	}
}

// suits judges whether the point of the box serves such candidates (demand A33),
// and if not, which of the same city do. A box that was never told lets her pass:
// the hub judges it when the record arrives.
func (l *loop) suits(out *visit.Judged, app form.Application, found campaign.Assessment, now window.Interval) {
	here, there, err := l.store.Place(l.point.Code)
	if err != nil {
		l.log.Error("places", "err", err)
	}
	if err != nil || !there {
		return
	}
	if out.Unsuited = unsuited(l.checking, app, here, now); out.Unsuited == "" {
		return
	}
	all, err := l.store.KnownPoints()
	if err != nil {
		l.log.Error("places", "err", err)
		return
	}
	for _, p := range all {
		if p.Code == here.Code || p.Closed || len(here.Division) < cityDigits || !strings.HasPrefix(p.Division, here.Division[:cityDigits]) ||
			unsuited(l.checking, app, p, now) != "" {
			continue
		}
		if out.Others = append(out.Others, spotOf(p)); len(out.Others) == othersShown {
			return
		}
	}
}

// unsuited is why a point does not serve a candidate, "" if it does.
func unsuited(k *campaign.Checker, app form.Application, p protocol.Place, now window.Interval) string {
	at := campaign.Place{Code: p.Code, Division: p.Division, Levels: p.Takes.Levels, Medical: p.Takes.Medical, Minors: p.Takes.Minors, Known: true}
	for _, f := range k.Check(app, at, latestDay(now)).Findings {
		switch f.Code {
		case form.PointMinors, form.PointMedical, form.PointLevel:
			return f.Code
		}
	}
	return ""
}
