package figures

import (
	"errors"
	"fmt"
)

// ErrDamaged tells that files of the warehouse are not as ClickHouse wrote them. Until it is made anew no answer can be relied on.
var ErrDamaged = fmt.Errorf("%w: its files are damaged; stop the service and run stpd rebuild", ErrUnavailable)

// ErrUnavailable tells that ClickHouse could not be reached; the same question may succeed soon.
var ErrUnavailable = errors.New("the warehouse is not available at the moment")

// ErrNotFound tells that there is no such row.
var ErrNotFound = errors.New("not found")
