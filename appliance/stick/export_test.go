package stick

import "os"

// Slow has every write wait for a model of a stick before it is made; what the
// model answers with, the write fails with.
func (k *Keeper) Slow(wait func(bytes int) error) {
	k.put = func(f *os.File, b []byte) error {
		if err := wait(len(b)); err != nil {
			return err
		}
		return put(f, b)
	}
}

// Fresh counts the records that were sealed since the stick came and are not on
// it yet.
func (k *Keeper) Fresh() int {
	k.lag.mu.Lock()
	defer k.lag.mu.Unlock()
	n := len(k.lag.unseen)
	for _, m := range k.lag.missing {
		if m.fresh {
			n++
		}
	}
	return n
}
