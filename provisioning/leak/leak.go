// Package leak has the tests of a package fail that leave goroutines behind. Nothing
// in it is shipped.
//
// goleak gives what is ending half a second, which on a machine that does much else at
// once is too little for a connection to notice that its other end is gone. Here it has
// a minute, and a test that leaves nothing does not wait.
package leak

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

// Main runs the tests of a package and ends the program, for TestMain. It fails the
// package when goroutines are left that no option excuses.
func Main(m *testing.M, options ...goleak.Option) {
	goleak.VerifyTestMain(patient{m, options}, options...)
}

// patient lets goroutines end before they are counted.
type patient struct {
	m       *testing.M
	options []goleak.Option
}

func (p patient) Run() int {
	code := p.m.Run()
	for end := time.Now().Add(time.Minute); code == 0 && goleak.Find(p.options...) != nil && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	return code
}
