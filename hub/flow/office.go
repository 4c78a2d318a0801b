package flow

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/journal"
	"zhunkao/hub/org"
)

// ChangeOffice writes who answers for an office. version is the one that was
// looked at. What stands as it was is written no more; the journal names the
// fields that changed, not what is in them. Errors: org.ErrNotFound,
// org.ErrChanged, org.ErrOfficer.
func (f *Flow) ChangeOffice(ctx context.Context, tx *db.Tx, id string, o org.Officers, version int, by By) (changed bool, err error) {
	was, err := org.GetOffice(ctx, tx, id)
	if err != nil {
		return false, err
	}
	if o, err = o.Tidy(); err != nil {
		return false, err
	}
	fields := was.Differing(o)
	if len(fields) == 0 {
		return false, nil
	}
	if err := org.UpdateOffice(ctx, tx, id, o, version); err != nil {
		return false, err
	}
	return true, f.write(ctx, tx, by, journal.Entry{Act: journal.OfficeChanged, Subject: journal.Subject{Kind: journal.OfOffice, ID: id},
		Division: was.Division, Detail: map[string]string{"fields": strings.Join(fields, " ")}})
}

// ImportOffices writes the officers of many offices at once, all or none, and
// says how many were not so already. What a row leaves out stays as it is. The
// caller has judged that each lies in the remit.
func (f *Flow) ImportOffices(ctx context.Context, tx *db.Tx, rows map[string]org.Officers, division string, by By) (changed int, err error) {
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		o := rows[id]
		was, err := org.GetOffice(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		did, err := f.ChangeOffice(ctx, tx, id, was.Over(o), was.Version, by)
		if err != nil {
			return 0, err
		}
		if did {
			changed++
		}
	}
	return changed, f.write(ctx, tx, by, journal.Entry{Act: journal.OfficesImported, Subject: journal.Subject{Kind: journal.OfOffice, ID: division},
		Division: division, Detail: map[string]string{"rows": strconv.Itoa(len(rows)), "changed": strconv.Itoa(changed)}})
}

// OpenOffices gives an office to each division that came into being and has
// none: its pages, its accounts and its cases need one. It says how many.
func (f *Flow) OpenOffices(ctx context.Context, tx *db.Tx) (int, error) {
	opened, err := org.OpenOffices(ctx, tx, f.Now())
	if err != nil {
		return 0, err
	}
	for _, o := range opened {
		err := f.write(ctx, tx, Hub(), journal.Entry{Act: journal.OfficeOpened, Subject: journal.Subject{Kind: journal.OfOffice, ID: o.ID}, Division: o.Division})
		if err != nil {
			return 0, err
		}
	}
	return len(opened), nil
}
