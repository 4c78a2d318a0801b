package sheet

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Together lays n papers out, on all processors, and gives their pages as one document in
// the order of the papers. lay is called once for each; of several errors that of the
// first paper is given.
func Together(title string, printed time.Time, n int, lay func(i int) (*Document, error)) (*Document, error) {
	all, errs := make([]*Document, n), make([]error, n)
	each(n, func(i int) { all[i], errs[i] = lay(i) })
	out := &Document{Title: title, Printed: printed, Pages: make([]*Page, 0, n)}
	for i, d := range all {
		if errs[i] != nil {
			return nil, errs[i]
		}
		out.Pages = append(out.Pages, d.Pages...)
	}
	return out, nil
}

// each calls do once for each number below n, on all processors, and returns when the
// last call has.
func each(n int, do func(i int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for i := range n {
			do(i)
		}
		return
	}
	var next atomic.Int64
	var done sync.WaitGroup
	for range workers {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	done.Wait()
}
