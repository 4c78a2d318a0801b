// Package browser keeps the box's own browser on the screen: it starts it,
// sees that pages are really drawn, gives every visit a fresh profile, and
// replaces a browser that died or hangs.
//
// It knows nothing of visits and pages. It is told by Fresh that a visit ended
// and asks Options.Busy whether somebody is in the middle of one.
//
// # The screen
//
// One running browser is called a screen. It is started on an address with a
// token in it, which becomes a cookie; by it each beat (a small post from the
// page, made from inside an animation frame, so that a browser that draws
// nothing beats nothing) is known to be this screen's. In the states
//
//	starting  not a beat yet; ends after StartLimit
//	up        beats; ends after BeatLimit without one, or when the process ends
//	leaving   killed; its profile is removed
//
// A screen that ends is replaced at once; one that fails again and again is
// replaced with growing pauses, at most MaxPause. From crash or hang to the next
// page are BeatLimit and the browser's own start: 10 s in all on the boards we
// know (faults, row 28).
//
// # Fresh profile
//
// When a visit ended, the next screen is started while the present one stays;
// its window comes up over it, and the one beneath is ended at the first beat
// of the new one, as soon as nobody is Busy: the glass never goes dark, and
// nobody's page is taken away. So a profile serves one visit; only if visits
// follow each other faster than the browser can start, two. A next screen that
// does not come up is tried again after MaxPause.
//
// Every profile is a directory of its own under Options.Profiles, which belongs
// on a memory file system; home, cache and temporary files of the browser lie
// in it, and it is removed with the screen, as are left-overs at the start.
//
// # How it fails
//
// Run returns only when its context ends, and then no browser is left. If this
// process is killed, the kernel kills the browser with it. A browser that cannot
// be started at all is told by EventDown and tried for ever: an operator may
// still use another screen.
package browser
