package intake

import (
	"context"
	"time"

	"zhunkao/hub/fleet"
	"zhunkao/protocol"
)

// asksPerHour is how often one box is given pictures in an hour: with five pictures of
// 30 KB each time the largest point has its own within one.
const asksPerHour = 6000

// lacking gives a box pictures of its tickets. Beyond asksPerHour nothing is said, nor to
// a box that is frozen: it prints nothing.
func (l *lane) lacking(ctx context.Context, u *under, b fleet.Box, m message) error {
	var r protocol.Lacking
	if err := l.verified(protocol.KindLacking, b, m.payload, &r, &r.Address); err != nil {
		return err
	}
	u.asks.most, u.asks.span = asksPerHour, time.Hour
	if may, first := u.asks.spend(m.at); !may {
		if first {
			l.hub.opts.Log.Warn("this box asks for pictures too often", "worker", "intake", "box", b.ID)
		}
		return nil
	}
	if b.State != fleet.Active {
		return nil
	}
	return l.hub.opts.Down.Pictures(ctx, b, r)
}
