// Package approval is the one engine for everything that offices judge one
// after the other (审核; demands A27, A28): cases, the steps taken on them, their
// sealed forms and attachments, and who may judge for whom.
//
// It knows no kind of case. What a kind asks, by whom it is submitted and who
// judges it how soon stands in the campaign; how a case moves is one pure
// function, Next. What an approved case does elsewhere is no matter of this
// package: package flow takes the steps and knows that.
//
// It journals nothing and asks nobody's rights: who may judge is a fact that
// the caller brings along in an Event.
//
// How it fails: ErrNotFound, ErrStale, ErrState, ErrJudge, ErrSelf, ErrVoted,
// ErrOffice and ErrOpinion are refusals that tell a person what to do; so are
// the Faults of a form and PaperError. All else is a fault of the database, of
// the blobs or of the keys. A case never loses a step: steps, forms and
// attachments are only added.
package approval
