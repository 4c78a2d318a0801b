package web

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/campaign"
	"zhunkao/hub/db"
	"zhunkao/hub/org"
	"zhunkao/hub/web/console"
	"zhunkao/hub/web/door"
	rules "zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// show draws a page in its frame. What it reads, it reads on one snapshot.
func (s *server) show(c *gin.Context, v *visit, status int, page, menu string, body any) {
	f, err := s.frame(c.Request.Context(), c, v, menu)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	s.draw(c, v, status, page, f, body)
}

func (s *server) draw(c *gin.Context, v *visit, status int, page string, f console.Frame, body any) {
	html, err := s.pages.Render(page, f, body)
	if err != nil {
		s.fault(c, v, err)
		return
	}
	send(c, status, html, body)
}

// send answers with a page that is drawn.
func send(c *gin.Context, status int, html []byte, body any) {
	if r, ok := body.(interface{ Pictured() bool }); ok && r.Pictured() {
		c.Header("Content-Security-Policy", door.ContentPolicy(true))
	}
	c.Data(status, "text/html; charset=utf-8", html)
}

// frame fills in what stands around a page for this person.
func (s *server) frame(ctx context.Context, c *gin.Context, v *visit, menu string) (console.Frame, error) {
	return s.framed(ctx, c, v, menu, func(*db.Tx, rules.Campaign) error { return nil })
}

// framed is frame of a page that reads more on the same snapshot; before the
// first campaign it is not asked.
func (s *server) framed(ctx context.Context, c *gin.Context, v *visit, menu string, page func(*db.Tx, rules.Campaign) error) (console.Frame, error) {
	return s.framedBy(ctx, c, v, menu, s.DB.Read, page)
}

// asked is framed for a page that has one question of its own, most often the
// only one, since what stands around it is kept: a snapshot held for longer than
// that question would cost PostgreSQL a transaction's beginning and end, and change
// nothing that is shown.
func (s *server) asked(ctx context.Context, c *gin.Context, v *visit, menu string, page func(*db.Tx, rules.Campaign) error) (console.Frame, error) {
	return s.framedBy(ctx, c, v, menu, s.DB.Ask, page)
}

func (s *server) framedBy(ctx context.Context, c *gin.Context, v *visit, menu string, read reading, page func(*db.Tx, rules.Campaign) error) (console.Frame, error) {
	f := s.bareFrame(c, v, menu)
	v.glance = s.glance()
	err := v.read(ctx, read, func(tx *db.Tx) error {
		versions, err := s.versions(ctx, tx, v)
		if err != nil {
			return err
		}
		camp, err := s.campaigns.of(ctx, tx, s.Campaign, versions)
		if err == nil {
			err = page(tx, camp)
		} else if errors.Is(err, campaign.ErrNotFound) {
			err = nil
		}
		if err != nil {
			return err
		}
		return s.frameIn(ctx, tx, v, camp, &f)
	})
	return f, err
}

// bareFrame is what a frame says without asking the database.
func (s *server) bareFrame(c *gin.Context, v *visit, menu string) console.Frame {
	f := console.Frame{Lang: v.lang, Menu: menu, Now: s.Flow.Now(), Token: v.csrf, Home: "/gl", Self: "/gl", Notice: v.notice, Head: s.Journal.Head().Number}
	if s.DB.Demo() {
		f.Demo = &console.Demo{Clock: s.MoveClock != nil}
	}
	if c.Request.Method == http.MethodGet {
		if self := local(c.Request.URL.RequestURI()); self != "" {
			f.Self = self
		}
	}
	return f
}

// frameIn adds to a frame what the database says, on the page's own snapshot;
// camp is zero before the first campaign.
func (s *server) frameIn(ctx context.Context, tx *db.Tx, v *visit, camp rules.Campaign, f *console.Frame) error {
	f.Campaign, f.Version, f.Office = camp.Short, camp.Version, camp.Office
	if f.Lang == console.En && camp.En != "" {
		f.Campaign = camp.En
	}
	if v.session == nil {
		return nil
	}
	return s.frameOf(ctx, tx, v, camp.ID, f)
}

