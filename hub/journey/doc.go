// Package journey (办到哪一步) says how far one person's registration has come:
// the steps that are done, the one that waits for her, those ahead, until when
// each must be done and what is lost otherwise (demands A31, A34, A41, A42,
// A49). It is what the status page of the portal is drawn from.
//
// It is pure: the campaign, what is known of her (Facts) and the civil time give
// the stages, and the same always gives the same. The times are those that are
// hers: of the city of her point, of her household, level and category, pauses
// and later openings considered. What a time cannot be told of, because she has
// not chosen yet what it hangs on, is zero and never guessed.
//
// It does not decide anything: whether she may edit, confirm or pay is asked of
// package flow and of the box. It holds no words and no paths; the pages have
// them by Key, State, Why and Do.
//
// It cannot fail. Facts that contradict each other (paid, and never confirmed)
// give stages all the same: what is known to be done is said to be done.
package journey
