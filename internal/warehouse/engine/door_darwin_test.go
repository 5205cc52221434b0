package engine_test

import (
	"testing"

	"stpdash/internal/warehouse/engine"
)

func closePort(t *testing.T, _ *engine.Engine) {
	t.Helper()
	t.Skip("there is no way here to take a socket from another process")
}
