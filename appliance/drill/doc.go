// Package drill is the guided exercises of training (演练, demand B3): what there
// is to do, and what somebody has done of it. It is pure: what happens at the box
// is told to it as a word, and a step ticks when its word has come.
//
// It is not the training itself: that is the box working over a store of its own
// (appliance/training.go), with made-up people.
package drill
