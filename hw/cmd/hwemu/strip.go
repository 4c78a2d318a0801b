package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
)

// strip is a page of somebody else that every page of the panel shows at its
// head, in a frame: the panel lends it the room and knows nothing of what is in
// it. It is told the panel's language by ?lang=. The zero strip is none.
type strip struct {
	page   *url.URL
	origin string // the only one that a frame of the panel may show
}

// plainHost is a host that may stand in a Content-Security-Policy as it is.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.-]+(:[0-9]{1,5})?$`)

// openStrip reads what --strip says.
func openStrip(raw string) (strip, error) {
	if raw == "" {
		return strip{}, nil
	}
	u, err := url.Parse(raw)
	if err == nil && (u.Scheme != "http" && u.Scheme != "https" || !plainHost.MatchString(u.Host) || u.User != nil || u.Fragment != "") {
		err = errors.New("give a whole address such as http://127.0.0.1:8600/strip")
	}
	if err != nil {
		return strip{}, fmt.Errorf("--strip: %w", err)
	}
	return strip{page: u, origin: u.Scheme + "://" + u.Host}, nil
}

// in is the strip's address for a page in lang; "" when there is none.
func (s strip) in(lang string) string {
	if s.page == nil {
		return ""
	}
	u, q := *s.page, s.page.Query()
	q.Set("lang", lang)
	u.RawQuery = q.Encode()
	return u.String()
}

// policy is the part of the Content-Security-Policy that allows the frame.
func (s strip) policy() string {
	if s.page == nil {
		return ""
	}
	return "frame-src " + s.origin + "; "
}
