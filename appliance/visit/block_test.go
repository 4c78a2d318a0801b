package visit_test

import (
	"testing"

	"zhunkao/appliance/visit"
)

// A box that takes nobody new finishes whom it serves, wherever what she signs
// can be kept and is believed; else it ends the visit before anything is sealed.
func TestBlocksAndTheVisitUnderWay(t *testing.T) {
	finishes := map[visit.Block]bool{visit.BlockFull: true, visit.BlockFailing: true, visit.BlockTamper: true, visit.BlockStale: true, visit.BlockCap: true}
	for _, b := range visit.Blocks() {
		d := &driver{t: t}
		to(d, "read-through")
		before := d.s.Phase
		d.step(visit.BoxBlocked{Reason: b})
		if went := d.s.Phase == before; went != finishes[b] || went != b.Finishes() {
			t.Errorf("%s: phase %v after %v", b, d.s.Phase, before)
		}
		if b.Acts() && !b.Finishes() || b == visit.BlockTamper && b.Acts() {
			t.Errorf("%s: the desk's acts", b)
		}
		idle := &driver{t: t}
		idle.step(visit.BoxBlocked{Reason: b}, visit.CardPlaced{})
		if idle.s.Phase != visit.PhaseIdle || idle.s.Screen() != visit.ScreenBlocked && idle.s.Screen() != visit.ScreenTakeCard {
			t.Errorf("%s: somebody new is served: %s", b, idle.s.Screen())
		}
	}
}
