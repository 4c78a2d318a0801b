package console

import "time"

// Texts is how the text messages go.
type Texts struct {
	Waiting, Sent, GivenUp int64
	Oldest                 time.Time // that waits; zero if none does
	Rows                   []Text    // given up
}

// Text is a text message that was given up. Kind and Why are phrases.
type Text struct {
	ID, Kind, Why string
	Attempts      int
	Queued, Ended time.Time
}
