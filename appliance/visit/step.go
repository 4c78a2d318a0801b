package visit

// Step gives the state after an event and what must be done about it.
func Step(s State, e Event) (State, []Effect) {
	return s, nil
}
