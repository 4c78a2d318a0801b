package rehearsal_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"zhunkao/hub/db"
)

// What a county does with confirmations that stand beside each other.

// standing waits until so many records stand in a state.
func (s *story) standing(a []string) error {
	if err := want(a, 2, "standing STATE N"); err != nil {
		return err
	}
	n, err := strconv.Atoi(a[1])
	if err != nil {
		return err
	}
	return s.until(func() error {
		d, err := db.OpenExisting(s.ctx, s.province.Database())
		if err != nil {
			return err
		}
		defer d.Close()
		var have int
		err = d.Read(s.ctx, func(tx *db.Tx) error {
			return tx.QueryRow(s.ctx, `SELECT count(*) FROM confirmation WHERE state = $1`, a[0]).Scan(&have)
		})
		if err == nil && have != n {
			err = fmt.Errorf("%d are %s, want %d", have, a[0], n)
		}
		return err
	})
}

var (
	recordLink = regexp.MustCompile(`/gl/confirmations/([0-9a-f]{32})`)
	keepField  = regexp.MustCompile(`name="keep" value="([0-9a-f]{32})"`)
	seenField  = regexp.MustCompile(`name="seen" value="([0-9a-f]+)"`)
)

// decide has whoever is signed in keep the first record of the first case that
// waits, and then try the same once more.
func (s *story) decide(a []string) error {
	if err := want(a, 1, "decide HUB"); err != nil {
		return err
	}
	list, _, err := s.get(a[0], "/gl/disputes")
	if err != nil {
		return err
	}
	record := recordLink.FindStringSubmatch(list)
	if record == nil {
		return errors.New("nothing waits to be decided")
	}
	path := "/gl/disputes/" + record[1]
	page, status, err := s.get(a[0], path)
	if err != nil {
		return err
	}
	token, keep, seen := tokenField.FindStringSubmatch(page), keepField.FindStringSubmatch(page), seenField.FindStringSubmatch(page)
	if token == nil || keep == nil || seen == nil {
		return fmt.Errorf("the page of the case (%d) cannot be decided on", status)
	}
	form := url.Values{"token": {token[1]}, "keep": {keep[1]}, "seen": {seen[1]}, "reason": {"问过本人"}}
	for _, want := range []int{http.StatusSeeOther, http.StatusConflict} {
		if status, err = s.post(a[0], path+"/decide", form); err != nil {
			return err
		}
		if status != want {
			return fmt.Errorf("decided with %d, want %d", status, want)
		}
	}
	return nil
}
