package chromium

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// devtools speaks the DevTools protocol over a pipe: messages of JSON, each with a zero byte at its end. Libraries that speak it open a port of
// the machine, which any program on it could ask.
type devtools struct {
	ask     io.Writer
	answers *bufio.Reader
	session string         // of the page; empty before there is one
	last    int            // number of a command
	seen    map[string]int // events, by their names
	paused  func(address string) response
}

func newDevtools(ask io.Writer, answers io.Reader) *devtools {
	return &devtools{ask: ask, answers: bufio.NewReader(answers), seen: map[string]int{}}
}

// message is a command, the answer to one or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *struct {
		Message string `json:"message"`
	} `json:"error,omitempty"`
}

// send sends a command and waits for nothing.
func (t *devtools) send(method string, params any) error {
	t.last++
	m := message{ID: t.last, Session: t.session, Method: method}
	var err error
	if params != nil {
		if m.Params, err = json.Marshal(params); err != nil {
			return err
		}
	}
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = t.ask.Write(append(line, 0))
	return err
}

// call sends a command and reads its answer.
func (t *devtools) call(method string, params, result any) error {
	if err := t.send(method, params); err != nil {
		return err
	}
	id := t.last
	m, err := t.read(func(m message) bool { return m.ID == id })
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", method, err)
	case m.Error != nil:
		return fmt.Errorf("%s: %s", method, m.Error.Message)
	case result == nil:
		return nil
	}
	return json.Unmarshal(m.Result, result)
}

// wait reads until an event has come, which may have been before the answer to what led to it.
func (t *devtools) wait(event string) error {
	for t.seen[event] == 0 {
		if _, err := t.read(func(m message) bool { return m.Method == event }); err != nil {
			return fmt.Errorf("%s: %w", event, err)
		}
	}
	return nil
}

// read reads up to a message, and answers what the page asks for meanwhile.
func (t *devtools) read(wanted func(message) bool) (message, error) {
	for {
		line, err := t.answers.ReadBytes(0)
		if err != nil {
			return message{}, errors.Join(errEnded, err)
		}
		var m message
		if err := json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &m); err != nil {
			return m, err
		}
		if m.Method != "" {
			t.seen[m.Method]++
		}
		if m.Method == "Fetch.requestPaused" {
			if err := t.answerPaused(m.Params); err != nil {
				return m, err
			}
		}
		if wanted(m) {
			return m, nil
		}
	}
}

// errEnded means that the browser ended.
var errEnded = errors.New("the browser ended")
