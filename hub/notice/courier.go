package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhunkao/hub/db"
	"zhunkao/protocol/identity"
)

// ErrRefused says that this message will never be taken, such as one for a
// number that does not exist: a Carrier says so to end the attempts.
var ErrRefused = errors.New("notice: the carrier refuses this text for good")

// Carrier hands text messages to whoever sends them. nil means that the message
// is the carrier's now: it stands somewhere that a power cut leaves. The same id
// may come twice. An error must not hold the number or the words; ErrRefused ends
// the attempts, any other is followed by another one. It is called by one
// goroutine, with a deadline.
type Carrier interface {
	Carry(ctx context.Context, t Text) error
}

// Phones finds the telephone of whoever a message belongs to; "" when she has
// none, or nobody has an account.
type Phones func(ctx context.Context, tx *db.Tx, n Notice) (identity.Phone, error)

// CourierOptions are what a Courier works with.
type CourierOptions struct {
	DB      *db.DB
	Outbox  *Outbox
	Carrier Carrier
	Phones  Phones       // nil: messages ask for no text
	Log     *slog.Logger // nil discards
}

// Courier carries what stands in the outbox.
type Courier struct{ o CourierOptions }

// NewCourier makes one.
func NewCourier(o CourierOptions) *Courier {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Courier{o}
}

// How a courier works.
const (
	lookEvery   = 2 * time.Second  // at the outbox, for what another hub put in
	atOnce      = 50               // texts, and messages that ask for one, in a transaction
	carryFor    = 15 * time.Second // one attempt at most
	firstPause  = 10 * time.Second
	longPause   = 30 * time.Minute
	deleteEvery = 10 * time.Minute
)

// pause is how long to wait after so many attempts.
func pause(attempts int) time.Duration {
	p := firstPause
	for range attempts - 1 {
		if p *= 2; p >= longPause {
			return longPause
		}
	}
	return p
}

// Run carries texts until ctx ends. Of several hubs one does so; were there two
// for a moment, a message is still carried once, because taking it up is guarded
// in its row.
func (c *Courier) Run(ctx context.Context) error {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	var deleted time.Time
	for {
		if err := c.Once(ctx); err != nil && ctx.Err() == nil {
			c.o.Log.Warn("texts will be looked at again", "worker", "courier", "error", err.Error())
		}
		if now := c.o.Outbox.real(); now.Sub(deleted) >= deleteEvery {
			if err := c.Delete(ctx); err != nil && ctx.Err() == nil {
				c.o.Log.Warn("old texts will be deleted later", "worker", "courier", "error", err.Error())
			}
			deleted = now
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		case <-c.o.Outbox.asked:
		}
	}
}

// Once does everything that is due, if no other hub is at it.
func (c *Courier) Once(ctx context.Context) (err error) {
	if some, err := c.anything(ctx); err != nil || !some {
		return err
	}
	lead, err := c.o.DB.TryLead(ctx, "courier")
	if err != nil || lead == nil {
		return err
	}
	defer func() { err = errors.Join(err, lead.Release(context.WithoutCancel(ctx))) }()
	for {
		codes, err := c.carryDue(ctx) // first: somebody waits for a code
		if err != nil {
			return err
		}
		asked, err := c.ask(ctx)
		if err != nil || codes+asked == 0 {
			return err
		}
	}
}

