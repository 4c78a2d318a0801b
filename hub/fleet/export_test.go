package fleet

import "context"

// Look and Keep are what Run does by the clock.
func (f *Fleet) Look(ctx context.Context) error { return f.look(ctx) }

// Keep writes what boxes said.
func (f *Fleet) Keep(ctx context.Context) error { return f.keep(ctx) }
