package account

import (
	"encoding/base32"
	"fmt"

	"github.com/boombuler/barcode/qr"
)

// squareOf writes a text as a square that phones read: true is dark.
func squareOf(text string) ([][]bool, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("square of a key: %w", err)
	}
	size := code.Bounds().Dx()
	square := make([][]bool, size)
	for y := range square {
		square[y] = make([]bool, size)
		for x := range square[y] {
			red, _, _, _ := code.At(x, y).RGBA()
			square[y][x] = red < 1<<15
		}
	}
	return square, nil
}

// decodeSecret reads the key of an authenticator app.
func decodeSecret(secret string) ([]byte, error) {
	return base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
}
