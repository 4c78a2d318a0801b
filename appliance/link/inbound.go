package link

import (
	"errors"
	"slices"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"zhunkao/appliance/store"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/window"
)

// errStale says that an answer fits no question of this session.
var errStale = errors.New("link: answers no question of ours")

// take deals with one message. Only a fault of the store is returned; whatever
// is wrong with the message is told and has no effect.
func (s *session) take(m mqtt.Message) error {
	box, kind, err := protocol.ParseDownTopic(m.Topic())
	if err == nil && box != s.id.Box() {
		err = protocol.ErrWrongBox
	}
	if err == nil {
		switch kind {
		case protocol.KindWelcome:
			err = s.welcome(m.Payload())
		case protocol.KindClock:
			err = s.clock(m.Payload())
		case protocol.KindReceipts:
			err = s.receipts(m.Payload())
		case protocol.KindWant:
			err = s.want(m.Payload())
		case protocol.KindRoster:
			err = s.roster(m.Payload())
		case protocol.KindCampaign:
			err = s.campaign(m.Payload())
		case protocol.KindStaff:
			err = s.staff(m.Payload())
		case protocol.KindDeskCert:
			err = s.deskCertificate(m.Payload())
		case protocol.KindTickets:
			err = s.tickets(m.Payload())
		case protocol.KindPictures:
			err = s.tookPictures(m.Payload())
		default:
			err = protocol.ErrUnknownVersion
		}
	}
	if err == nil || errors.Is(err, store.ErrBroken) {
		return err
	}
	s.opt.Events(Refused{kind, err})
	return nil
}

// told takes the hub's time and what it says of this box, from Welcome or Clock.
func (s *session) told(nonce []byte, now protocol.Time, state protocol.BoxState) error {
	switch {
	case s.opt.Clock.Answered(nonce, now):
		s.missed = 0
		s.opt.Events(Synced{s.saidWith(nonce)})
	case state != protocol.BoxRevoked:
		return errStale
	default:
		// The hub's last word answers nothing and tells no time. Nobody gains by
		// repeating it: it names this epoch, and no epoch is ever let in again.
	}
	old, err := s.opt.Store.State()
	if err != nil || old == state {
		return err
	}
	if err := s.opt.Store.SaveState(state); err != nil {
		return err
	}
	s.opt.Events(StateChanged{state})
	return nil
}

func (s *session) clock(raw []byte) error {
	var c protocol.Clock
	if err := protocol.OpenAddressed(protocol.KindClock, raw, s.id.HubKeys, s.id.Address(), &c); err != nil {
		return err
	}
	if err := s.told(c.Nonce, c.HubTime, c.State); err != nil {
		return err
	}
	return s.backup(c.BackupMark)
}

func (s *session) welcome(raw []byte) error {
	var w protocol.Welcome
	if err := protocol.OpenAddressed(protocol.KindWelcome, raw, s.id.HubKeys, s.id.Address(), &w); err != nil {
		return err
	}
	if err := s.told(w.Nonce, w.HubTime, w.State); err != nil {
		return err
	}
	if err := s.compare(w); err != nil {
		return err
	}
	if !s.welcomed {
		s.welcomed = true
		if err := s.holdBack(); err != nil {
			return err
		}
		s.opt.Events(Linked{w.Roster})
	}
	if err := errors.Join(s.askDesk(), s.askPictures()); err != nil {
		return err
	}
	if err := s.differ(w); err != nil {
		return err
	}
	return s.fill()
}

// compare finds out whether the hub knows records that this box does not.
func (s *session) compare(w protocol.Welcome) error {
	head, _, err := s.opt.Store.Head()
	if err != nil {
		return err
	}
	highest := w.Receipted
	for _, seq := range w.Beyond {
		highest = max(highest, seq)
	}
	if highest > head {
		s.opt.Events(Behind{Hub: highest, Head: head})
		return nil
	}
	unsure, err := s.opt.Store.Unsure()
	if err != nil {
		return err
	}
	if unsure {
		if err := s.opt.Store.Sure(); err != nil {
			return err
		}
	}
	s.opt.Events(Certain{})
	return nil
}

// differ queues what the hub lacks although it once had it: it was restored
// from a backup. What waits for a receipt is queued by fill; of that, what the
// hub says it holds is only announced.
func (s *session) differ(w protocol.Welcome) error {
	s.drain.held = func(seq uint64) bool { return seq <= w.Receipted || slices.Contains(w.Beyond, seq) }
	missing, err := s.opt.Store.LeftBeyond(w.Receipted, maxQueue)
	if err != nil {
		return err
	}
	for _, seq := range missing {
		if !s.drain.held(seq) {
			s.drain.ask(job{seq: seq})
		}
	}
	return nil
}

// receipts takes the hub's receipts, those that came meanwhile along with them:
// one transaction of the store settles them all. What they make room for goes to
// the sender first, so that the line is not idle while the disk is written.
func (s *session) receipts(raw []byte) error {
	r, err := s.openReceipts(raw)
	if err != nil {
		return err
	}
	for more := range s.alike(protocol.KindReceipts) {
		next, err := s.openReceipts(more)
		if errors.Is(err, store.ErrBroken) {
			return err
		}
		if err != nil {
			s.opt.Events(Refused{protocol.KindReceipts, err})
			continue
		}
		r.Entries, r.BackupMark = append(r.Entries, next.Entries...), max(r.BackupMark, next.BackupMark)
	}
	now := time.Now()
	for _, e := range r.Entries {
		s.drain.receipted(e, now)
	}
	if err := s.fill(); err != nil {
		return err
	}
	s.hand()
	settled, err := s.opt.Store.Settle(r.Entries)
	if err != nil {
		return err
	}
	foreign := false
	for _, e := range settled {
		if e.Foreign {
			foreign = true
			continue
		}
		s.drain.settled(e.Receipt.Sequence)
		if e.Ended {
			s.opt.Events(Settled{e.Receipt})
		}
	}
	if foreign {
		s.opt.Events(Refused{protocol.KindReceipts, protocol.ErrHash})
	}
	if err := s.backup(r.BackupMark); err != nil {
		return err
	}
	return s.fill()
}

