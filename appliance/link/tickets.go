package link

import (
	"errors"
	"time"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
)

const (
	// A picture that was asked for and did not come is asked for again after
	// firstAsk, then after pauses that double up to lastAsk.
	firstAsk = 20 * time.Second
	lastAsk  = 5 * time.Minute
)

// pictureAsk is how far the asking for pictures has come.
type pictureAsk struct {
	from  protocol.Hash // the last that was asked for in vain: the next ask is for those behind it
	last  protocol.Hash // the last of the ask under way
	again time.Time     // not before
	pause time.Duration
}

// tickets takes one page of the point's admission tickets.
func (s *session) tickets(raw []byte) error {
	var m protocol.AdmissionTickets
	if err := protocol.OpenAddressed(protocol.KindTickets, raw, s.id.HubKeys, s.id.Address(), &m); err != nil {
		return err
	}
	c, err := s.opt.Store.Campaign()
	if err != nil || c.ID != m.Campaign {
		return errors.Join(errStale, err) // the campaign comes first
	}
	var page protocol.AdmissionPage
	if err := protocol.OpenAtBox(m.Sealed, protocol.KindTickets, s.id.Address(), s.opening, &page); err != nil {
		return err
	}
	whole, err := s.opt.Store.ApplyTickets(m, page, protocol.TimeOf(s.opt.Clock.Now()))
	switch {
	case errors.Is(err, store.ErrMark):
		s.Beat() // says where the marks stand
		return nil
	case err != nil:
		return err
	}
	s.opt.Events(TicketsTaken{Edition: m.Edition, Page: m.Page, Pages: m.Pages, Whole: whole})
	s.beatNow()
	if whole {
		s.pictures = pictureAsk{}
		if err := s.opt.Store.SweepTickets(); err != nil {
			return err
		}
	}
	return s.askPictures()
}

// askPictures asks for some of the pictures that tickets name and that are not here.
func (s *session) askPictures() error {
	a := &s.pictures
	if !s.welcomed || time.Now().Before(a.again) {
		return nil
	}
	if a.last != (protocol.Hash{}) { // no answer came: the others first
		a.from, a.last = a.last, protocol.Hash{}
	}
	lists, err := s.opt.Store.Tickets()
	if err != nil || lists.Held.Mark == 0 {
		return err
	}
	all, err := s.opt.Store.Lacking(protocol.MaxLacking, a.from)
	if err == nil && len(all) == 0 && a.from != (protocol.Hash{}) {
		a.from = protocol.Hash{}
		all, err = s.opt.Store.Lacking(protocol.MaxLacking, a.from)
	}
	if err != nil || len(all) == 0 {
		return err
	}
	a.last = all[len(all)-1].Picture
	a.pause = min(max(2*a.pause, firstAsk), lastAsk)
	a.again = time.Now().Add(a.pause)
	return s.say(protocol.KindLacking, protocol.Lacking{Address: s.id.Address(), Mark: lists.Held.Mark, Pictures: all})
}

// tookPictures takes what the hub brings of them.
func (s *session) tookPictures(raw []byte) error {
	var m protocol.Pictures
	if err := protocol.OpenAddressed(protocol.KindPictures, raw, s.id.HubKeys, s.id.Address(), &m); err != nil {
		return err
	}
	var page protocol.PicturePage
	if err := protocol.OpenAtBox(m.Sealed, protocol.KindPictures, s.id.Address(), s.opening, &page); err != nil {
		return err
	}
	if len(page.Pictures) == 0 {
		return nil // the pause before the next ask grows
	}
	_, err := s.opt.Store.SavePictures(page.Pictures)
	for _, p := range page.Pictures {
		clear(p.JPEG)
	}
	if err != nil {
		return err // no room: as if nothing had come
	}
	// What did not fit is asked for next: from stays where it is.
	s.pictures.last, s.pictures.again, s.pictures.pause = protocol.Hash{}, time.Time{}, 0
	left, err := s.opt.Store.Lacking(1, protocol.Hash{})
	if err != nil {
		return err
	}
	if len(left) == 0 {
		s.opt.Events(PicturesTaken{})
		return nil
	}
	return s.askPictures()
}
