package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"zhunkao/hub/countersign"
	"zhunkao/hub/db"
	"zhunkao/hub/flow"
)

// asking is an act as it is asked for on the page of its thing.
type asking struct {
	may    permission
	of     countersign.Act // what another person agrees to
	why    string          // "" where she gave no reason
	refuse string          // phrase: why it cannot be done now, whoever asks; "" when it can
}

// errMeanwhile says that another did the same at the same moment: the database let one
// of them.
var errMeanwhile = errors.New("web: another was first")

// actOfTwo asks for the second person's word for an act, or does the act: at once where
// one person is enough, else with that word, which is used by it in the same
// transaction. ask looks first whether it can be done at all: nobody is asked to agree
// to what cannot be. second is "" where one person was enough.
func (s *server) actOfTwo(ctx context.Context, v *visit, ask func(ctx context.Context, tx *db.Tx) (asking, error), do func(ctx context.Context, tx *db.Tx, why, second string) error) (out allowed, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		a, err := ask(ctx, tx)
		if out = (allowed{refuse: a.refuse}); err != nil || out.refuse != "" {
			return err
		}
		if out, err = s.byTwo(ctx, tx, v, a.may, a.of, a.why); err != nil || out.refuse != "" || out.asked {
			return err
		}
		second := ""
		if out.use != "" {
			other, err := countersign.Get(ctx, tx, out.use)
			if err != nil {
				return err
			}
			second = other.By
		}
		if err := s.usedSecond(ctx, tx, v, out.use); err != nil {
			return err
		}
		return do(ctx, tx, out.reason, second)
	})
	if db.Unique(err) {
		err = errors.Join(errMeanwhile, err)
	}
	return out, s.Flow.Refused(ctx, s.DB, err)
}

// notSo is an error as the page of an act says it.
type notSo struct {
	is     error
	status int
	key    string // phrase
}

// saidOfTwo is what every act of two may be answered, after what its page says itself.
var saidOfTwo = []notSo{
	{flow.ErrSamePerson, http.StatusForbidden, "second.same"},
	{errNotPermitted, http.StatusForbidden, "permit.tier"},
	{countersign.ErrState, http.StatusConflict, "second.state"},
}

// answerTwo answers an act: on the list of acts of two when it was asked for, at done
// when it was done. Else it gives the status and the phrase by which the page of the
// thing is shown again; a status of 0 says that all is answered.
func (s *server) answerTwo(c *gin.Context, v *visit, done string, out allowed, err error, page ...notSo) (status int, key string) {
	switch {
	case err == nil && out.asked:
		c.Redirect(http.StatusSeeOther, "/gl/seconds?done=asked")
		return 0, ""
	case err == nil && out.refuse == "":
		c.Redirect(http.StatusSeeOther, done)
		return 0, ""
	case err == nil && strings.HasPrefix(out.refuse, "permit."):
		return http.StatusForbidden, out.refuse
	case err == nil:
		return http.StatusUnprocessableEntity, out.refuse
	}
	for _, list := range [][]notSo{page, saidOfTwo} {
		for _, one := range list {
			if errors.Is(err, one.is) {
				return one.status, one.key
			}
		}
	}
	s.fault(c, v, err)
	return 0, ""
}

// given is the reason that she gave; "" is none.
func given(c *gin.Context) string {
	why, ok := reason(c)
	if !ok {
		return ""
	}
	return why
}
