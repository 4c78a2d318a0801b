// Package point says which confirmation points (报名确认点) are open to one person
// now, when the others will be, and how busy each is.
//
// It is pure: campaign, application, points and figures go in, a Standing for
// each point comes out. What the rules ask of a point is the campaign's
// (protocol/campaign, AtPoint), when it is open too (protocol/window); the page
// that lists points and the step that takes her choice ask the same Judge, so
// that what is offered is what is taken.
//
// It reads no database and knows no page. Nothing in it fails.
package point
