package rehearsal_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"zhunkao/provisioning/rehearsal"
)

// prompt is a person who answers as soon as the screen has changed: like the
// page's own script she is told of changes and asks for nothing in between.
type prompt struct {
	*rehearsal.Person
	changed chan struct{}
}

// attend has her look at the screen until ctx ends.
func attend(ctx context.Context, who *rehearsal.Person) (*prompt, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+who.Addr+"/events", nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	p := &prompt{Person: who, changed: make(chan struct{}, 1)}
	go func() {
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if len(lines.Bytes()) == 0 {
				continue
			}
			select {
			case p.changed <- struct{}{}:
			default:
			}
		}
	}()
	return p, nil
}

// until looks at each change until f says that it is enough.
func (p *prompt) until(ctx context.Context, f func(rehearsal.Seen) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, rehearsal.Wait)
	defer cancel()
	for last := ""; ; {
		s, err := p.Look(ctx)
		if err != nil {
			return err
		}
		last = s.Screen
		if enough, err := f(s); enough || err != nil {
			return err
		}
		select {
		case <-p.changed:
		case <-ctx.Done():
			return fmt.Errorf("the screen stays %q: %w", last, ctx.Err())
		}
	}
}

// visit walks from a card just put down to the beginning, takes the card away
// as soon as she has signed, and says when she saw her fields.
func (p *prompt) visit(ctx context.Context, box *rehearsal.Box) (fields time.Time, err error) {
	lifted := false
	err = p.until(ctx, func(s rehearsal.Seen) (bool, error) {
		switch s.Screen {
		case "found":
			fields = time.Now()
			return false, p.Press(ctx, s, s.Primary)
		case "pledge":
			return false, p.Sign(ctx, s)
		case "photo-notice", "photo", "photo-check", "photo-advice", "settle", "read-through", "take-sheet", "accepted":
			if s.Primary == "" {
				return false, nil // the picture is not good yet
			}
			return false, p.Press(ctx, s, s.Primary)
		case "printing":
			if !lifted {
				lifted = true
				box.Lift()
			}
		case "idle", "take-card":
			return !fields.IsZero(), nil
		case "refused", "unreadable", "blocked", "explained", "seal-failed", "sheet-failed":
			return false, errors.New("the visit ended at screen " + s.Screen)
		}
		return false, nil
	})
	return fields, err
}
