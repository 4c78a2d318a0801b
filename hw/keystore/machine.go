package keystore

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	pemMachine = "ZHUNKAO MACHINE KEY"
	saltSize   = 32
	markSize   = 16
)

// machine is the guard that encrypts under the board's own names. A text is
// salt(32), mark(16), then nonce, ciphertext and tag of AES-256-GCM, bound to
// the file's name. The mark is a MAC over the salt: it tells a foreign board,
// whose mark differs, from a damaged file.
type machine struct{ board []byte }

// serials is where boards keep a number that stays when the disk is moved, the
// surest first. DMI files are readable by root only.
var serials = []string{
	"proc/device-tree/serial-number",
	"sys/firmware/devicetree/base/serial-number",
	"sys/class/dmi/id/board_serial",
	"sys/class/dmi/id/product_serial",
	"sys/class/dmi/id/product_uuid",
	"sys/devices/soc0/serial_number",
}

// newMachine reads the board's names below root. machine-id alone would not do:
// it lies on the disk and is copied with it. Errors: ErrNoSerial.
func newMachine(root string) (*machine, error) {
	if root == "" {
		root = "/"
	}
	serial := ""
	for _, file := range serials {
		name, err := readName(filepath.Join(root, file))
		if err != nil {
			return nil, fmt.Errorf("keystore: board's serial number: %w", err)
		}
		if worthy(name) {
			serial = file + "=" + name
			break
		}
	}
	if serial == "" {
		return nil, ErrNoSerial
	}
	id, err := readName(filepath.Join(root, "etc/machine-id"))
	if err != nil {
		return nil, fmt.Errorf("keystore: machine-id: %w", err)
	}
	if id == "" {
		return nil, fmt.Errorf("%w: /etc/machine-id is empty", ErrNoSerial)
	}
	sum := sha256.Sum256([]byte("zhunkao board\x00" + serial + "\x00" + id))
	return &machine{board: sum[:]}, nil
}

// readName reads a short name; "" if the file is not there.
func readName(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return strings.Trim(string(raw), "\x00 \t\r\n"), nil
}

// worthy says whether a serial number is one: makers leave all sorts of filler.
func worthy(serial string) bool {
	if len(serial) < 4 || strings.Trim(serial, serial[:1]) == "" {
		return false
	}
	switch strings.ToLower(serial) {
	case "none", "unknown", "default string", "default", "to be filled by o.e.m.", "not specified", "not applicable",
		"system serial number", "base board serial number", "0123456789", "123456789", "n/a", "oem", "empty",
		"03000200-0400-0500-0006-000700080009": // AMI's filler for the UUID
		return false
	}
	return strings.Trim(serial, "0-") != ""
}

func (*machine) kind() Kind   { return KindMachine }
func (*machine) close() error { return nil }

func (m *machine) make(file string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return m.hide(file, der)
}

func (m *machine) signer(file string, text []byte) (crypto.Signer, error) {
	der, err := m.open(file, text)
	if err != nil {
		return nil, err
	}
	return parseSigner(file, der)
}

func (m *machine) hide(file string, secret []byte) ([]byte, error) {
	body := make([]byte, saltSize)
	if _, err := rand.Read(body); err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	aead, mark, err := m.keys(body)
	if err != nil {
		return nil, err
	}
	body = append(body, mark...)
	body = aead.Seal(body, nil, secret, []byte(file))
	return pem.EncodeToMemory(&pem.Block{Type: pemMachine, Bytes: body}), nil
}

func (m *machine) reveal(file string, text []byte) ([]byte, error) {
	secret, err := m.open(file, text)
	if err == nil && len(secret) != 32 {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, file)
	}
	return secret, err
}

func (m *machine) open(file string, text []byte) ([]byte, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemMachine || len(block.Bytes) < saltSize+markSize {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, file)
	}
	salt, rest := block.Bytes[:saltSize], block.Bytes[saltSize:]
	aead, mark, err := m.keys(salt)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(mark, rest[:markSize]) {
		return nil, fmt.Errorf("%w: %s", ErrOtherBoard, file)
	}
	secret, err := aead.Open(nil, nil, rest[markSize:], []byte(file))
	if err != nil {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, file)
	}
	return secret, nil
}

// keys derives the encrypting key and the mark of one salt.
func (m *machine) keys(salt []byte) (cipher.AEAD, []byte, error) {
	raw, err := hkdf.Key(sha256.New, m.board, salt, "zhunkao machine key 1", 32+markSize)
	if err != nil {
		return nil, nil, fmt.Errorf("keystore: %w", err)
	}
	block, err := aes.NewCipher(raw[:32])
	if err != nil {
		return nil, nil, fmt.Errorf("keystore: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, nil, fmt.Errorf("keystore: %w", err)
	}
	return aead, raw[32:], nil
}