// frameOf adds who she is and what waits for her.
func (s *server) frameOf(ctx context.Context, tx *db.Tx, v *visit, campaign string, f *console.Frame) error {
	a := v.session.Account
	p := console.Person{Name: a.Display, Role: "role." + string(a.Role)}
	var err error
	if p.Office, err = officeName(ctx, tx, v.glance, a.Office); err != nil {
		return err
	}
	if p.Remit, err = remitName(ctx, tx, v.glance, a.Division); err != nil {
		return err
	}
	f.May, f.Home = s.may(a.Role), s.home(a.Role)
	f.Person = &p
	if a.Unready() { // nothing else is hers yet, and nothing is counted for her
		f.May, f.Home = nil, firstPath
		return nil
	}
	f.Entries, err = s.menuFor(ctx, tx, v, campaign)
	return err
}

// officeName is "" of an office that there is not.
func officeName(ctx context.Context, tx *db.Tx, g glance, id string) (string, error) {
	return keep(g, keptKey{"office", id}, tx, func(tx *db.Tx) (string, error) {
		o, err := org.GetOffice(ctx, tx, id)
		if errors.Is(err, org.ErrNotFound) {
			return "", nil
		}
		return o.Name, err
	})
}

func remitName(ctx context.Context, tx *db.Tx, g glance, division string) (string, error) {
	return keep(g, keptKey{"division", division}, tx, func(tx *db.Tx) (string, error) {
		return org.DivisionName(ctx, tx, division)
	})
}

// versions are those of all campaigns. Nobody changes the slice.
func (s *server) versions(ctx context.Context, tx *db.Tx, v *visit) ([]campaign.Version, error) {
	return keep(v.glance, keptKey{"versions", nil}, tx, func(tx *db.Tx) ([]campaign.Version, error) {
		return campaign.List(ctx, tx)
	})
}

// campaigns keeps the campaign last decoded: a bundle is large, and the same
// for every page until a new version is published.
type campaigns struct {
	mu   sync.Mutex // guards last
	last rules.Campaign

	formers   formers
	divisions divisions
}

// current gives the newest version of a campaign; id "" is the first published.
// campaign.ErrNotFound before any is.
func (k *campaigns) current(ctx context.Context, tx *db.Tx, id string) (rules.Campaign, error) {
	all, err := campaign.List(ctx, tx)
	if err != nil {
		return rules.Campaign{}, err
	}
	return k.of(ctx, tx, id, all)
}

// of is current of versions that have been read.
func (k *campaigns) of(ctx context.Context, tx *db.Tx, id string, all []campaign.Version) (rules.Campaign, error) {
	for _, c := range all {
		if id == "" || c.Campaign == id {
			return k.version(ctx, tx, c.Campaign, c.Version)
		}
	}
	return rules.Campaign{}, campaign.ErrNotFound
}

// version gives one version of a campaign.
func (k *campaigns) version(ctx context.Context, tx *db.Tx, id string, version uint32) (rules.Campaign, error) {
	k.mu.Lock()
	last := k.last
	k.mu.Unlock()
	if last.ID == id && last.Version == version {
		return last, nil
	}
	v, err := campaign.Get(ctx, tx, id, version)
	if err != nil {
		return rules.Campaign{}, err
	}
	c, err := v.Decode()
	if err != nil {
		return rules.Campaign{}, err
	}
	k.mu.Lock()
	if c.Version >= k.last.Version || c.ID != k.last.ID {
		k.last = c
	}
	k.mu.Unlock()
	return c, nil
}

// day gives the first instant of a civil day at UTC+8.
func day(t time.Time) time.Time {
	y, m, d := t.In(window.Zone()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, window.Zone())
}

func ms(t int64) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(t)
}
