package visit

import "time"

// The limits. All are monotonic time.
const (
	IdleLimit        = 90 * time.Second // without a touch, during the walk
	IdleWarning      = 20 * time.Second // before the end of IdleLimit (WCAG 2.2.1)
	StayExtension    = 5 * time.Minute  // "我在，再给我 5 分钟"
	CardLimit        = 30 * time.Second // with her card off the reader
	ReadLimit        = 20 * time.Second // for reading a card
	LookLimit        = 10 * time.Second // for looking up and judging
	SealLimit        = 30 * time.Second // for sealing, before she is told that it takes too long
	NoteLimit        = 60 * time.Second // for a screen that only tells something
	AcceptedLimit    = 20 * time.Second // for the accepted screen
	DeliveredLimit   = 8 * time.Second  // at least, after the accepted screen changed
	ReaderLimit      = 60 * time.Second // for a reader to come back during the walk
	HelpLimit        = 5 * time.Minute  // for help to come
	DefaultHardLimit = 20 * time.Minute // of a walk, if the campaign says nothing
)
