package console

import "net/url"

// As is this page's list as a file: the same path and filter, the whole list.
func (f Frame) As(kind string) string {
	u, err := url.Parse(f.Self)
	if err != nil {
		return f.Home
	}
	q := u.Query()
	for _, place := range []string{"page", "before", "after", "upto", "done"} {
		q.Del(place)
	}
	q.Set("as", kind)
	u.RawQuery = q.Encode()
	return u.String()
}
