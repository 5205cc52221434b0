// Package figures tells what is known as of a moment: figures and what they rest on, where they stand and what they signal. It knows no
// address and no sentence.
package figures
