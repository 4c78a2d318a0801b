package rehearsal_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// stick NAME give|in|out|holds N|import WORDS|lose-disk|new-disk
func (s *story) stick(a []string) error {
	if err := want(a, 2, "stick NAME give|in|out|holds N|import NEW KNOWN|lose-disk|new-disk"); err != nil {
		return err
	}
	b, err := s.at(a[0])
	if err != nil {
		return err
	}
	switch a[1] {
	case "give":
		return s.province.GiveStick(s.ctx, a[0])
	case "in":
		return b.Plug()
	case "out":
		return b.Pull()
	case "holds":
		n, err := strconv.Atoi(a[2])
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(s.ctx, time.Minute)
		defer cancel()
		return b.HasOnStick(ctx, n)
	case "import":
		if err := want(a, 4, "stick NAME import NEW KNOWN"); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(s.ctx, 2*time.Minute)
		defer cancel()
		said, err := s.province.Import(ctx, a[0])
		if head := fmt.Sprintf("%s new, %s here already, 0 set aside", a[2], a[3]); err == nil && !strings.Contains(said, head) {
			return fmt.Errorf("import-stick said %q, want %q", said, head)
		}
		return err
	case "lose-disk":
		return b.LoseDisk()
	case "new-disk":
		return s.province.NewDisk(s.ctx, a[0], s.ids[a[0]])
	}
	return fmt.Errorf("a stick cannot %s", a[1])
}
