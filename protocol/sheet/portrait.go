package sheet

import "strings"

// Portrait is a person's photo, or the reason why there is none. It is read once for as
// many places and copies as it stands in.
type Portrait struct {
	img    *Picture
	reason []string
}

// NewPortrait reads a JPEG. Without one the reason, whose lines end with \n, stands in
// the box, and one that cannot be read is told there: a photo stops no paper.
func NewPortrait(jpeg []byte, reason string) Portrait {
	if jpeg != nil {
		img, err := NewPicture(jpeg)
		if err == nil {
			return Portrait{img: img}
		}
		reason = words.PhotoUnreadable.Zh
	}
	return Portrait{reason: strings.Split(reason, "\n")}
}
