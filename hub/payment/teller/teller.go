package teller

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"zhunkao/hub/db"
	"zhunkao/hub/payment"
	"zhunkao/hub/payment/channel"
)

var (
	// ErrShut says that an order cannot be paid: it is not open, or its time is over
	// within a minute.
	ErrShut = errors.New("teller: the order cannot be paid")
	// ErrChannel says that the campaign or the configuration has no such channel, or
	// that it has no such way to pay.
	ErrChannel = errors.New("teller: no such channel")
	// ErrNotFound says that there is no such refund or conflict.
	ErrNotFound = errors.New("teller: not found")
)

// Terms are what a campaign says of paying.
type Terms struct {
	Channels []string      // that may be used, by name
	Holds    time.Duration // how long a way to pay holds; 0 is half an hour, more than mostHolds is that
	What     string        // the fee's name, as the buyer sees it; names nobody
}

// Options of New. The first group must be given. The functions are those of package
// flow, done by the hub itself; each is called inside a transaction.
type Options struct {
	DB       *db.DB
	Channels []channel.Channel // configured here; may be none
	Terms    func(ctx context.Context, tx *db.Tx, campaign string) (Terms, error)
	// Book books what a channel said moved (flow.BookMovement).
	Book func(ctx context.Context, tx *db.Tx, m payment.Movement) (payment.Booked, error)
	// BookPaid books payments together that payment.Paying picked (flow.BookPaid); nil
	// books each by itself.
	BookPaid func(ctx context.Context, tx *db.Tx, all []payment.Payable) ([]payment.Booked, error)
	// Fail takes a payment whose refund cannot be made back to where it lay
	// (flow.StepMovement with payment.Fail).
	Fail func(ctx context.Context, tx *db.Tx, movement, reason string) error
	// CloseDue closes orders that are over and of which no attempt lives
	// (flow.CloseDue), and says how many.
	CloseDue func(ctx context.Context, tx *db.Tx, limit int) (int, error)

	Hub string           // this process among the hubs of the database; "" draws a name
	Now func() time.Time // the hub's civil clock; nil is time.Now
	Log *slog.Logger     // nil discards
}

// Teller is what its package is about. It is safe for concurrent use.
type Teller struct {
	o        Options
	channels map[string]channel.Channel
	names    []string
	lines    map[string]*line // by channel: whether it answers
	counts   counts
	doors    doors
	words    words // of notices, on their way into the books
}

// New checks the options. It asks nobody anything yet.
func New(o Options) (*Teller, error) {
	if o.DB == nil || o.Terms == nil || o.Book == nil || o.Fail == nil || o.CloseDue == nil {
		return nil, errors.New("teller: an option that must be given is missing")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Hub == "" {
		o.Hub = newID()
	}
	t := &Teller{o: o, channels: map[string]channel.Channel{}, lines: map[string]*line{}, doors: newDoors()}
	for _, c := range o.Channels {
		if t.channels[c.Name()] != nil {
			return nil, fmt.Errorf("teller: channel %s is given twice", c.Name())
		}
		t.channels[c.Name()], t.lines[c.Name()] = c, &line{}
		t.names = append(t.names, c.Name())
	}
	t.counts.of = newCounts(t.names)
	return t, nil
}

// Choice is a channel by which somebody may pay now.
type Choice struct {
	Channel string
	Ways    []channel.Way
	Down    time.Time // since when it gives no answer, by the civil clock; zero when it does
}

// Channels are those that the campaign allows and this hub is configured for, in the
// campaign's order; not cash at the point and not a transfer, of which a teller knows
// nothing.
func (t *Teller) Channels(ctx context.Context, campaign string) (out []Choice, err error) {
	var terms Terms
	if err := t.o.DB.Read(ctx, func(tx *db.Tx) (err error) { terms, err = t.o.Terms(ctx, tx, campaign); return err }); err != nil {
		return nil, err
	}
	return t.Choices(terms.Channels), nil
}

// Choices is Channels for who has the campaign at hand.
func (t *Teller) Choices(allowed []string) (out []Choice) {
	for _, name := range allowed {
		if t.channels[name] != nil {
			out = append(out, Choice{Channel: name, Ways: waysOf(name), Down: t.lines[name].down()})
		}
	}
	return out
}

// waysOf are the ways of a channel: WeChat has no page for a computer, and gives a
// code there.
func waysOf(name string) []channel.Way {
	if name == "wechat" {
		return []channel.Way{channel.Scan, channel.Phone}
	}
	return []channel.Way{channel.Scan, channel.Phone, channel.Browser}
}

// Configured are the names of all channels of this hub.
func (t *Teller) Configured() []string { return slices.Clone(t.names) }

// Channel gives a configured channel, for who fetches its statements; nil for none.
func (t *Teller) Channel(name string) channel.Channel { return t.channels[name] }