// anything reports whether there is something to do: an idle hub writes nothing.
func (c *Courier) anything(ctx context.Context) (some bool, err error) {
	err = c.o.DB.Ask(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM text_message WHERE state = $1 AND next_at <= $2) OR EXISTS (SELECT 1 FROM notice WHERE texting = 1)`,
			string(Waiting), c.o.Outbox.real().UnixMilli()).Scan(&some)
	})
	if err != nil {
		return false, fmt.Errorf("notice: due: %w", err)
	}
	return some, nil
}

// ask puts into the outbox the texts that messages ask for. It says how many
// messages it looked at.
func (c *Courier) ask(ctx context.Context) (n int, err error) {
	if c.o.Phones == nil {
		return 0, nil
	}
	err = c.o.DB.Write(ctx, func(tx *db.Tx) error {
		n = 0
		some, err := texting(ctx, tx)
		if err != nil {
			return err
		}
		for _, m := range some {
			if err := c.askOne(ctx, tx, m); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

func (c *Courier) askOne(ctx context.Context, tx *db.Tx, m Notice) error {
	done, err := tx.Exec(ctx, `UPDATE notice SET texting = 0 WHERE owner = $1 AND at = $2 AND id = $3 AND texting = 1`,
		m.owner(), m.At, m.ID)
	if err != nil || done == 0 {
		return err
	}
	phone, err := c.o.Phones(ctx, tx, m)
	if err != nil || phone == "" {
		return err
	}
	if err := c.o.Outbox.Text(ctx, tx, phone, m.Kind, m.Args); !errors.Is(err, ErrTooMany) {
		return err
	}
	return nil // she finds it in the portal
}

func texting(ctx context.Context, tx *db.Tx) (out []Notice, err error) {
	err = tx.Each(ctx, `SELECT owner, at, id, kind, args FROM notice WHERE texting = 1 ORDER BY at, id LIMIT $1`, []any{atOnce},
		func(scan func(...any) error) error {
			var n Notice
			var owner, args string
			if err := scan(&owner, &n.At, &n.ID, &n.Kind, &args); err != nil {
				return err
			}
			n.ownedBy(owner)
			out = append(out, n)
			return json.Unmarshal([]byte(args), &out[len(out)-1].Args)
		})
	if err != nil {
		return nil, fmt.Errorf("notice: texting: %w", err)
	}
	return out, nil
}

// due is a text that was taken up.
type due struct {
	id       string
	kind     Kind
	content  []byte
	attempts int // this one counted
	until    int64
}

// carryDue takes up some texts and carries them. Between the two nothing is
// lost: one that was taken up is due again after its pause.
func (c *Courier) carryDue(ctx context.Context) (int, error) {
	var some []due
	err := c.o.DB.Write(ctx, func(tx *db.Tx) (err error) {
		some, err = c.takeUp(ctx, tx)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, d := range some {
		state, fault := c.carry(ctx, d)
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		if err := c.conclude(ctx, d, state, fault); err != nil {
			return 0, err
		}
	}
	return len(some), nil
}

func (c *Courier) takeUp(ctx context.Context, tx *db.Tx) (out []due, err error) {
	now := c.o.Outbox.real().UnixMilli()
	err = tx.Each(ctx, `SELECT id, kind, content, attempts, until_at FROM text_message WHERE state = $1 AND next_at <= $2
		ORDER BY next_at, id LIMIT $3`, []any{string(Waiting), now, atOnce}, func(scan func(...any) error) error {
		var d due
		err := scan(&d.id, &d.kind, &d.content, &d.attempts, &d.until)
		d.attempts++
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("notice: due: %w", err)
	}
	var mine []due
	for _, d := range out {
		next := now + pause(d.attempts).Milliseconds()
		n, err := tx.Exec(ctx, `UPDATE text_message SET attempts = $1, next_at = $2 WHERE id = $3 AND state = $4 AND attempts = $5`,
			d.attempts, next, d.id, string(Waiting), d.attempts-1)
		if err != nil {
			return nil, fmt.Errorf("notice: take up: %w", err)
		}
		if n == 1 {
			mine = append(mine, d)
		}
	}
	return mine, nil
}

// carry makes one attempt and says how the text stands then, with a word for
// what went wrong.
func (c *Courier) carry(ctx context.Context, d due) (State, string) {
	if c.o.Outbox.real().UnixMilli() >= d.until {
		return GivenUp, "too-late"
	}
	t, err := c.o.Outbox.open(d)
	if err != nil {
		return GivenUp, "unreadable"
	}
	own, cancel := context.WithTimeout(ctx, carryFor)
	defer cancel()
	err = c.o.Carrier.Carry(own, t)
	switch {
	case err == nil:
		return Sent, ""
	case errors.Is(err, ErrRefused):
		return GivenUp, "refused"
	case errors.Is(err, ErrFull):
		return Waiting, "full"
	case errors.Is(err, context.DeadlineExceeded):
		return Waiting, "slow"
	}
	return Waiting, "failed"
}

func (o *Outbox) open(d due) (Text, error) {
	t, _, err := o.read(d.id, d.kind, d.content, false)
	return t, err
}

// read opens a text.
func (o *Outbox) read(id string, k Kind, sealed []byte, english bool) (Text, map[string]string, error) {
	plain, err := o.keys.Unseal(sealedText, id, sealed)
	if err != nil {
		return Text{}, nil, fmt.Errorf("notice: text %s: %w", id, err)
	}
	var in content
	if err := json.Unmarshal(plain, &in); err != nil {
		return Text{}, nil, fmt.Errorf("notice: text %s cannot be read", id) // the library's text may quote it
	}
	w, err := words(k, in.Args, english)
	return Text{ID: id, Phone: identity.Phone(in.Phone), Words: w}, in.Args, err
}

// conclude writes what came of an attempt. One that failed and whose next would
// come too late is given up now, so that nobody waits to see it.
func (c *Courier) conclude(ctx context.Context, d due, s State, fault string) error {
	now := c.o.Outbox.real().UnixMilli()
	if s == Waiting && now+pause(d.attempts).Milliseconds() >= d.until {
		s = GivenUp
	}
	ended := int64(0)
	if s != Waiting {
		ended = now
	}
	err := c.o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE text_message SET state = $1, fault = $2, ended_at = $3 WHERE id = $4 AND state = $5`,
			string(s), fault, ended, d.id, string(Waiting))
		return err
	})
	if err != nil {
		return fmt.Errorf("notice: conclude: %w", err)
	}
	if s == GivenUp {
		c.o.Log.Warn("a text message was given up", "worker", "courier", "text", d.id, "kind", string(d.kind), "attempts", d.attempts, "fault", fault)
	}
	return nil
}

