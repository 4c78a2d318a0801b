package broker

import (
	"fmt"
	"log/slog"
)

// fatalLogger takes the library's log: warnings and errors go on, notices are
// for debugging, and a fatal word, after which the library would expect the
// process to end, becomes a value that the hub acts upon.
type fatalLogger struct {
	log   *slog.Logger
	fatal chan error
}

func (l *fatalLogger) Noticef(format string, v ...any) { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l *fatalLogger) Debugf(string, ...any)           {}
func (l *fatalLogger) Tracef(string, ...any)           {}

// A box that goes away in the middle is the network's daily life, so the
// library's errors are warnings to us; what matters comes through Fatalf.
func (l *fatalLogger) Warnf(format string, v ...any)  { l.log.Debug(fmt.Sprintf(format, v...)) }
func (l *fatalLogger) Errorf(format string, v ...any) { l.log.Warn(fmt.Sprintf(format, v...)) }

func (l *fatalLogger) Fatalf(format string, v ...any) {
	err := fmt.Errorf("broker: "+format, v...)
	l.log.Error("broker cannot go on", "error", err.Error())
	select {
	case l.fatal <- err:
	default: // the first one is told
	}
}
