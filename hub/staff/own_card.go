package staff

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
)

// sealedCard is the label under which a card's binding is sealed.
const sealedCard = "own-card"

// OwnCard is how somebody of a point signs in at its desk by her own card and a
// PIN. It holds nothing of the card, and neither PIN nor card can be found from
// it; without Mark there is none since At.
type OwnCard struct {
	At         int64 // ms since 1970
	Salt, Mark []byte
	PIN        string // argon2id, of card and PIN
}

// Bound reports whether there is a card.
func (c OwnCard) Bound() bool { return len(c.Mark) > 0 }

// LogValue keeps it out of logs.
func (c OwnCard) LogValue() slog.Value { return slog.StringValue("own card") }

// TakeCard takes over what a box sealed of somebody's card, unless a later word
// stands: taken says whether. The caller has made sure that she is of the box's
// point, and journals it.
func TakeCard(ctx context.Context, tx *db.Tx, k Keys, account, box string, c OwnCard) (taken bool, err error) {
	var sealed []byte
	if c.Bound() {
		raw, err := json.Marshal(c)
		if err != nil {
			return false, fmt.Errorf("staff: own card: %w", err)
		}
		if sealed, err = k.Seal(sealedCard, account, raw); err != nil {
			return false, fmt.Errorf("staff: own card: %w", err)
		}
	}
	n, err := tx.Exec(ctx, `INSERT INTO own_card (account, card, at, box) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account) DO UPDATE SET card = $2, at = $3, box = $4 WHERE own_card.at < $3`, account, sealed, c.At, box)
	if err != nil {
		return false, fmt.Errorf("staff: own card: %w", err)
	}
	return n > 0, nil
}

// Card says since when her card is bound, and at which box; the zero OwnCard
// when there is none.
func (d *Desk) Card(ctx context.Context, tx *db.Tx, account string) (c OwnCard, box string, err error) {
	var sealed []byte
	err = tx.QueryRow(ctx, `SELECT card, at, box FROM own_card WHERE account = $1`, account).Scan(&sealed, &c.At, &box)
	if errors.Is(err, db.ErrNoRows) {
		return OwnCard{}, "", nil
	}
	if err != nil {
		return OwnCard{}, "", fmt.Errorf("staff: own card: %w", err)
	}
	if open := d.openCard(account, c.At, sealed); open != nil {
		c = *open
	}
	return c, box, nil
}

// openCard gives what is held of a card. One that cannot be opened any more is
// none: she binds it again.
func (d *Desk) openCard(account string, at int64, sealed []byte) *OwnCard {
	c := OwnCard{At: at}
	if sealed != nil {
		if raw, err := d.o.Keys.Unseal(sealedCard, account, sealed); err == nil && json.Unmarshal(raw, &c) != nil {
			c = OwnCard{At: at}
		}
	}
	return &c
}

// dropCard takes a card off, with what is bound at a box that is away: at is ms
// by the hub's clock.
func dropCard(ctx context.Context, tx *db.Tx, account string, at int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO own_card (account, card, at, box) VALUES ($1, NULL, $2, '')
		ON CONFLICT (account) DO UPDATE SET card = NULL, box = '', at = CASE WHEN own_card.at >= $2 THEN own_card.at + 1 ELSE $2 END`, account, at)
	if err != nil {
		return fmt.Errorf("staff: own card: %w", err)
	}
	return nil
}

// ErrNoCard: there is no card to be taken off.
var ErrNoCard = errors.New("staff: no card is bound")

// DropCard takes her card off, by her password. ErrRefused, ErrSlow, ErrNoCard.
func (d *Desk) DropCard(ctx context.Context, s Session, password string) error {
	if err := d.again(ctx, s, password); err != nil {
		return err
	}
	return d.o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := d.offCard(ctx, tx, s.Account.ID); err != nil {
			return err
		}
		return d.journal(ctx, tx, journal.StaffCardOff, bySelf(s.Account), s.Account, "", nil)
	})
}

// DropCard takes the card off of somebody she answers for, and what is bound at a
// box that is away. It takes a way in away and gives none, so one person is
// enough. ErrNotFound, ErrNotYours, ErrNoCard.
func (s Superior) DropCard(ctx context.Context, id, reason string) error {
	return s.d.o.DB.Write(ctx, func(tx *db.Tx) error {
		b, err := s.under(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := s.d.offCard(ctx, tx, id); err != nil {
			return err
		}
		return s.journal(ctx, tx, journal.StaffCardOff, b, reason, nil)
	})
}

func (d *Desk) offCard(ctx context.Context, tx *db.Tx, id string) error {
	c, _, err := d.Card(ctx, tx, id)
	if err != nil {
		return err
	}
	if !c.Bound() {
		return ErrNoCard
	}
	return dropCard(ctx, tx, id, d.o.Now().UnixMilli())
}
