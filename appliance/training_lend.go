package appliance

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"
	"time"

	"zhunkao/appliance/desk"
	"zhunkao/appliance/drill"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
	"zhunkao/protocol/campaign"
	"zhunkao/protocol/campaign/synthetic"
	"zhunkao/protocol/form"
	"zhunkao/protocol/window"
)

// layOut makes the store of a training beside the real one. pending is what was
// done in one before and is not sealed yet: it is, after this one.
func (l *loop) layOut(pending []drill.Done) (_ *practice, err error) {
	dir := trainingDir(l.cfg.Data)
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	if err := store.Create(dir, store.Options{Demo: l.store.Demo(), Log: l.log}); err != nil {
		return nil, err
	}
	keys, err := keystore.Open(keystore.Options{Dir: KeysDir(dir), Kind: l.keys.Kind(), TPM: l.cfg.TPM})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	st, err := store.Open(dir, keys, store.Options{Log: l.log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	real, err := l.store.Identity()
	if err != nil {
		return nil, err
	}
	if err := lend(st, keys, real); err != nil {
		return nil, err
	}
	if err := l.lendStaff(st); err != nil {
		return nil, err
	}
	p := &practice{home: l.cfg}
	p.log.All = pending
	p.home.practice, p.home.Reopened = nil, false // the disk has not failed since
	return p, l.lendCampaign(st, p)
}

// lend gives the training's store an identity under which nothing can be sent:
// the box's own name, so that the desk's certificate fits, with keys of its own,
// and an opening key whose private half was never kept.
func lend(st *store.Store, keys *keystore.Store, real store.Identity) error {
	const name = "training"
	if err := errors.Join(keys.Create(name), keys.CreateOpener(name)); err != nil {
		return err
	}
	signer, err := keys.Signer(name)
	if err != nil {
		return err
	}
	self := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: string(real.Box())}, NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, self, self, signer.Public(), signer)
	if err != nil {
		return err
	}
	nobody, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	id := store.Identity{Grant: real.Grant, KeyName: name, Number: 1}
	id.Grant.Certificate, id.Grant.Opening = der, nobody.PublicKey().Bytes()
	return st.SaveIdentity(id)
}

// lendStaff lets the same people sign in, with a head made up for exercises that
// need two (desk.PracticeHead), and the desk show itself with its certificate.
func (l *loop) lendStaff(st *store.Store) error {
	real, err := l.store.Staff()
	if err != nil {
		return err
	}
	head, err := desk.PracticeHead()
	if err != nil {
		return err
	}
	members := slices.DeleteFunc(slices.Clone(real.Members), func(m protocol.StaffMember) bool { return m.ID == head.ID || m.Name == head.Name })
	page := protocol.StaffPage{Members: append(members, head)}
	if _, err := st.SaveStaff(protocol.Staff{Point: real.Point, Issued: real.Issued, Until: real.Until, Mark: 1}, page); err != nil {
		return err
	}
	if err := l.lendSignIns(st, members); err != nil {
		return err
	}
	shown, err := l.store.Desk()
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return st.SaveDesk(shown)
}

// lendSignIns has a code that was used work no second time in the training, and
// PINs not be tried anew there.
func (l *loop) lendSignIns(st *store.Store, members []protocol.StaffMember) error {
	used, err := l.store.SignIns()
	if err != nil {
		return err
	}
	return st.SaveSignIns(used, accountsOf(members))
}

func accountsOf(members []protocol.StaffMember) (out []string) {
	for _, m := range members {
		out = append(out, m.ID)
	}
	return out
}

// backFromTraining takes over which codes and PINs were used in a training, also
// in one that a power cut ended, and removes what is left of it. A store of it that
// cannot be read keeps no box from opening: then a code of the last minute may work
// a second time, and the log says so.
func (a *Appliance) backFromTraining() error {
	dir := trainingDir(a.cfg.Data)
	if a.Training() {
		return nil
	}
	if store.Exists(dir) {
		err := a.takeSignIns(dir)
		if errors.Is(err, store.ErrBroken) {
			return err
		}
		if err != nil {
			a.log.Warn("which codes were used in the training is not known", "err", err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}

func (a *Appliance) takeSignIns(dir string) (err error) {
	known, err := a.store.Staff()
	if err != nil {
		return err
	}
	keys, err := keystore.Open(keystore.Options{Dir: KeysDir(dir), Kind: a.keys.Kind(), TPM: a.cfg.TPM})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, keys.Close()) }()
	st, err := store.Open(dir, keys, store.Options{Log: a.log})
	if err != nil {
		return err
	}
	used, err := st.SignIns()
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	return a.store.SaveSignIns(used, accountsOf(known.Members))
}

// lendCampaign puts the box's own rules in force, open now, with made-up people.
func (l *loop) lendCampaign(st *store.Store, p *practice) error {
	c := campaign.Adult2019()
	if l.campaign != nil {
		c = *l.campaign
	}
	now := l.clock.Now()
	c.Windows = slices.DeleteFunc(slices.Clone(c.Windows), func(w window.Window) bool { return w.Step == window.Confirm })
	c.Windows = append(c.Windows, window.Window{ID: "training", Step: window.Confirm, From: now.Add(-30 * 24 * time.Hour).UTC().Truncate(time.Minute), To: now.Add(30 * 24 * time.Hour).UTC().Truncate(time.Minute)})
	bundle, err := campaign.Encode(c)
	if err != nil {
		return err
	}
	point, err := l.store.Point()
	if err != nil {
		return err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if err := st.SaveCampaign(store.Campaign{ID: c.ID, Version: c.Version, Bundle: bundle, Point: point}, protocol.RosterKey{Key: key}); err != nil {
		return err
	}
	var page protocol.RosterPage
	for i, q := range synthetic.Candidates(c, uint64(now.UnixNano()), practicePeople, synthetic.Point{Code: point.Code, Division: point.Division}) {
		if q.Chip.Type == form.ChipResident && (q.Flaw == synthetic.NoFlaw || q.Flaw == synthetic.FlawNameTypo) {
			p.people = append(p.people, q)
		}
		app := q.Application
		page.Entries = append(page.Entries, protocol.RosterEntry{Version: uint64(i + 1), Application: &app})
	}
	if err := st.ApplyRoster(0, practicePeople, page, protocol.TimeOf(now)); err != nil {
		return err
	}
	return st.SetFilled()
}
