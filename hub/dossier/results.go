package dossier

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/results"
	"zhunkao/hub/seating"
)

// seat is where she sits by the published arrangement.
func (k *collecting) seat() error {
	if k.Application == "" || k.Campaign.ID == "" {
		return nil
	}
	v, s, _, seated, err := seating.SeatOf(k.ctx, k.tx, k.Campaign.ID, k.Application)
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	if seated {
		k.add("seat", Entry{Title: k.t("seat.seated"), At: stamp(v.Published), Lines: slices.Concat(k.line("seat.number", s.Number), k.line("seat.area", s.Area), k.line("seat.room", fmt.Sprintf("%04d", s.Room)), k.line("seat.seat", fmt.Sprintf("%02d", s.Seat)), k.line("seat.version", strconv.Itoa(v.Number)))})
	}
	return nil
}

// results are her marks and where she was admitted, as far as she may see them by now.
func (k *collecting) results() error {
	if k.Application == "" {
		return nil
	}
	has, err := results.For(k.ctx, k.tx, k.Application, k.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("dossier: %w", err)
	}
	var entries []Entry
	if m := has.Scores; m != nil {
		var lines []Line
		for _, s := range k.Campaign.Subjects {
			if mark, there := m.Marks[s.Key]; there {
				lines = append(lines, Line{Key: "results.mark." + s.Key, Label: s.Zh, Value: mark.String()})
			}
		}
		entries = append(entries, Entry{Title: k.t("results.scores"), Lines: slices.Concat(lines, k.line("results.total", m.Total.String()), k.line("results.feature", m.Feature.String()), k.line("results.file", m.FileText()))})
	}
	if a := has.Admission; a != nil {
		entries = append(entries, Entry{Title: k.t("results.admission"), Lines: slices.Concat(k.line("results.school", strings.TrimSpace(a.School+" "+a.SchoolName)), k.line("results.major", strings.TrimSpace(a.Major+" "+a.MajorName)), k.line("results.day", a.Day))})
	}
	k.add("results", entries...)
	return nil
}
