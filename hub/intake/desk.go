package intake

import (
	"context"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/fleet"
	"zhunkao/protocol"
)

// desksPerHour is how many certificates one box gets in an hour: it needs one
// when its address changes, and one a year.
const desksPerHour = 6

// desk gives a box the certificate of its desk, or says why not. Beyond
// desksPerHour nothing is said: whoever asks so often has been answered.
func (l *lane) desk(ctx context.Context, u *under, b fleet.Box, m message) error {
	var r protocol.DeskRequest
	if err := l.verified(protocol.KindDesk, b, m.payload, &r, &r.Address); err != nil {
		return err
	}
	csr, err := r.OpenDesk()
	if err != nil {
		return err
	}
	u.desks.most, u.desks.span = desksPerHour, time.Hour
	if may, first := u.desks.spend(m.at); !may {
		if first {
			l.hub.opts.Log.Warn("this box asks for its desk's certificate too often", "worker", "intake", "box", b.ID)
		}
		return nil
	}
	refuse := func(why string) error {
		l.hub.opts.Down.DeskCertificate(b, protocol.DeskCertificate{Nonce: r.Nonce, Refusal: why})
		return nil
	}
	if b.State != fleet.Active {
		return refuse(protocol.DeskRefusedState)
	}
	if slices.ContainsFunc(r.Names, func(n string) bool { return !l.mayDesk(b, n) }) {
		return refuse(protocol.DeskRefusedName)
	}
	der, err := l.hub.opts.Keys.IssueDesk(csr, b.ID, r.Names)
	if err != nil {
		return err
	}
	if err := l.hub.opts.DB.Write(ctx, func(tx *db.Tx) error { return l.hub.opts.Flow.CertifyDesk(ctx, tx, b.ID, len(r.Names)) }); err != nil {
		return err
	}
	l.hub.opts.Down.DeskCertificate(b, protocol.DeskCertificate{Nonce: r.Nonce, Certificate: der})
	return nil
}

// mayDesk reports whether the desk of a box may be called so: never by the hub's own
// names.
func (l *lane) mayDesk(b fleet.Box, name string) bool {
	return protocol.DeskNameAllowed(protocol.BoxID(b.ID), name) && !slices.Contains(l.hub.opts.Names, name)
}
