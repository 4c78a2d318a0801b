package channel

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"zhunkao/protocol/window"
)

// maxFile is the most bytes of a daily file.
const maxFile = 2 << 30

// Statement is 申请交易账单 of type ALL, and the download of it. The file itself is
// not signed: the signed answer before it has its SHA-1.
func (w *wechat) Statement(ctx context.Context, day time.Time, to io.Writer) error {
	var got struct {
		Type string `json:"hash_type"`
		Hash string `json:"hash_value"`
		At   string `json:"download_url"`
	}
	date := day.In(window.Zone()).Format(time.DateOnly)
	if err := w.get(ctx, "/v3/bill/tradebill?bill_date="+date+"&bill_type=ALL", &got); err != nil {
		return err
	}
	if got.Type != "SHA1" || len(got.Hash) != 2*sha1.Size || !strings.HasPrefix(got.At, w.o.Server+"/") {
		return fmt.Errorf("%w: no file to be fetched", ErrAway)
	}
	res, err := w.files.Get(ctx, got.At)
	if res != nil && res.Response != nil {
		defer func() { _ = res.Response.Body.Close() }()
	}
	if err != nil {
		return told(err)
	}
	if res.Response.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: status %d", ErrAway, res.Response.StatusCode)
	}
	sum := sha1.New()
	n, err := io.Copy(io.MultiWriter(to, sum), io.LimitReader(res.Response.Body, maxFile+1))
	switch {
	case err != nil:
		return fmt.Errorf("%w: cut", ErrAway)
	case n > maxFile, hex.EncodeToString(sum.Sum(nil)) != strings.ToLower(got.Hash):
		return ErrForged
	}
	return nil
}
