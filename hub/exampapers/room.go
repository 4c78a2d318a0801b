package exampapers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"zhunkao/hub/arrangement"
	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/paper"
	"zhunkao/hub/seating"
	"zhunkao/hub/site"
	"zhunkao/hub/ticket"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/sheet"
)

// Desk assembles the values of papers. It is safe for any number of goroutines.
type Desk struct {
	Tickets *ticket.Desk
	Demo    bool // a demonstration: every paper is a specimen
}

// Print says of which print the papers are.
type Print struct {
	Copy  int // 1 for the first
	At    time.Time
	Marks []sheet.Mark
	Whole bool // papers of the whole site are among them: its other rooms are read too
}

// Of is a site's papers: what its rooms are printed from.
type Of struct {
	paper.SiteHead
	Version seating.Version
	Site    site.Site
	Rooms   []paper.ExamRoom // that are printed
	Whole   []paper.ExamRoom // that the papers of the whole site count; without pictures where they are not printed
}

// Expected is how many sit at the site.
func (o Of) Expected() (n int) {
	for _, r := range o.Rooms {
		n += len(r.Sitters)
	}
	return n
}

// Site reads the rooms of a site from first to last, all of them if last is 0, of a
// published version. ErrNotFound when no room is there. What is personal has been opened:
// who calls it journals what it is for.
func (d *Desk) Site(ctx context.Context, tx *db.Tx, v seating.Version, area, id string, first, last int, how Print) (out Of, err error) {
	out.Version = v
	c, err := current(ctx, tx, v.Campaign)
	if err != nil {
		return out, err
	}
	if out.Site, err = site.Get(ctx, tx, id); err != nil {
		return out, err
	}
	if out.SiteHead, err = d.head(ctx, tx, c, v, area, out.Site, how); err != nil {
		return out, err
	}
	grid, ok := arrangement.GridOf(c.Arrangement.Grid)
	if !ok {
		return out, fmt.Errorf("exampapers: the campaign has no grid")
	}
	rooms, err := seating.Rooms(ctx, tx, v.ID, area)
	if err != nil {
		return out, err
	}
	for _, r := range rooms {
		printed := last == 0 || first <= r.Number && r.Number <= last
		if r.Site != id || !printed && !how.Whole {
			continue
		}
		seated, err := d.Tickets.Room(ctx, tx, v, r)
		if err != nil {
			return out, err
		}
		one := examRoom(c, out.SiteHead, r, seated, grid)
		if printed {
			out.Rooms = append(out.Rooms, one)
		} else {
			for i := range one.Sitters {
				one.Sitters[i].Photo = nil
			}
		}
		out.Whole = append(out.Whole, one)
	}
	if len(out.Rooms) == 0 {
		return out, ErrNotFound
	}
	return out, nil
}

func current(ctx context.Context, tx *db.Tx, id string) (c rules.Campaign, err error) {
	v, err := campaign.Latest(ctx, tx, id)
	if err != nil {
		return c, err
	}
	return v.Decode()
}

// head is what all papers of a site have in common.
func (d *Desk) head(ctx context.Context, tx *db.Tx, c rules.Campaign, v seating.Version, area string, s site.Site, how Print) (h paper.SiteHead, err error) {
	h = paper.SiteHead{Campaign: c.Zh, Area: area, Site: s.Name, Address: s.Address, Version: VersionName(v), Copy: how.Copy, Printed: how.At, Marks: slices.Clone(how.Marks)}
	if d.Demo && !slices.Contains(h.Marks, sheet.Specimen) {
		h.Marks = append([]sheet.Mark{sheet.Specimen}, h.Marks...)
	}
	if how.Copy > 1 {
		h.Marks = append(h.Marks, sheet.Reprint)
	}
	areas, err := site.Areas(ctx, tx, c.ID)
	if err != nil {
		return h, err
	}
	division := s.Division
	for _, a := range areas {
		if a.Code == area {
			h.AreaName, division = a.Name, a.Division
		}
	}
	if office, err := org.GetOffice(ctx, tx, division); err == nil && office.Name != "" {
		h.Office = office.Name
	} else if h.Office, err = org.DivisionName(ctx, tx, division); err != nil {
		return h, err
	}
	return h, nil
}

// VersionName is a version of the arrangement as papers print it.
func VersionName(v seating.Version) string { return "编排第" + strconv.Itoa(v.Number) + "版" }

// examRoom puts a room together: who sits where, and what is written in each sitting. A
// sitting that nobody of the room has is none of it (domain §1.2: the last half day is for
// 高起本 alone); languages, and the subjects of a mixed room, are counted apart.
func examRoom(c rules.Campaign, h paper.SiteHead, r seating.Room, seated []ticket.Filled, grid *arrangement.Grid) paper.ExamRoom {
	out := paper.ExamRoom{Campaign: h.Campaign, Office: h.Office, Area: h.Area, AreaName: h.AreaName, Site: h.Site, Address: h.Address, Room: ticket.RoomNumber(r.Number),
		Grid: grid, Version: h.Version, Printed: h.Printed, Copy: h.Copy, Marks: h.Marks}
	groups := map[[2]string]bool{}
	for _, f := range seated {
		groups[[2]string{f.At.Level, f.At.Category}] = true
		s := paper.Sitter{Seat: f.At.Seat, Number: f.Number, Name: f.Name, Sex: f.Sex, Last4: last4(f.Masked), Level: f.Level, Code: f.At.Category, Category: f.Category, Photo: f.Photo, NoPhoto: f.Reason}
		for _, x := range ticket.Sittings(c, f.At.Level, f.At.Category, f.Tongue) {
			if x.Language != "" {
				s.Language, s.Foreign = x.Language, x.Language != usual
			}
			add(&out, x, s.Seat)
		}
		out.Sitters = append(out.Sitters, s)
	}
	out.Mixed = len(groups) > 1
	slices.SortFunc(out.Sittings, func(a, b paper.RoomSitting) int { return a.Number - b.Number })
	return out
}

// usual is the language of most: papers mark the others.
const usual = "英语"

// add counts a paper that somebody writes.
func add(r *paper.ExamRoom, x ticket.Sitting, seat int) {
	i := slices.IndexFunc(r.Sittings, func(s paper.RoomSitting) bool { return s.Number == x.Number })
	if i < 0 {
		i = len(r.Sittings)
		r.Sittings = append(r.Sittings, paper.RoomSitting{Number: x.Number, From: x.From, To: x.To})
	}
	s := &r.Sittings[i]
	if x.To.After(s.To) {
		s.To = x.To
	}
	j := slices.IndexFunc(s.Subjects, func(p paper.SubjectCount) bool { return p.Subject == x.Subject && p.Language == x.Language })
	if j < 0 {
		j = len(s.Subjects)
		s.Subjects = append(s.Subjects, paper.SubjectCount{Subject: x.Subject, Language: x.Language})
	}
	s.Subjects[j].Seats = append(s.Subjects[j].Seats, seat)
}

// last4 are the last four signs of a masked number: all that a room's papers show of it.
func last4(masked string) string {
	runes := []rune(masked)
	return string(runes[max(0, len(runes)-4):])
}