// pruneAgain is how often a mark that is known already is gone by once more: what
// it passed today may be let go of tomorrow.
const pruneAgain = time.Hour

// backup takes the hub's backup mark, when the box knows which day it is: what was
// sealed today stays.
func (s *session) backup(mark uint64) error {
	if mark == 0 || !s.opt.Clock.Certain() || mark <= s.pruned && time.Since(s.prunedAt) < pruneAgain {
		return nil
	}
	n, err := s.opt.Store.TakeBackup(mark, s.opt.Clock.Now(), window.Zone())
	if err != nil {
		return err
	}
	if mark > s.pruned {
		s.Beat() // which says how far it has come
	}
	if s.pruned, s.prunedAt = max(s.pruned, mark), time.Now(); n > 0 {
		s.opt.Events(LetGo{Mark: s.pruned, Records: n})
	}
	return nil
}

// openReceipts opens one message of receipts and looks at its checkpoint.
func (s *session) openReceipts(raw []byte) (r protocol.Receipts, err error) {
	if err := protocol.OpenAddressed(protocol.KindReceipts, raw, s.id.HubKeys, s.id.Address(), &r); err != nil {
		return r, err
	}
	back, err := s.opt.Store.SeeCheckpoint(r.Checkpoint)
	if back != nil {
		s.opt.Events(JournalBack{back.Seen, back.Now})
	}
	return r, err
}

func (s *session) want(raw []byte) error {
	var w protocol.Want
	if err := protocol.OpenAddressed(protocol.KindWant, raw, s.id.HubKeys, s.id.Address(), &w); err != nil {
		return err
	}
	for _, seq := range w.Records {
		s.drain.ask(job{seq: seq})
	}
	byRecord := map[protocol.ID][]protocol.WantPart{}
	for _, p := range w.Parts {
		byRecord[p.Record] = append(byRecord[p.Record], p)
	}
	for id, parts := range byRecord {
		seq, known := s.drain.ids[id]
		if !known {
			var err error
			if seq, err = s.opt.Store.SequenceOf(id); errors.Is(err, store.ErrNotFound) {
				continue
			} else if err != nil {
				return err
			}
		}
		s.drain.ask(job{seq: seq, parts: parts})
	}
	return nil
}

func (s *session) roster(raw []byte) error {
	var r protocol.Roster
	if err := protocol.OpenAddressed(protocol.KindRoster, raw, s.id.HubKeys, s.id.Address(), &r); err != nil {
		return err
	}
	c, err := s.opt.Store.Campaign()
	if err != nil || c.ID != r.Campaign {
		// The campaign comes first; the hub repeats the roster until the mark moves.
		return errors.Join(errStale, err)
	}
	var page protocol.RosterPage
	if err := protocol.OpenAtBox(r.Sealed, protocol.KindRoster, s.id.Address(), s.opening, &page); err != nil {
		return err
	}
	switch err := s.opt.Store.ApplyRoster(r.From, r.To, page, protocol.TimeOf(s.opt.Clock.Now())); {
	case errors.Is(err, store.ErrMark):
		poke(s.Link.beat) // says where the mark stands
		return nil
	case err != nil:
		return err
	}
	s.opt.Events(RosterTaken{r.To})
	s.beatNow()
	return nil
}

// beatNow reports an applied change without the pause of an asked-for beat, so
// that page follows page; but not more often than pages come.
func (s *session) beatNow() {
	if err := s.heartbeat(); err != nil {
		s.opt.Log.Warn("heartbeat", "err", err)
	}
}

func (s *session) campaign(raw []byte) error {
	var m protocol.CampaignMessage
	if err := protocol.OpenAddressed(protocol.KindCampaign, raw, s.id.HubKeys, s.id.Address(), &m); err != nil {
		return err
	}
	old, err := s.opt.Store.Campaign()
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && old.ID == m.Campaign && old.Version >= m.Version {
		poke(s.Link.beat)
		return nil
	}
	bundle, whole, err := s.pieces.Add(m)
	if err != nil || !whole {
		return err
	}
	// A campaign that cannot be read is refused here, and the one in force stays.
	if _, err := campaign.Decode(bundle); err != nil {
		return err
	}
	var key protocol.RosterKey
	if err := protocol.OpenAtBox(m.RosterKey, protocol.KindCampaign, s.id.Address(), s.opening, &key); err != nil {
		return err
	}
	defer clear(key.Key)
	err = s.opt.Store.SaveCampaign(store.Campaign{ID: m.Campaign, Version: m.Version, Bundle: bundle, Point: m.Point, At: protocol.TimeOf(s.opt.Clock.Now())}, key)
	if err != nil {
		return err
	}
	s.opt.Events(CampaignTaken{m.Campaign, m.Version})
	s.beatNow()
	return nil
}
