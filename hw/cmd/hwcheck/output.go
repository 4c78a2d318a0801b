package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
)

// logTo is the driver's log: every change of state if it was asked for, else
// nothing.
func logTo(errs io.Writer, verbose bool) *slog.Logger {
	if !verbose {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// writeJSON writes the object of --json on one line.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeLines writes each label and its value on a line, and leaves out what has
// no value.
func writeLines(w io.Writer, lines [][2]string) error {
	for _, l := range lines {
		if l[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", l[0], strings.Map(printable, l[1])); err != nil {
			return err
		}
	}
	return nil
}

// printable keeps a chip or a printer from steering the terminal it is shown
// on.
func printable(r rune) rune {
	if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
		return unicode.ReplacementChar
	}
	return r
}
