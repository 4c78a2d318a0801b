package gbk_test

import (
	"testing"

	"zhunkao/protocol/gbk"
)

func TestX(t *testing.T) {
	b, err := gbk.Encode(gbk.GBK, "刘䶮")
	t.Logf("%x %v", b, err)
}
