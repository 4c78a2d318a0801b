package visit

// note: the screens that only tell something. The next card begins the next
// visit at once; nobody has to press anything first.
func (t *turn) note(e Event) {
	switch e := e.(type) {
	case CardPlaced, CardRead, CardUnreadable:
		t.next(e)
	case Pressed:
		switch {
		case e.Button == ButtonDone:
			t.end()
		case e.Button == ButtonReprint && t.MayReprint():
			t.reprint()
		}
	}
}

// next ends this visit and begins another with the card that e tells of.
func (t *turn) next(e Event) {
	t.end()
	t.idle(e)
}
