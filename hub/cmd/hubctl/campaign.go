package main

// campaigns is the group `hubctl campaign`: what a version says and how two
// differ needs no hub; what becomes of a version needs one (rehearse.go).
type campaigns struct {
	versions
}