// Delete removes what was sent or given up long enough ago.
func (c *Courier) Delete(ctx context.Context) error {
	before := c.o.Outbox.real().Add(-retention).UnixMilli()
	err := c.o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM text_message WHERE state <> $1 AND ended_at < $2`, string(Waiting), before)
		return err
	})
	if err != nil {
		return fmt.Errorf("notice: delete: %w", err)
	}
	return nil
}

// Seen is a text as a demonstration shows it to whoever has no telephone there.
type Seen struct {
	Row
	Phone identity.Phone
	Words string
}

// Show opens the newest texts that the carrier has taken or that wait. Only a
// demonstration may call it: they hold codes.
func (o *Outbox) Show(ctx context.Context, tx *db.Tx, english bool, limit int) (out []Seen, err error) {
	err = tx.Each(ctx, `SELECT `+rowColumns+`, content FROM text_message ORDER BY queued_at DESC, id DESC LIMIT $1`, []any{limit},
		func(scan func(...any) error) error {
			var s Seen
			var sealed []byte
			if err := scan(&s.ID, &s.Kind, &s.State, &s.Attempts, &s.Fault, &s.Queued, &s.Ended, &sealed); err != nil {
				return err
			}
			t, _, err := o.read(s.ID, s.Kind, sealed, english)
			s.Phone, s.Words = t.Phone, t.Words
			out = append(out, s)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("notice: show: %w", err)
	}
	return out, nil
}

// ForgetPhone removes every text for a telephone: whose it is has asked for
// erasure (S38).
func (o *Outbox) ForgetPhone(ctx context.Context, tx *db.Tx, phone identity.Phone) error {
	if _, err := tx.Exec(ctx, `DELETE FROM text_message WHERE phone_key = $1`, o.keys.SignInKey("text/"+phone.Reveal())); err != nil {
		return fmt.Errorf("notice: forget: %w", err)
	}
	return nil
}
