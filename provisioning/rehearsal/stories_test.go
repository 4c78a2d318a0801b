package rehearsal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"zhunkao/hub/db/dbtest"
	"zhunkao/provisioning/rehearsal"
)

// story is what the commands of one script share.
type story struct {
	ctx      context.Context
	province *rehearsal.Province
	boxes    map[string]*rehearsal.Box
	ids      map[string]string // box name → box id at the hub
	ear      *eavesdropper     // nil while nobody listens
	thief    *thief            // nil while nobody stays connected as a box
	clerk    *http.Client      // with the cookies of who signed in
	server   *dbtest.Server    // nil when others use it
	cables   map[string]*rehearsal.Cable
	desks    map[string]*worked
	asked    map[string][]string // screens of the first visit, by box
	slips    []string            // that were read off sheets
}

type key struct{}

// stories are the scripts of a folder.
func stories(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join("testdata", dir, "*.txtar"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no stories in %q: %v", dir, err)
	}
	return list
}

// TestStories plays every story on SQLite, with one hub and its own broker.
func TestStories(t *testing.T) {
	play(t, stories(t, ""), func() rehearsal.Ground { return rehearsal.Ground{} })
}

// long reports whether the campaign that takes hours was asked for.
func long() bool { return os.Getenv("ZHUNKAO_LONG") != "" }

// TestStoriesOnPostgreSQL plays them on PostgreSQL: with those of
// TestStoriesOfTwoHubs more than ten, or in the long campaign every one.
func TestStoriesOnPostgreSQL(t *testing.T) {
	list := stories(t, "")
	if !long() {
		// Those whose matter is not the database, and those that two hubs play on it.
		list = but(t, list, "full_disk", "forged_lines", "lost_broker", "first_to_last", "old_image", "revoked_box", "signed_twice", "dead_disk", "training", "fortnight")
	}
	list = but(t, list, "restored_hub") // the server's own copy
	dbtest.PostgresURL(t)               // or skip
	play(t, list, func() rehearsal.Ground { return rehearsal.Ground{Database: dbtest.PostgresURL(t)} })
}

// TestStoriesOfTwoHubs has two hubs on one PostgreSQL behind one Mosquitto,
// which deals what boxes say to them in turns: the stories that only they can
// tell, and some of the others, or in the long campaign every one.
func TestStoriesOfTwoHubs(t *testing.T) {
	list := append(stories(t, "two"), stories(t, "")...)
	if !long() {
		list = but(t, list, "full_disk", "forged_lines", "extended_window", "wrong_clock", "replay_and_garble", "power_cuts",
			"nothing_readable", "hub_away_for_a_day", "cloned_box", "training", "fortnight")
	}
	list = but(t, list, "restored_hub")
	dbtest.PostgresURL(t)
	play(t, list, func() rehearsal.Ground { return rehearsal.Ground{Database: dbtest.PostgresURL(t), Group: true} })
}

// but leaves out stories by name; each must be there.
func but(t *testing.T, list []string, names ...string) (out []string) {
	t.Helper()
	left := 0
	for _, path := range list {
		if slices.Contains(names, strings.TrimSuffix(filepath.Base(path), ".txtar")) {
			left++
			continue
		}
		out = append(out, path)
	}
	if left != len(names) {
		t.Fatalf("of %v only %d are there", names, left)
	}
	return out
}

func play(t *testing.T, files []string, ground func() rehearsal.Ground) {
	playOn(t, files, nil, ground)
}

// playOn is play on a database server of its own, which stories may end.
func playOn(t *testing.T, files []string, server *dbtest.Server, ground func() rehearsal.Ground) {
	testscript.Run(t, testscript.Params{
		Files: files,
		Condition: func(cond string) (bool, error) {
			if cond != "mounts" {
				return false, fmt.Errorf("unknown condition %s", cond)
			}
			return mayMount(t), nil
		},
		Setup: func(env *testscript.Env) error {
			ctx, cancel := context.WithCancel(context.Background())
			p, err := rehearsal.OpenOn(ctx, bin, filepath.Join(env.WorkDir, "p"), ground())
			if errors.Is(err, rehearsal.ErrNoMosquitto) && os.Getenv("CI") != "true" {
				env.T().Skip(err)
			}
			if err != nil {
				cancel()
				return err
			}
			s := &story{ctx: ctx, province: p, boxes: map[string]*rehearsal.Box{}, ids: map[string]string{}, cables: map[string]*rehearsal.Cable{}, server: server,
				desks: map[string]*worked{}, asked: map[string][]string{}}
			env.Values[key{}] = s
			env.Defer(func() {
				defer cancel()
				if err := p.Close(); err != nil {
					t.Errorf("%s\nat the end: %v", p.Logs(), err)
				}
				for _, d := range s.desks {
					d.tablet.web.CloseIdleConnections()
				}
				for _, c := range s.cables {
					if err := c.Close(); err != nil {
						t.Error(err)
					}
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"hub": command((*story).hub), "broker": command((*story).broker), "box": command((*story).box), "stick": command((*story).stick),
			"card": command((*story).card), "lift": command((*story).lift), "clock": command((*story).clock),
			"known": command((*story).known), "confirm": command((*story).confirm), "done": command((*story).done),
			"screen": command((*story).screen), "says": command((*story).says),
			"delivered": command((*story).delivered), "pending": command((*story).pending), "drained": command((*story).drained),
			"expect": command((*story).expect), "forgotten": command((*story).forgotten), "nowhere": command((*story).nowhere),
			"journal": command((*story).journal), "replay": command((*story).replay), "garble": command((*story).garble),
			"listen": command((*story).listen), "unheard": command((*story).unheard), "unlogged": command((*story).unlogged),
			"hubs-know": command((*story).hubsKnow), "database": command((*story).restart),
			"sign-in": command((*story).signIn), "sign-out": command((*story).signOut), "shared": command((*story).shared), "signed-in": command((*story).signedIn), "signed-out": command((*story).signedOut),
			"fsck": command((*story).fsck), "verified": command((*story).verified),
			"revoke": command((*story).revoke), "shut-out": command((*story).shutOut), "forge": command((*story).forge),
			"extend": command((*story).extend), "in-force": command((*story).inForce),
			"standing": command((*story).standing), "decide": command((*story).decide),
			"desk": command((*story).desk), "at-desk": command((*story).atDesk), "walk": command((*story).walk), "press": command((*story).press),
			"visit": command((*story).visit), "days": command((*story).days), "sheet": command((*story).sheet),
			"slips-are": command((*story).slipsAre), "in-order": command((*story).inOrder), "console": command((*story).console),
			"apart": command((*story).apart), "cut": command((*story).cut), "heal": command((*story).heal),
		},
	})
}

// command makes a script command of a method; its error ends the story, after
// the ends of the logs: what failed stands last.
func command(f func(*story, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		s := ts.Value(key{}).(*story)
		if neg {
			ts.Fatalf("this command cannot be negated")
		}
		if err := f(s, args); err != nil {
			ts.Logf("%s", s.province.Logs())
			ts.Fatalf("%v", err)
		}
	}
}

func (s *story) at(name string) (*rehearsal.Box, error) {
	b, ok := s.boxes[name]
	if !ok {
		return nil, fmt.Errorf("no box %s", name)
	}
	return b, nil
}

func want(args []string, n int, usage string) error {
	if len(args) < n {
		return fmt.Errorf("usage: %s", usage)
	}
	return nil
}

func (s *story) until(f func() error) error { return rehearsal.Until(s.ctx, rehearsal.Wait, f) }
