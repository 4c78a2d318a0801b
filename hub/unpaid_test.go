package hub_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"zhunkao/hub"
	"zhunkao/hub/db"
	"zhunkao/hub/db/dbtest"
)

// TestTheAlarmDoesNotWaitForAList: while a list is asked about at a channel that does
// not answer, the failing channel is reported all the same (A59), again and again.
func TestTheAlarmDoesNotWaitForAList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		asking, alarms := make(chan struct{}), 0
		var once sync.Once
		hub.Chase(ctx, d, time.Millisecond, func(ctx context.Context) error {
			once.Do(func() { close(asking) })
			<-ctx.Done()
			return ctx.Err()
		}, func(context.Context) error {
			select {
			case <-asking:
				if alarms++; alarms == 3 {
					cancel()
				}
			default:
			}
			return nil
		})
		if alarms < 3 {
			t.Errorf("the channels were looked at %d times while a list was asked about", alarms)
		}
	})
}
